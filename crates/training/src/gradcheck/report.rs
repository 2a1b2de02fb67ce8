//! What the comparison found.

use super::{GradcheckOptions, HostGradient};
use crate::backend;
use burn::module::ParamId;
use serde::Serialize;
use std::collections::HashMap;

/// Gradients are compared down to this share of the largest entry.
const FLOOR: f64 = 1e-4;

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
    /// The largest error allowed of it.
    pub device_tolerance: f64,
    /// Each parameter, from the input on.
    pub parameters: Vec<ParameterReport>,
}

/// The outcome for one parameter.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterReport {
    /// Its name in the weights file.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Whether both comparisons stay within their tolerance.
    pub passed: bool,
    /// Hand against autodiff, all entries.
    pub autodiff: Comparison,
    /// Hand against finite differences, some entries.
    pub difference: Comparison,
    /// Entries left out of the latter for a kink.
    pub kinks: usize,
    /// What the program's backend computes by hand in its own precision, against autodiff in f64: the largest
    /// difference as a share of the largest entry.
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
    /// Where the largest is.
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

/// Collects the parameters of a report.
pub struct Builder {
    largest: f64,
    difference_tolerance: f64,
    parameters: Vec<ParameterReport>,
}

impl Builder {
    pub fn new(autodiff: &HashMap<ParamId, HostGradient>, options: &GradcheckOptions) -> Self {
        let values = autodiff.values().flat_map(|gradient| &gradient.values);
        let largest = values.fold(0.0, |largest: f64, value| largest.max(value.abs()));
        Self { largest, difference_tolerance: options.difference_tolerance, parameters: Vec::new() }
    }

    /// The largest entry of any gradient.
    pub fn largest(&self) -> f64 {
        self.largest.max(f64::MIN_POSITIVE)
    }

    /// Whether two slopes are the same, well within what is allowed of a derivative.
    pub fn agree(&self, left: f64, right: f64) -> bool {
        self.relative_error(left, right) <= self.difference_tolerance / 2.0
    }

    pub fn add(
        &mut self,
        name: String,
        manual: &HostGradient,
        autodiff: &HostGradient,
        slopes: Vec<(usize, Option<f64>)>,
        [device_manual_error, device_autodiff_error]: [f64; 2],
    ) {
        let entry = |entry: usize, difference| WorstEntry {
            index: unravel(entry, &manual.shape),
            manual: manual.values[entry],
            autodiff: autodiff.values[entry],
            difference,
        };
        let mut by_autodiff = Comparison::default();
        for (index, (&manual, &autodiff)) in manual.values.iter().zip(&autodiff.values).enumerate() {
            let error = self.relative_error(manual, autodiff);
            by_autodiff.add(error, || entry(index, None));
        }
        let mut by_difference = Comparison::default();
        for (index, slope) in &slopes {
            if let Some(slope) = *slope {
                let error = self.relative_error(manual.values[*index], slope);
                by_difference.add(error, || entry(*index, Some(slope)));
            }
        }
        self.parameters.push(ParameterReport {
            name,
            shape: manual.shape.clone(),
            passed: false,
            autodiff: by_autodiff,
            difference: by_difference,
            kinks: slopes.iter().filter(|(_, slope)| slope.is_none()).count(),
            device_manual_error,
            device_autodiff_error,
        });
    }

    pub fn finish(mut self, options: &GradcheckOptions, samples: usize) -> Report {
        for parameter in &mut self.parameters {
            parameter.passed = parameter.autodiff.max_error <= options.autodiff_tolerance
                && parameter.difference.max_error <= options.difference_tolerance
                && parameter.device_manual_error <= options.device_tolerance
                && parameter.device_autodiff_error <= options.device_tolerance;
        }
        Report {
            passed: self.parameters.iter().all(|parameter| parameter.passed),
            samples,
            autodiff_tolerance: options.autodiff_tolerance,
            difference_tolerance: options.difference_tolerance,
            backend: backend::NAME,
            device_tolerance: options.device_tolerance,
            parameters: self.parameters,
        }
    }

    fn relative_error(&self, left: f64, right: f64) -> f64 {
        let scale = left.abs().max(right.abs()).max(FLOOR * self.largest).max(f64::MIN_POSITIVE);
        (left - right).abs() / scale
    }
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
