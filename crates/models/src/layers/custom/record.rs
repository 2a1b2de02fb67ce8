//! The record of a custom module: its tensors, in the order in which the module shows them.

use burn::module::{ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::record::{PrecisionSettings, Record};
use burn::tensor::backend::Backend;
use burn::tensor::{Bool, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// The parameters and states of a custom module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CustomRecord(Vec<CustomTensor>);

/// A tensor of a custom module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CustomTensor {
    /// The id of the parameter, under which an optimizer keeps its moments.
    id: u64,
    data: TensorData,
}

impl CustomRecord {
    /// The tensors that a visit shows.
    pub(super) fn of<B: Backend>(visit: impl FnOnce(&mut Recorder<B>)) -> Self {
        let mut recorder = Recorder { tensors: Vec::new(), backend: PhantomData };
        visit(&mut recorder);
        Self(recorder.tensors)
    }

    /// Replaces the tensors of a module by these.
    pub(super) fn loader(self) -> Loader {
        Loader(self.0.into_iter())
    }
}

impl<B: Backend> Record<B> for CustomRecord {
    type Item<S: PrecisionSettings> = Self;

    fn into_item<S: PrecisionSettings>(self) -> Self {
        self
    }

    fn from_item<S: PrecisionSettings>(item: Self, _device: &B::Device) -> Self {
        item
    }
}

/// Collects tensors.
pub(super) struct Recorder<B> {
    tensors: Vec<CustomTensor>,
    backend: PhantomData<B>,
}

impl<B> Recorder<B> {
    fn push(&mut self, id: ParamId, data: TensorData) {
        self.tensors.push(CustomTensor { id: id.val(), data });
    }
}

impl<B: Backend> ModuleVisitor<B> for Recorder<B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        self.push(param.id, param.val().into_data());
    }

    fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<B, D, Int>>) {
        self.push(param.id, param.val().into_data());
    }

    fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<B, D, Bool>>) {
        self.push(param.id, param.val().into_data());
    }
}

/// Hands out tensors in their order. A record of another module fails by a panic, as Burn's own records do; who decodes a file
/// catches it.
pub(super) struct Loader(std::vec::IntoIter<CustomTensor>);

impl Loader {
    /// The next tensor, which takes the place of one of this shape.
    fn next(&mut self, shape: &[usize]) -> (ParamId, TensorData) {
        let CustomTensor { id, data } =
            self.0.next().expect("the record has a tensor for each of the module");
        let n_elements = data.shape.iter().try_fold(1usize, |n, size| n.checked_mul(*size));
        let n_bytes = n_elements.and_then(|n| n.checked_mul(data.dtype.size()));
        assert!(
            data.shape.to_vec() == shape && n_bytes == Some(data.as_bytes().len()),
            "a tensor of the record has another shape than that of the module"
        );
        (ParamId::from(id), data)
    }
}

impl<B: Backend> ModuleMapper<B> for Loader {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let (_, old, mapper) = param.consume();
        let (id, data) = self.next(&old.dims());
        let new = Tensor::from_data(data, (&old.device(), old.dtype()));
        Param::from_mapped_value(id, new.set_require_grad(old.is_require_grad()), mapper)
    }

    fn map_int<const D: usize>(&mut self, param: Param<Tensor<B, D, Int>>) -> Param<Tensor<B, D, Int>> {
        let (_, old, mapper) = param.consume();
        let (id, data) = self.next(&old.dims());
        Param::from_mapped_value(id, Tensor::from_data(data, &old.device()), mapper)
    }

    fn map_bool<const D: usize>(&mut self, param: Param<Tensor<B, D, Bool>>) -> Param<Tensor<B, D, Bool>> {
        let (_, old, mapper) = param.consume();
        let (id, data) = self.next(&old.dims());
        Param::from_mapped_value(id, Tensor::from_data(data, &old.device()), mapper)
    }
}
