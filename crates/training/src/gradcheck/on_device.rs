//! The gradients of the program's own backend, in its own precision.
//!
//! The comparison in f64 says that a derivative is right; this one says that the device computes it. In f32 what is left of
//! terms that cancel is not worth a relative error, so each difference is told as a share of the parameter's largest entry,
//! or of a hundredth of the largest of all, as for biases before batch norm, whose gradient is 0. `device.precision` is left
//! aside: what rounding to bfloat16 does to a gradient is no fault of the derivative.

use super::HostGradient;
use crate::backend::{self, AutodiffBackend, Backend};
use crate::classifier::classifier;
use crate::config::Config;
use crate::error::Error;
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use emberlab_data::{ClassificationBatch, DeviceSet, LabelledData, Normalizer, RandomState};
use emberlab_models::{Classifier, GradientRule, Gradients};
use std::collections::HashMap;

/// The gradients of each parameter, from the input on: by hand and by autodiff.
pub struct OnDevice {
    manual: Vec<HostGradient>,
    autodiff: Vec<HostGradient>,
}

impl OnDevice {
    /// Computes both on device `[device] index`, with the weights that the classifier begins with.
    ///
    /// # Errors
    ///
    /// [`Error::Device`], and as for [`classifier`].
    pub fn compute(
        config: &Config,
        train: &LabelledData,
        samples: &LabelledData,
        normalizer: &Normalizer,
    ) -> Result<Self, Error> {
        let device = backend::device(&config.device)?;
        let classifier = classifier::<AutodiffBackend>(config, train, &device)?;
        let dropout = RandomState::new(config.model.dropout_seed);
        let gradients = |rule: GradientRule| {
            classifier.network().reset_dropout(&dropout);
            let set = DeviceSet::<Backend>::new(samples.clone(), normalizer, true, &device);
            let batch = ClassificationBatch::from_inner(set.into_batch());
            in_order(&classifier, rule.gradients(&classifier, batch))
        };
        Ok(Self { manual: gradients(GradientRule::Manual)?, autodiff: gradients(GradientRule::Autodiff)? })
    }

    /// The largest difference of a parameter's gradients, by hand and by autodiff, from the right one, as a share of that
    /// one's largest entry; `largest_of_all` is that of all parameters.
    pub fn errors(&self, parameter: usize, right: &HostGradient, largest_of_all: f64) -> [f64; 2] {
        [&self.manual, &self.autodiff].map(|gradients| match gradients.get(parameter) {
            Some(found) if found.values.len() == right.values.len() => {
                let largest =
                    right.values.iter().fold(0.01 * largest_of_all, |most, value| most.max(value.abs()));
                let pairs = found.values.iter().zip(&right.values);
                // Unlike `f64::max`, this keeps what is no number.
                pairs
                    .map(|(left, right)| (left - right).abs() / largest)
                    .fold(0.0, |most, error| if error <= most { most } else { error })
            }
            _ => f64::NAN,
        })
    }
}

fn in_order(
    classifier: &Classifier<AutodiffBackend>,
    gradients: Gradients<AutodiffBackend>,
) -> Result<Vec<HostGradient>, Error> {
    let mut read = Read { gradients, found: HashMap::new() };
    classifier.visit(&mut read);
    let names = classifier.network().parameter_names().into_iter();
    names
        .map(|(id, name)| {
            read.found.remove(&id).ok_or_else(|| Error::Training(format!("`{name}` has no gradient")))
        })
        .collect()
}

struct Read {
    gradients: Gradients<AutodiffBackend>,
    found: HashMap<ParamId, HostGradient>,
}

impl ModuleVisitor<AutodiffBackend> for Read {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if let Some(gradient) = self.gradients.parameters.remove::<Backend, D>(param.id) {
            let data = gradient.into_data();
            let values = data.iter::<f64>().collect();
            self.found.insert(param.id, HostGradient { shape: data.shape.to_vec(), values });
        }
    }
}
