//! Weights and gradients on their way from one server to another.
//!
//! Burn 0.21 lets servers hand tensors to each other, but numbers all hand-overs but the first alike, so that those under way
//! at once are mixed up and waited for in vain. Here they come by way of this machine, all of one kind in one message, or in
//! a few where one would be too large: an update with `n` servers waits for an answer `2 n - 1` times, or a few more.

use super::transfer::{Numbers, read_all};
use crate::devices::{AutodiffBackend, Backend, Device};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use burn::train::ItemLazy;
use emberlab_models::{Classifier, StepScore};
use std::slice::Iter;

/// Every parameter of a classifier, one after the other.
pub struct Weights(Vec<Numbers>);

impl Weights {
    /// Reads them; returns the transfers that it took too.
    pub fn read(model: &Classifier<AutodiffBackend>) -> (Self, usize) {
        let mut flat = Flatten::default();
        model.visit(&mut flat);
        let (values, transfers) = read_all(flat.0);
        (Self(values), transfers)
    }

    /// A copy of the classifier they are from on another server.
    pub fn copy(&self, model: &Classifier<AutodiffBackend>, device: &Device) -> Classifier<AutodiffBackend> {
        model.separate_copy().map(&mut Unflatten { rest: self.0.iter(), device })
    }
}

/// The gradients of a copy, on `device`, and the transfers that it took.
pub fn hand_back(
    gradients: GradientsParams,
    copy: &Classifier<AutodiffBackend>,
    device: &Device,
) -> (GradientsParams, usize) {
    let mut flat = FlattenGradients { gradients, flat: Flatten::default(), found: Vec::new() };
    copy.visit(&mut flat);
    let (values, transfers) = read_all(flat.flat.0);
    let found = flat.found;
    let mut placed =
        UnflattenGradients { rest: values.iter(), found, device, gradients: GradientsParams::new() };
    copy.visit(&mut placed);
    (placed.gradients, transfers)
}

/// A score that was read.
pub fn read_score(score: StepScore<Backend>) -> StepScore<Backend> {
    StepScore::Read(score.sync())
}

#[derive(Default)]
struct Flatten(Vec<Tensor<Backend, 1>>);

impl Flatten {
    fn add<const D: usize>(&mut self, tensor: Tensor<Backend, D>) {
        self.0.push(tensor.flatten(0, D - 1));
    }
}

impl ModuleVisitor<AutodiffBackend> for Flatten {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        self.add(param.val().inner());
    }
}

struct FlattenGradients {
    gradients: GradientsParams,
    flat: Flatten,
    /// The parameters that have one; running means have none.
    found: Vec<ParamId>,
}

impl ModuleVisitor<AutodiffBackend> for FlattenGradients {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if let Some(gradient) = self.gradients.remove::<Backend, D>(param.id) {
            self.flat.add(gradient);
            self.found.push(param.id);
        }
    }
}

/// The next parameter's numbers as a tensor of its shape.
fn take<const D: usize>(
    rest: &mut Iter<'_, Numbers>,
    shape: [usize; D],
    device: &Device,
) -> Tensor<Backend, D> {
    let values = rest.next().map(|numbers| numbers.values().to_vec()).unwrap_or_default();
    Tensor::from_data(TensorData::new(values, shape), device)
}

struct Unflatten<'a> {
    rest: Iter<'a, Numbers>,
    device: &'a Device,
}

impl ModuleMapper<AutodiffBackend> for Unflatten<'_> {
    fn map_float<const D: usize>(
        &mut self,
        param: Param<Tensor<AutodiffBackend, D>>,
    ) -> Param<Tensor<AutodiffBackend, D>> {
        let trained = param.val().is_require_grad();
        param.map(|tensor| {
            let placed = take(&mut self.rest, tensor.dims(), self.device);
            Tensor::from_inner(placed).set_require_grad(trained)
        })
    }
}

struct UnflattenGradients<'a> {
    rest: Iter<'a, Numbers>,
    found: Vec<ParamId>,
    device: &'a Device,
    gradients: GradientsParams,
}

impl ModuleVisitor<AutodiffBackend> for UnflattenGradients<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if self.found.contains(&param.id) {
            let gradient = take::<D>(&mut self.rest, param.val().dims(), self.device);
            self.gradients.register(param.id, gradient);
        }
    }
}
