//! An optimizer that can be asked what it keeps while Burn's learner has it.

use crate::devices::AutodiffBackend;
use burn::optim::{GradientsParams, MultiGradientsParams, Optimizer};
use emberlab_models::Classifier;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle on an optimizer; clones are handles on the same one.
pub struct SharedOptimizer<O>(Arc<Mutex<O>>);

impl<O> SharedOptimizer<O> {
    pub fn new(optimizer: O) -> Self {
        Self(Arc::new(Mutex::new(optimizer)))
    }

    fn lock(&self) -> MutexGuard<'_, O> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O> Clone for SharedOptimizer<O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<O> Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> for SharedOptimizer<O>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend>,
{
    type Record = O::Record;

    fn step(
        &mut self,
        learning_rate: f64,
        module: Classifier<AutodiffBackend>,
        gradients: GradientsParams,
    ) -> Classifier<AutodiffBackend> {
        self.lock().step(learning_rate, module, gradients)
    }

    fn step_multi(
        &mut self,
        learning_rate: f64,
        module: Classifier<AutodiffBackend>,
        gradients: MultiGradientsParams,
    ) -> Classifier<AutodiffBackend> {
        self.lock().step_multi(learning_rate, module, gradients)
    }

    fn to_record(&self) -> Self::Record {
        self.lock().to_record()
    }

    fn load_record(self, record: Self::Record) -> Self {
        let optimizer = self.lock().clone().load_record(record);
        Self::new(optimizer)
    }
}
