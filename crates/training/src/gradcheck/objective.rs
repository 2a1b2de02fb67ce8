//! The objective of training around the weights of a classifier, in f64.

use super::Cpu;
use super::rounding::Jitter;
use super::slope::{self, Line, Slope};
use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::Tensor;
use emberlab_data::{ClassificationBatch, RandomState};
use emberlab_models::{Classifier, Pattern};
use std::time::{Duration, Instant};

/// The number of points at which the noise of the objective is measured.
const N_NOISE_POINTS: i32 = 17;
/// The distance of two of them, relative to each weight: far more than rounding, too short for the objective to bend.
const NOISE_STEP: f64 = 1.0 / (1u64 << 36) as f64;
/// A weight of 0 moves as if it had this size.
const SMALLEST: f64 = 1e-3;
/// The largest error of a value, in standard deviations.
const NOISE_LIMIT: f64 = 8.0;

/// The objective on one batch.
pub struct Objective<'a> {
    classifier: &'a Classifier<Cpu>,
    batch: ClassificationBatch<Cpu>,
    dropout: RandomState,
    value: f64,
    pattern: Pattern,
    /// The largest rounding error of a value.
    noise: f64,
}

impl<'a> Objective<'a> {
    /// Computes the value at the weights of a classifier and measures its rounding error.
    pub fn new(
        classifier: &'a Classifier<Cpu>,
        batch: ClassificationBatch<Cpu>,
        dropout: RandomState,
    ) -> Self {
        let pattern = Pattern::default();
        let mut objective = Self { classifier, batch, dropout, value: 0.0, pattern, noise: 0.0 };
        (objective.value, objective.pattern) = objective.at(classifier);
        // The weights themselves are left out: they may lie on a kink.
        let values: Vec<f64> = (1..=N_NOISE_POINTS).map(|point| objective.near(f64::from(point))).collect();
        // Logarithms are taken of numbers around 1, however small the objective is.
        let least = f64::EPSILON / 2.0 * (1.0 + objective.value.abs());
        objective.noise = NOISE_LIMIT * slope::noise(&values).max(least);
        objective
    }

    /// The time that one value beside the weights takes, with a step along a parameter.
    pub fn duration(&self, parameter: ParamId) -> Duration {
        let start = Instant::now();
        self.stepped(parameter, 0, 0.0);
        start.elapsed()
    }

    /// The slope along one entry of a parameter, to `tolerance` where rounding allows it; nothing where the weights lie
    /// on a kink, or too near to one. `expected` is its approximate size.
    pub fn slope(&self, parameter: ParamId, entry: usize, tolerance: f64, expected: f64) -> Option<Slope> {
        let value = |step: f64| {
            let (value, pattern) = self.stepped(parameter, entry, step);
            (pattern == self.pattern).then_some(value)
        };
        Line { value, origin: self.value, noise: self.noise }.slope(tolerance, expected)
    }

    /// The value with every weight moved by some steps of its own in one direction.
    fn near(&self, steps: f64) -> f64 {
        let mut jitter = Jitter::new(0, NOISE_STEP * steps, SMALLEST);
        self.at(&self.classifier.clone().map(&mut jitter)).0
    }

    fn stepped(&self, parameter: ParamId, entry: usize, step: f64) -> (f64, Pattern) {
        self.at(&self.classifier.clone().map(&mut Nudge { parameter, entry, step }))
    }

    fn at(&self, classifier: &Classifier<Cpu>) -> (f64, Pattern) {
        classifier.network().reset_dropout(&self.dropout);
        let (value, pattern) = classifier.training_objective(&self.batch);
        (value.into_data().iter::<f64>().sum(), pattern)
    }
}

/// Adds a step to one entry of one parameter.
struct Nudge {
    parameter: ParamId,
    entry: usize,
    step: f64,
}

impl ModuleMapper<Cpu> for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<Cpu, D>>) -> Param<Tensor<Cpu, D>> {
        if param.id != self.parameter {
            return param;
        }
        param.map(|tensor| {
            let (shape, entry) = (tensor.shape(), self.entry);
            let flat = tensor.reshape([shape.num_elements()]);
            let nudged = flat.clone().narrow(0, entry, 1) + self.step;
            flat.slice_assign(entry..entry + 1, nudged).reshape(shape)
        })
    }
}
