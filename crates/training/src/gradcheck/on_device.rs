//! The gradients of the program's own backend, in its own precision.
//!
//! The comparison in f64 checks that a derivative is right; this one checks that the device computes it. Single precision
//! leaves too little of terms that cancel for a relative error of each entry, so an error is a share of the parameter's
//! largest entry, or of a hundredth of the largest of all, as for biases before batch norm, whose gradient is 0. It is never
//! measured more strictly than the rounding of single precision allows. `device.precision` has no effect here: rounding to
//! bfloat16 is no fault of the derivative.

use super::gradients::{HostGradients, largest, read};
use crate::classifier::classifier;
use crate::devices::{self, AutodiffBackend, Backend, UPLOAD};
use crate::error::Error;
use burn::module::ParamId;
use emberlab_config::Config;
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

/// The right gradients and how far the device may be from them.
pub struct Right<'a> {
    /// In f64, under the id of each parameter.
    pub gradients: &'a HostGradients,
    /// What rounding to f32 changes in each.
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
/// [`Error::Device`], and as for [`classifier`].
pub fn errors(
    config: &Config,
    train: &LabelledData,
    samples: &LabelledData,
    normalizer: &Normalizer,
    right: &Right<'_>,
) -> Result<Vec<DeviceErrors>, Error> {
    let device = devices::device(&config.device)?;
    let classifier = classifier::<AutodiffBackend>(config, train, &device)?;
    let dropout = RandomState::new(config.model.dropout_seed);
    let errors = |rule: GradientRule| -> Vec<f64> {
        classifier.network().reset_dropout(&dropout);
        let set = DeviceSet::<Backend>::new(samples.clone(), normalizer, true, UPLOAD, &device);
        let batch = ClassificationBatch::from_inner(set.into_batch());
        let found = read(&classifier, rule.gradients(&classifier, batch));
        let names = classifier.network().parameter_names().into_iter();
        names.zip(right.order).map(|((id, _), right_id)| right.error(&found, id, *right_id)).collect()
    };
    let pairs = errors(GradientRule::Manual).into_iter().zip(errors(GradientRule::Autodiff));
    Ok(pairs.map(|(manual, autodiff)| DeviceErrors { manual, autodiff }).collect())
}

impl Right<'_> {
    fn error(&self, found: &HostGradients, id: ParamId, right_id: ParamId) -> f64 {
        let (Some(found), Some(right)) = (found.get(&id), self.gradients.get(&right_id)) else {
            return f64::NAN;
        };
        let of_all = largest(self.gradients.values().flat_map(|gradient| gradient.values.iter().copied()));
        let rounding = self.rounding.get(&right_id).copied().unwrap_or(0.0);
        let scale = largest(right.values.iter().copied()).max(0.01 * of_all).max(rounding / self.tolerance);
        found.distance(right) / scale.max(f64::MIN_POSITIVE)
    }
}
