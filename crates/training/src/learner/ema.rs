//! The exponential moving average of the weights, as `[training.ema]` describes it.

use crate::checkpoint::decode;
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::Error;
use crate::weights;
use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;
use emberlab_config::EmaConfig;
use emberlab_models::Classifier;
use std::vec::IntoIter;

/// An average of all parameters and running means.
pub struct Ema {
    config: EmaConfig,
    average: Classifier<Backend>,
}

impl Ema {
    /// An average that begins with the weights of `classifier`.
    pub fn new(config: EmaConfig, classifier: &Classifier<AutodiffBackend>) -> Self {
        Self { config, average: classifier.valid() }
    }

    /// Takes in the weights after an update, which is counted from 1, where it is one of every `every`.
    pub fn update(&mut self, classifier: &Classifier<AutodiffBackend>, update: usize) {
        if update.is_multiple_of(self.config.every) {
            let mut flat = Flatten(Vec::new());
            classifier.valid().visit(&mut flat);
            let mut toward = Toward { decay: self.config.decay, weights: flat.0.into_iter() };
            self.average = self.average.clone().map(&mut toward);
        }
    }

    /// A classifier with the average. It shares no running means with the one that goes on.
    pub fn classifier(&self) -> Classifier<Backend> {
        Classifier::<AutodiffBackend>::from_inner(self.average.clone()).valid()
    }

    /// The average in MessagePack.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when Burn cannot encode it.
    pub fn state(&self) -> Result<Vec<u8>, Error> {
        weights::to_mpk(&self.average)
    }

    /// Replaces the average by one that [`state`](Self::state) returned.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when the bytes are something else.
    pub fn load_state(&mut self, state: Vec<u8>, device: &Device) -> Result<(), Error> {
        self.average = self.average.clone().load_record(decode::<Backend, _>(state, device)?);
        Ok(())
    }
}

/// The parameters and running means, one after another.
struct Flatten(Vec<Tensor<Backend, 1>>);

impl ModuleVisitor<Backend> for Flatten {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<Backend, D>>) {
        self.0.push(param.val().flatten(0, D - 1));
    }
}

/// Moves an average toward weights, which come in the order of a visitor.
struct Toward {
    decay: f64,
    weights: IntoIter<Tensor<Backend, 1>>,
}

impl ModuleMapper<Backend> for Toward {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<Backend, D>>) -> Param<Tensor<Backend, D>> {
        let Some(weights) = self.weights.next() else { return param };
        param.map(|average| {
            let weights = weights.reshape(average.dims());
            average * self.decay + weights * (1.0 - self.decay)
        })
    }
}
