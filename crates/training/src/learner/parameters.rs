//! Visitors and mappers over all parameters of a classifier.

use crate::devices::{AutodiffBackend, Backend};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Bool, Tensor};
use emberlab_models::Classifier;

/// Whether every parameter is finite, running means included.
pub fn is_finite(model: &Classifier<AutodiffBackend>) -> bool {
    let mut finite = IsFinite(Vec::new());
    model.visit(&mut finite);
    // One transfer for all of them.
    finite.0.is_empty() || Tensor::cat(finite.0, 0).all().into_data().iter::<bool>().all(|finite| finite)
}

/// One value for each parameter, on the device.
struct IsFinite(Vec<Tensor<Backend, 1, Bool>>);

impl ModuleVisitor<AutodiffBackend> for IsFinite {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        self.0.push(param.val().inner().is_finite().all());
    }
}

/// The number of parameters that an update changes; running means are not among them.
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

/// A classifier of the same layers in which each parameter that is trained has one element, so that it holds nearly no
/// memory.
pub fn without_weights(model: &Classifier<AutodiffBackend>) -> Classifier<AutodiffBackend> {
    model.clone().map(&mut Shrink)
}

struct Shrink;

impl ModuleMapper<AutodiffBackend> for Shrink {
    fn map_float<const D: usize>(
        &mut self,
        param: Param<Tensor<AutodiffBackend, D>>,
    ) -> Param<Tensor<AutodiffBackend, D>> {
        // Clones of a running mean share one tensor, which a mapper changes in place.
        if !param.val().is_require_grad() {
            return param;
        }
        param.map(|tensor| Tensor::zeros([1; D], &tensor.device()))
    }
}
