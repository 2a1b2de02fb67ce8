//! The gradients of the program's own backend, in its own precision.
//!
//! The comparison in f64 checks that a derivative is right; this one checks that the device computes it. Single precision
//! leaves too little of terms that cancel for a relative error of each entry, so an error is a share of the parameter's
//! largest entry, or of a hundredth of the largest of all, as for biases before batch norm, whose gradient is 0. It is never
//! measured more strictly than the rounding of single precision allows. `device.precision` has no effect here: rounding to
//! bfloat16 does not make the derivative wrong.

use super::gradients::{HostGradients, largest, read};
use crate::devices::{self, Backend, UPLOAD};
use crate::error::Error;
use crate::trainer::Trainer;
use burn::module::ParamId;
use emberlab_data::{ClassificationBatch, DeviceSet, LabelledData, Normalizer, RandomState};
use emberlab_models::GradientRule;
use std::collections::HashMap;

/// The errors of one parameter's gradient.
#[derive(Clone, Copy, Debug)]
pub struct DeviceErrors {
    /// By hand.
    pub manual: f64,
    /// By autodiff.
    pub autodiff: f64,
}

/// The expected gradients, and the tolerance for the device.
pub struct Expected<'a> {
    /// In f64, under the id of each parameter.
    pub gradients: &'a HostGradients,
    /// A bound of the rounding error of each in f32.
    pub rounding: &'a HashMap<ParamId, f64>,
    /// The ids, from the input on.
    pub order: &'a [ParamId],
    /// The largest error allowed.
    pub tolerance: f64,
}

/// Computes the gradients of the first samples of `train` by both rules on device `[device] index`, with the initial
/// weights, and returns the errors of each parameter, from the input on.
///
/// # Errors
///
/// [`Error::Device`], and as for [`classifier`](crate::classifier()).
pub fn errors(
    trainer: &Trainer<'_>,
    train: &LabelledData,
    samples: &LabelledData,
    normalizer: &Normalizer,
    expected: &Expected<'_>,
) -> Result<Vec<DeviceErrors>, Error> {
    let config = trainer.config();
    let device = devices::device(&config.device)?;
    let classifier = trainer.classifier(train, normalizer, &device, &|_| ())?;
    let dropout = RandomState::new(config.model.dropout_seed);
    let errors = |rule: GradientRule| -> Vec<f64> {
        classifier.network().reset_dropout(&dropout);
        let set = DeviceSet::<Backend>::new(samples.clone(), normalizer, true, UPLOAD, &device);
        let batch = ClassificationBatch::from_inner(set.into_batch());
        let found = read(&classifier, rule.gradients(&classifier, batch));
        let names =
            classifier.network().parameters().into_iter().map(|parameter| (parameter.id, parameter.name));
        names
            .zip(expected.order)
            .map(|((id, _), expected_id)| expected.error(&found, id, *expected_id))
            .collect()
    };
    let pairs = errors(GradientRule::Manual).into_iter().zip(errors(GradientRule::Autodiff));
    Ok(pairs.map(|(manual, autodiff)| DeviceErrors { manual, autodiff }).collect())
}

impl Expected<'_> {
    fn error(&self, found: &HostGradients, id: ParamId, expected_id: ParamId) -> f64 {
        let (Some(found), Some(expected)) = (found.get(&id), self.gradients.get(&expected_id)) else {
            return f64::NAN;
        };
        let of_all = largest(self.gradients.values().flat_map(|gradient| gradient.values.iter().copied()));
        let rounding = self.rounding.get(&expected_id).copied().unwrap_or(0.0);
        let scale =
            largest(expected.values.iter().copied()).max(0.01 * of_all).max(rounding / self.tolerance);
        found.distance(expected) / scale.max(f64::MIN_POSITIVE)
    }
}
