//! Trying whether a checkpoint decodes, before a run resumes from it.

use super::ema::Ema;
use super::groups::Groups;
use super::optimizer::optimizer;
use crate::checkpoint::{Checkpoint, decode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::{Error, TrainingFailure};
use burn::module::{AutodiffModule, Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use emberlab_config::TrainingConfig;
use emberlab_models::Classifier;

/// Decodes weights and optimizer state of a checkpoint for a classifier and makes an update of zeros with them.
///
/// # Errors
///
/// [`Error::Training`] for bytes that do not decode and tensors of other shapes. Burn panics where moments have another shape
/// than their parameter.
pub fn try_decoding(
    config: &TrainingConfig,
    classifier: Classifier<AutodiffBackend>,
    n_train: usize,
    checkpoint: &Checkpoint,
    device: &Device,
) -> Result<(), Error> {
    let Checkpoint { model, optimizer: state, best, ema, groups: states, .. } = checkpoint;
    let wanted = shapes(&classifier.valid());
    if let Some(best) = best {
        let best = classifier.valid().load_record(decode::<Backend, _>(best.clone(), device)?);
        check_shapes(&wanted, &best)?;
    }
    if let Some(config) = config.ema {
        let mut average = Ema::new(config, &classifier);
        average.load_state(ema.clone().ok_or(TrainingFailure::Decode)?, device)?;
        check_shapes(&wanted, &average.classifier())?;
    }
    let classifier = classifier.load_record(decode::<AutodiffBackend, _>(model.clone(), device)?);
    check_shapes(&wanted, &classifier.valid())?;
    let mut optimizer = optimizer(&config.optimizer);
    optimizer.load_state(state.clone(), device)?;
    let mut groups = Groups::new(config, &classifier, n_train)?;
    groups.resume(&classifier, states.clone(), 0, device)?;
    let mut zeros = Zeros(GradientsParams::new());
    classifier.visit(&mut zeros);
    let classifier = groups.step(classifier, &mut zeros.0, 1);
    let updated = optimizer.step(0.0, classifier, zeros.0);
    check_shapes(&wanted, &updated.valid())
}

/// The name and the shape of every tensor.
fn shapes(classifier: &Classifier<Backend>) -> Vec<(String, Vec<usize>)> {
    classifier.network().tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect()
}

fn check_shapes(wanted: &[(String, Vec<usize>)], classifier: &Classifier<Backend>) -> Result<(), Error> {
    if shapes(classifier) != wanted {
        return Err(TrainingFailure::Shapes.into());
    }
    Ok(())
}

/// A gradient of 0 for each parameter.
struct Zeros(GradientsParams);

impl ModuleVisitor<AutodiffBackend> for Zeros {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        self.0.register::<Backend, D>(param.id, param.val().inner().zeros_like());
    }
}
