//! Weights and gradients on their way from one server to another.
//!
//! Burn 0.21 lets servers hand tensors to each other, but numbers all hand-overs but the first alike, so that those under way
//! at once are mixed up and waited for in vain. Here they come by way of this machine, all of one kind in one message: an
//! update with `n` servers waits for an answer `2 n - 1` times.

use crate::backend::{AutodiffBackend, Backend, Device};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use burn::train::ItemLazy;
use emberlab_models::{Classifier, StepScore};

/// Every parameter of a classifier, one after the other.
pub struct Weights(Vec<f32>);

impl Weights {
    /// Reads them.
    pub fn read(model: &Classifier<AutodiffBackend>) -> Self {
        let mut flat = Flatten::default();
        model.visit(&mut flat);
        Self(flat.read())
    }

    /// A copy of the classifier they are from on another server.
    pub fn copy(&self, model: &Classifier<AutodiffBackend>, device: &Device) -> Classifier<AutodiffBackend> {
        model.clone().map(&mut Place { rest: &self.0, device })
    }
}

/// The gradients of a copy, on the server that `model` is on.
pub fn hand_back(
    gradients: GradientsParams,
    copy: &Classifier<AutodiffBackend>,
    device: &Device,
) -> GradientsParams {
    let mut flat = FlattenGradients { gradients, flat: Flatten::default(), found: Vec::new() };
    copy.visit(&mut flat);
    let values = flat.flat.read();
    let found = flat.found;
    let mut placed = PlaceGradients { rest: &values, found, device, gradients: GradientsParams::new() };
    copy.visit(&mut placed);
    placed.gradients
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

    fn read(self) -> Vec<f32> {
        if self.0.is_empty() {
            return Vec::new();
        }
        Tensor::cat(self.0, 0).into_data().iter::<f32>().collect()
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

/// Takes the next numbers as a tensor of a shape.
fn take<const D: usize>(rest: &mut &[f32], shape: [usize; D], device: &Device) -> Tensor<Backend, D> {
    let (values, later) = rest.split_at(shape.iter().product::<usize>().min(rest.len()));
    *rest = later;
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

struct Place<'a> {
    rest: &'a [f32],
    device: &'a Device,
}

impl ModuleMapper<AutodiffBackend> for Place<'_> {
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

struct PlaceGradients<'a> {
    rest: &'a [f32],
    found: Vec<ParamId>,
    device: &'a Device,
    gradients: GradientsParams,
}

impl ModuleVisitor<AutodiffBackend> for PlaceGradients<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if self.found.contains(&param.id) {
            let gradient = take::<D>(&mut self.rest, param.val().dims(), self.device);
            self.gradients.register(param.id, gradient);
        }
    }
}
