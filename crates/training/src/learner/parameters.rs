//! What is asked of all parameters of a classifier.

use crate::backend::AutodiffBackend;
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use emberlab_models::Classifier;

/// Whether every parameter is a number, running means included.
pub fn is_finite(model: &Classifier<AutodiffBackend>) -> bool {
    let mut finite = IsFinite(true);
    model.visit(&mut finite);
    finite.0
}

struct IsFinite(bool);

impl ModuleVisitor<AutodiffBackend> for IsFinite {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        let finite = param.val().inner().is_finite().all().into_data();
        self.0 &= finite.iter::<bool>().all(|finite| finite);
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
