//! What is asked of all parameters of a classifier.

use crate::devices::{AutodiffBackend, Backend};
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Bool, Tensor};
use emberlab_models::Classifier;

/// Whether every parameter is a number, running means included.
pub fn is_finite(model: &Classifier<AutodiffBackend>) -> bool {
    let mut finite = IsFinite(Vec::new());
    model.visit(&mut finite);
    // One transfer for all of them.
    finite.0.is_empty() || Tensor::cat(finite.0, 0).all().into_data().iter::<bool>().all(|finite| finite)
}

/// Whether each parameter is, on the device.
struct IsFinite(Vec<Tensor<Backend, 1, Bool>>);

impl ModuleVisitor<AutodiffBackend> for IsFinite {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        self.0.push(param.val().inner().is_finite().all());
    }
}

/// How many parameters an update changes; running means are none.
pub fn count_trainable(model: &Classifier<AutodiffBackend>) -> usize {
    let mut count = CountTrainable(0);
    model.visit(&mut count);
    count.0
}

struct CountTrainable(usize);

impl ModuleVisitor<AutodiffBackend> for CountTrainable {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        self.0 += usize::from(param.val().is_require_grad());
    }
}
