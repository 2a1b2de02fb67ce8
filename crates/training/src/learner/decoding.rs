//! Trying whether a checkpoint decodes, before a run goes on from it.

use super::Task;
use crate::checkpoint::{Checkpoint, decode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::{Error, TrainingFailure};
use burn::module::{AutodiffModule, Module, ModuleVisitor, Param};
use burn::optim::{GradientsParams, Optimizer};
use burn::tensor::Tensor;
use emberlab_config::Config;
use emberlab_models::Classifier;

/// A checkpoint, and the classifier that it is to go on with.
pub(super) struct Decoding<'a> {
    pub checkpoint: &'a Checkpoint,
    pub classifier: Classifier<AutodiffBackend>,
    pub device: &'a Device,
}

impl Task for Decoding<'_> {
    type Output = ();

    fn run<O>(self, _config: &Config, optimizer: O) -> Result<(), Error>
    where
        O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
    {
        let Self { checkpoint: Checkpoint { model, optimizer: kept, best, .. }, classifier, device } = self;
        let wanted = shapes(&classifier.valid());
        if let Some(best) = best {
            let best = classifier.valid().load_record(decode::<Backend, _>(best.clone(), device)?);
            fits(&wanted, &best)?;
        }
        let classifier = classifier.load_record(decode::<AutodiffBackend, _>(model.clone(), device)?);
        fits(&wanted, &classifier.valid())?;
        // An update with gradients of 0 finds moments of other shapes than the weights.
        let mut optimizer = optimizer.load_record(decode::<AutodiffBackend, _>(kept.clone(), device)?);
        let mut zeros = Zeros(GradientsParams::new());
        classifier.visit(&mut zeros);
        let updated = optimizer.step(0.0, classifier, zeros.0);
        fits(&wanted, &updated.valid())
    }
}

/// The name and the shape of every tensor.
fn shapes(classifier: &Classifier<Backend>) -> Vec<(String, Vec<usize>)> {
    classifier.network().tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect()
}

fn fits(wanted: &[(String, Vec<usize>)], classifier: &Classifier<Backend>) -> Result<(), Error> {
    if shapes(classifier) == wanted { Ok(()) } else { Err(TrainingFailure::Shapes.into()) }
}

/// A gradient of 0 for each parameter.
struct Zeros(GradientsParams);

impl ModuleVisitor<AutodiffBackend> for Zeros {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        self.0.register::<Backend, D>(param.id, param.val().inner().zeros_like());
    }
}
