//! Gradients in host memory.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;
use emberlab_models::{Classifier, Gradients};
use std::collections::HashMap;

/// The gradient of one parameter.
#[derive(Clone, Debug)]
pub struct HostGradient {
    /// The parameter's shape.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f64>,
}

/// The gradient of each parameter.
pub type HostGradients = HashMap<ParamId, HostGradient>;

/// Moves the gradients of a classifier's parameters to host memory.
pub fn read<B: AutodiffBackend>(classifier: &Classifier<B>, gradients: Gradients<B>) -> HostGradients {
    let mut read = Read { gradients, found: HashMap::new() };
    classifier.visit(&mut read);
    read.found
}

/// The largest absolute value; NaN where there is one.
pub fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |most: f64, value: f64| if most.is_nan() || value <= most { most } else { value };
    values.into_iter().map(f64::abs).fold(0.0, larger)
}

impl HostGradient {
    /// The largest difference from another gradient of the same parameter.
    pub fn distance(&self, other: &Self) -> f64 {
        if self.values.len() != other.values.len() {
            return f64::NAN;
        }
        largest(self.values.iter().zip(&other.values).map(|(left, right)| left - right))
    }
}

struct Read<B: AutodiffBackend> {
    gradients: Gradients<B>,
    found: HostGradients,
}

impl<B: AutodiffBackend> ModuleVisitor<B> for Read<B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        if let Some(gradient) = self.gradients.parameters.remove::<B::InnerBackend, D>(param.id) {
            let data = gradient.into_data();
            let values = data.iter::<f64>().collect();
            self.found.insert(param.id, HostGradient { shape: data.shape.to_vec(), values });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_values_with_nan_is_nan() {
        assert_eq!(largest([1.0, -3.0, 2.0]), 3.0);
        assert!(largest([f64::NAN, 1.0]).is_nan() && largest([1.0, f64::NAN]).is_nan());
    }
}
