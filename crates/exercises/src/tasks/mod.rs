//! The functions that students write: inputs to try them on, the right outputs, and common mistakes.

mod convolution;
mod derivatives;
mod draw;
mod linear;
mod losses;
mod mlp;
mod probabilities;
mod slope;

use crate::array::Array;
use crate::mistake::Mistake;
use emberlab_data::RandomState;

/// The outputs of a function, from its arguments.
pub type Outputs = fn(&[Array]) -> Vec<Array>;

/// A function that a student writes.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// The name of the function.
    pub name: &'static str,
    /// The names of its outputs; one without a name if it returns a single array.
    pub outputs: &'static [&'static str],
    /// Functions that it may call. If one of them is wrong, so may this one be.
    pub uses: &'static [&'static str],
    /// The arguments of each call that is compared.
    pub cases: fn(&mut RandomState) -> Vec<Vec<Array>>,
    /// The right outputs.
    pub solve: Outputs,
    /// The same by difference quotients, for a derivative.
    pub quotient: Option<Outputs>,
    /// The number of samples that the outputs are means over.
    pub n_samples: Option<fn(&[Array]) -> usize>,
    /// Common mistakes.
    pub mistakes: &'static [Mistake],
}

/// All of them, in the order of the exercises.
pub const TASKS: [Task; 12] = [
    probabilities::SIGMOID,
    probabilities::SOFTMAX,
    losses::BINARY_CROSS_ENTROPY,
    losses::CROSS_ENTROPY,
    derivatives::SIGMOID_DERIVATIVE,
    derivatives::SOFTMAX_DERIVATIVE,
    derivatives::BINARY_CROSS_ENTROPY_DERIVATIVE,
    derivatives::CROSS_ENTROPY_DERIVATIVE,
    linear::LINEAR_GRADIENT,
    linear::UPDATE,
    mlp::MLP_BACKWARD,
    convolution::CONVOLUTION_BACKWARD,
];

impl Task {
    /// The task of a function.
    pub fn named(name: &str) -> Option<&'static Self> {
        TASKS.iter().find(|task| task.name == name)
    }

    /// The cases of a student; each task has draws of its own.
    pub fn cases_of(&self, seed: u32) -> Vec<Vec<Array>> {
        let place = TASKS.iter().position(|task| task.name == self.name).unwrap_or(0);
        (self.cases)(&mut RandomState::new(seed.wrapping_add(place as u32)))
    }
}

#[cfg(test)]
mod tests;
