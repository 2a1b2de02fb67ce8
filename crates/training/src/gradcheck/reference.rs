//! The gradients that a derivative by hand is compared with.

use super::gradients::{HostGradient, HostGradients, largest};
use super::normalization::rounded_manual;
use super::objective::Objective;
use super::on_device::{self, DeviceErrors, Expected};
use super::report::{self, Entry, Report};
use super::setting::Setting;
use super::{GradcheckOptions, Rule, by_rule, cost};
use crate::error::{Error, TrainingFailure};
use crate::trainer::Trainer;
use burn::module::ParamId;
use emberlab_data::{LabelledData, Normalizer, Phase, Progress, RandomState};
use emberlab_models::GradientRule;
use std::collections::HashMap;

/// The relative rounding error of f32, with a margin for several operations in a row.
const ROUNDING_F32: f64 = 4.0 * f32::EPSILON as f64;

/// Autodiff, finite differences of some entries, and how well the device computes.
pub struct Reference<'a> {
    setting: &'a Setting,
    options: &'a GradcheckOptions,
    autodiff: HostGradients,
    /// The largest rounding error of each parameter in `autodiff`.
    rounding: HashMap<ParamId, f64>,
    /// The differences of each parameter, from the input on.
    entries: Vec<Vec<Entry>>,
    device: Vec<DeviceErrors>,
}

impl<'a> Reference<'a> {
    /// Computes everything that does not depend on the derivative by hand.
    ///
    /// # Errors
    ///
    /// As for [`on_device::errors`].
    pub fn compute(
        trainer: &Trainer<'_>,
        train: &LabelledData,
        normalizer: &Normalizer,
        setting: &'a Setting,
        options: &'a GradcheckOptions,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let rule = by_rule(GradientRule::Autodiff);
        let autodiff = setting.gradients(&rule);
        let order: Vec<ParamId> = setting.parameters().into_iter().map(|(id, _)| id).collect();
        let manual = setting.gradients(&by_rule(GradientRule::Manual));
        let expected = Expected {
            gradients: &autodiff,
            rounding: &setting.rounding(&rounded_manual(ROUNDING_F32), &manual, ROUNDING_F32),
            order: &order,
            tolerance: options.device_tolerance,
        };
        let device = on_device::errors(trainer, train, &setting.samples, normalizer, &expected)?;
        let rounding = setting.rounding(&rule, &autodiff, f64::EPSILON);
        let entries = differences(setting, &autodiff, options, progress)?;
        Ok(Self { setting, options, autodiff, rounding, entries, device })
    }

    /// Compares a derivative with the reference.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] where it leaves out a parameter.
    pub fn compare(&self, rule: &Rule<'_>) -> Result<Report, Error> {
        let manual = self.setting.gradients(rule);
        let rounding = self.setting.rounding(rule, &manual, f64::EPSILON);
        // Smaller numbers are rounding errors of the largest.
        let least = f64::EPSILON * largest(self.autodiff.values().flat_map(|of| of.values.iter().copied()));
        let mut report = report::Builder::new(self.options, self.setting.samples.len());
        let parameters = self.setting.parameters().into_iter().zip(&self.entries).zip(&self.device);
        for (((id, name), entries), &device) in parameters {
            let (Some(manual), Some(autodiff)) = (manual.get(&id), self.autodiff.get(&id)) else {
                return Err(TrainingFailure::NoGradient(name).into());
            };
            let bounds = [&rounding, &self.rounding].map(|bounds| bounds.get(&id).copied().unwrap_or(0.0));
            report.add(name, manual, autodiff, bounds[0].max(bounds[1]) + least, entries, device);
        }
        Ok(report.finish())
    }
}

/// Takes finite differences along some entries of each parameter, from the input on.
fn differences(
    setting: &Setting,
    autodiff: &HostGradients,
    options: &GradcheckOptions,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Entry>>, Error> {
    let classifier = setting.untracked();
    let objective = Objective::new(&classifier, setting.untracked_batch(), setting.dropout().clone());
    let parameters = setting.parameters();
    let chosen: Result<Vec<_>, Error> = parameters
        .iter()
        .map(|(id, _)| autodiff.get(id).map_or(Ok(Vec::new()), |of| chosen_entries(of, options.entries)))
        .collect();
    let chosen = chosen?;
    let n: usize = chosen.iter().map(Vec::len).sum();
    let costs =
        parameters.iter().zip(&chosen).map(|((id, _), chosen)| (chosen.len(), objective.duration(*id)));
    cost::warn_of_time(&costs.collect::<Vec<_>>(), options.warn);
    progress.begin(Phase::Differentiate, Some(n as u64));
    let mut done = 0;
    let mut entries = Vec::with_capacity(chosen.len());
    for ((id, _), chosen) in parameters.iter().zip(chosen) {
        let of_parameter = chosen.into_iter().map(|index| {
            let expected =
                autodiff.get(id).and_then(|of| of.values.get(index)).map_or(0.0, |value| value.abs());
            let slope = objective.slope(*id, index, options.difference_tolerance, expected);
            done += 1;
            progress.reach(done);
            Entry { index, slope }
        });
        entries.push(of_parameter.collect());
    }
    progress.end();
    Ok(entries)
}

/// The entries along which differences are taken, always the same ones: all, or a random choice and the largest.
fn chosen_entries(gradient: &HostGradient, most: usize) -> Result<Vec<usize>, Error> {
    let n = gradient.values.len();
    if n <= most {
        return Ok((0..n).collect());
    }
    let mut entries = RandomState::new(0).choice(n, most, false)?;
    let size = |entry: &usize| gradient.values[*entry].abs();
    let largest = (0..n).max_by(|left, right| size(left).total_cmp(&size(right)));
    if let (Some(largest), Some(first)) = (largest, entries.first_mut()) {
        *first = largest;
    }
    entries.sort_unstable();
    entries.dedup();
    Ok(entries)
}
