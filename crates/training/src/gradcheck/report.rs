//! The report of a check.

use super::GradcheckOptions;
use super::gradients::HostGradient;
use super::on_device::DeviceErrors;
use super::slope::Slope;
use crate::devices;
use serde::Serialize;

/// The outcome of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether every parameter passed.
    pub passed: bool,
    /// Samples of the batch.
    pub samples: usize,
    /// The largest relative error allowed between hand and autodiff.
    pub autodiff_tolerance: f64,
    /// The largest relative error allowed between hand and finite differences.
    pub difference_tolerance: f64,
    /// The backend of this program.
    pub backend: &'static str,
    /// The largest error allowed of the backend.
    pub device_tolerance: f64,
    /// Each parameter, from the input on.
    pub parameters: Vec<ParameterReport>,
}

impl Report {
    /// The names of the parameters that did not pass.
    pub fn failed(&self) -> Vec<String> {
        let failed = self.parameters.iter().filter(|parameter| !parameter.passed);
        failed.map(|parameter| parameter.name.clone()).collect()
    }
}

/// The outcome for one parameter.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterReport {
    /// Its name in the weights file.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Whether all comparisons stay within their tolerance.
    pub passed: bool,
    /// Hand against autodiff, all entries.
    pub autodiff: Comparison,
    /// Hand against finite differences, some entries.
    pub difference: Comparison,
    /// Entries left out of the latter because the weights lie on a kink along them, or too near to one.
    pub kinks: usize,
    /// Entries of the latter whose error bound is more than the tolerance allows, so that they are compared to the bound.
    pub bounded: usize,
    /// The gradient by hand on the program's backend, in its own precision, against autodiff in f64: the largest difference as
    /// a share of the largest entry.
    pub device_manual_error: f64,
    /// The same by autodiff.
    pub device_autodiff_error: f64,
}

/// Relative errors over several entries.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Comparison {
    /// Entries compared.
    pub entries: usize,
    /// The largest error.
    pub max_error: f64,
    /// The mean error.
    pub mean_error: f64,
    /// The entry with the largest error.
    pub worst: Option<WorstEntry>,
}

/// The entry with the largest error.
#[derive(Clone, Debug, Serialize)]
pub struct WorstEntry {
    /// Its index in each dimension.
    pub index: Vec<usize>,
    /// The derivative by hand.
    pub manual: f64,
    /// By autodiff.
    pub autodiff: f64,
    /// By finite differences, where it was taken.
    pub difference: Option<f64>,
    /// The bound of its truncation and rounding errors.
    pub difference_error: Option<f64>,
}

impl Comparison {
    fn add(&mut self, error: f64, entry: impl FnOnce() -> WorstEntry) {
        self.entries += 1;
        self.mean_error += (error - self.mean_error) / self.entries as f64;
        if self.worst.is_none() || error > self.max_error || error.is_nan() {
            self.max_error = error;
            self.worst = Some(entry());
        }
    }
}

/// An entry along which a finite difference was taken.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its position in row-major order.
    pub index: usize,
    /// The slope, or nothing where there is a kink.
    pub slope: Option<Slope>,
}

/// Collects the parameters of a report.
pub struct Builder<'a> {
    options: &'a GradcheckOptions,
    samples: usize,
    parameters: Vec<ParameterReport>,
}

impl<'a> Builder<'a> {
    pub fn new(options: &'a GradcheckOptions, samples: usize) -> Self {
        Self { options, samples, parameters: Vec::new() }
    }

    /// Adds a parameter. `rounding` is the largest rounding error of each of its gradients.
    pub fn add(
        &mut self,
        name: String,
        manual: &HostGradient,
        autodiff: &HostGradient,
        rounding: f64,
        entries: &[Entry],
        device: DeviceErrors,
    ) {
        let options = self.options;
        let worst = |index: usize, slope: Option<Slope>| WorstEntry {
            index: unravel(index, &manual.shape),
            manual: manual.values[index],
            autodiff: autodiff.values[index],
            difference: slope.map(|slope| slope.value),
            difference_error: slope.map(|slope| slope.error),
        };
        let mut by_autodiff = Comparison::default();
        for (index, (&manual, &autodiff)) in manual.values.iter().zip(&autodiff.values).enumerate() {
            let error = relative_error(manual, autodiff, rounding / options.autodiff_tolerance);
            by_autodiff.add(error, || worst(index, None));
        }
        let mut by_difference = Comparison::default();
        let mut bounded = 0;
        for Entry { index, slope } in entries {
            let Some(slope) = *slope else { continue };
            let (manual, tolerance) = (manual.values[*index], options.difference_tolerance);
            let error = relative_error(manual, slope.value, slope.error / tolerance);
            by_difference.add(error, || worst(*index, Some(slope)));
            bounded += usize::from(slope.error > tolerance * manual.abs().max(slope.value.abs()));
        }
        let passed = by_autodiff.max_error <= options.autodiff_tolerance
            && by_difference.max_error <= options.difference_tolerance
            && device.manual <= options.device_tolerance
            && device.autodiff <= options.device_tolerance;
        self.parameters.push(ParameterReport {
            name,
            shape: manual.shape.clone(),
            passed,
            autodiff: by_autodiff,
            difference: by_difference,
            kinks: entries.iter().filter(|entry| entry.slope.is_none()).count(),
            bounded,
            device_manual_error: device.manual,
            device_autodiff_error: device.autodiff,
        });
    }

    pub fn finish(self) -> Report {
        Report {
            passed: self.parameters.iter().all(|parameter| parameter.passed),
            samples: self.samples,
            autodiff_tolerance: self.options.autodiff_tolerance,
            difference_tolerance: self.options.difference_tolerance,
            backend: devices::NAME,
            device_tolerance: self.options.device_tolerance,
            parameters: self.parameters,
        }
    }
}

/// `|left - right|` as a share of the larger one, or of `least` where both are smaller.
fn relative_error(left: f64, right: f64, least: f64) -> f64 {
    (left - right).abs() / left.abs().max(right.abs()).max(least).max(f64::MIN_POSITIVE)
}

/// The index in each dimension of a position in row-major order.
fn unravel(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|size| {
            let here = position % size;
            position /= size;
            here
        })
        .collect();
    index.reverse();
    index
}
