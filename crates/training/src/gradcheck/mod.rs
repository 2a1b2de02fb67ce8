//! Whether the derivative by hand, autodiff and finite differences agree.
//!
//! All three are computed in f64 on the CPU, with the weights and on samples of a configuration. Each comparison knows its
//! own rounding error. That of two gradients is measured: by how much they change when weights and inputs change as rounding
//! changes them, and on the device also the terms of batch norm (`normalization.rs`). A finite difference comes with a bound of its truncation and rounding errors (`slope.rs`). The relative error
//! of two numbers is `|a - b| / max(|a|, |b|, e / t)`, where `e` is the bound and `t` the tolerance, so that two numbers agree
//! where they differ by no more than a share `t` of the larger one, or by no more than `e`.
//!
//! Where a unit's input lies on the kink of ReLU, two pixels of a pool are equal, or a weight under an L1 penalty is 0, there
//! is no derivative, and every rule picks one slope of several. Kinks are found by the activation pattern
//! ([`Pattern`](emberlab_models::Pattern)): a step along an entry counts only where the pattern on both of its sides is that of
//! the weights themselves; smaller steps are tried, and an entry for which none counts is left out, as a kink.

mod cost;
mod gradients;
mod normalization;
mod objective;
mod on_device;
mod reference;
mod report;
mod rounding;
mod setting;
mod slope;

pub use report::{Comparison, ParameterReport, Report, WorstEntry};

use crate::devices;
use crate::error::Error;
use crate::load::Loaded;
use crate::trainer::{Tracked, Trainer};
use burn::backend::Flex;
use emberlab_config::{Config, DataShape, ModelKind};
use emberlab_data::{ClassificationBatch, Progress};
use emberlab_models::{Classifier, GradientRule, Gradients};
use reference::Reference;
use setting::Setting;

/// The CPU, in whatever precision a tensor has.
pub type Cpu = Flex;

/// What is compared, and how strictly.
#[derive(Clone, Copy, Debug)]
pub struct GradcheckOptions {
    /// Samples of the batch, the first of the training part.
    pub samples: usize,
    /// Entries of each parameter whose difference is taken; all where it has no more.
    pub entries: usize,
    /// The largest relative error between hand and autodiff.
    pub autodiff_tolerance: f64,
    /// The largest relative error between hand and finite differences.
    pub difference_tolerance: f64,
    /// The largest error of the program's backend, as a share of a parameter's largest entry.
    pub device_tolerance: f64,
    /// Receives a line when the check is going to take long.
    pub warn: fn(&str),
}

impl Default for GradcheckOptions {
    fn default() -> Self {
        Self {
            samples: 16,
            entries: 25,
            autodiff_tolerance: 1e-9,
            difference_tolerance: 1e-5,
            device_tolerance: 1e-3,
            warn: |_| (),
        }
    }
}

/// Compares the three on the data of a configuration. Reports to `progress` how far reading the data and the finite
/// differences are.
///
/// # Errors
///
/// As for [`load`](crate::load) and [`classifier`](crate::classifier); [`Error::Memory`] where the check takes more memory than there is.
pub fn gradcheck(
    config: &Config,
    options: &GradcheckOptions,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    Trainer::new(config).gradcheck(options, progress)
}

impl Trainer<'_> {
    /// Compares the derivative by hand with autodiff and with finite differences.
    ///
    /// # Errors
    ///
    /// As for [`gradcheck()`] and [`train`](Self::train).
    pub fn gradcheck(&self, options: &GradcheckOptions, progress: &dyn Progress) -> Result<Report, Error> {
        let config = self.config();
        // Before the data, whose reading would start as many threads as there are cores.
        devices::device(&config.device)?;
        let Loaded { splits, normalizer, .. } = self.load(progress)?;
        config.check_samples(&splits)?;
        let train = &splits.train.samples;
        // The size of a network that a program builds is not known before it is built.
        if config.model.kind != ModelKind::Custom {
            cost::check_memory(
                &config.architecture(&DataShape::of(train))?,
                options.samples.min(train.len()),
                cost::available_memory(),
            )?;
        }
        let setting = Setting::new(self, train, &normalizer, options.samples)?;
        Reference::compute(self, train, &normalizer, &setting, options, progress)?
            .compare(&by_rule(GradientRule::Manual))
    }
}

/// A way from a batch to gradients.
pub(crate) type Rule<'a> =
    dyn Fn(&Classifier<Tracked>, ClassificationBatch<Tracked>) -> Gradients<Tracked> + 'a;

fn by_rule(
    rule: GradientRule,
) -> impl Fn(&Classifier<Tracked>, ClassificationBatch<Tracked>) -> Gradients<Tracked> {
    move |classifier, batch| rule.gradients(classifier, batch)
}

#[cfg(test)]
mod tests;
