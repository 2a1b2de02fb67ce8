//! The numbers of a network by name, to write them to a file and to read them back.
//!
//! The names are those of a PyTorch module: the i-th linear layer, from 0, has `layers.<i>.weight`
//! `[n_outputs, n_inputs]` and `layers.<i>.bias` `[n_outputs]`; the i-th convolution has `convolutions.<i>.weight`
//! `[n_filters, channels, k, k]` and `convolutions.<i>.bias`; the i-th batch norm has `norms.<i>.weight`,
//! `norms.<i>.bias`, `norms.<i>.running_mean` and `norms.<i>.running_var`.
//!
//! The layers of `kind = "layers"` have the names of a PyTorch `nn.Sequential` of the same layers: layer `i` of them all has
//! `<i>.weight` and so on. Of a residual block, layer `j` has `<i>.layers.<j>.weight`, and a projection
//! `<i>.shortcut.0.weight` for its convolution and `<i>.shortcut.1.weight` and so on for its batch norm.

use crate::description::NamedTensor;
use crate::layers::{LayerVisitor, Path, Penalty};
use crate::network::Network;
use burn::module::{Module, ModuleMapper, Param, ParamId, RunningState};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Why tensors do not fit a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TensorsError {
    /// The network has a tensor of this name.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A tensor has another shape.
    #[error("`{name}` has shape {found:?}, must have {wanted:?}")]
    Shape {
        /// Its name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// The shape in the network.
        wanted: Vec<usize>,
    },
    /// A tensor holds NaN or infinity.
    #[error("`{0}` holds a number that is not finite")]
    NotFinite(String),
    /// A tensor that the network does not have holds another value than the one that the network computes with.
    #[error("`{name}` must be {value} throughout, because the layer has no such parameter")]
    Constant {
        /// Its name.
        name: String,
        /// The value.
        value: f32,
    },
    /// The network has no tensors of these names.
    #[error("no layer takes {}", .0.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    Unknown(Vec<String>),
}

impl<B: Backend> Network<B> {
    /// The parameters and running means of every layer.
    pub fn tensors(&self) -> Vec<NamedTensor> {
        let mut read = Read(Vec::new());
        self.visit_layers(&mut read);
        read.0
    }

    /// The names of [`tensors`](Self::tensors), in the same order.
    pub fn tensor_names(&self) -> Vec<String> {
        let mut names = Names(Vec::new());
        self.visit_layers(&mut names);
        names.0
    }

    /// The names among [`tensor_names`](Self::tensor_names) that no parameter and no running mean has, but PyTorch's layers.
    pub fn constant_names(&self) -> BTreeSet<String> {
        let mut constants = Constants(BTreeSet::new());
        self.visit_layers(&mut constants);
        constants.0
    }

    /// The network with all of its parameters and running means replaced. Clones share the running means.
    ///
    /// # Errors
    ///
    /// [`TensorsError`] for the first tensor that does not fit, and for tensors that the network does not have.
    pub fn with_tensors(self, tensors: Vec<NamedTensor>) -> Result<Self, TensorsError> {
        let named = tensors.into_iter().map(|tensor| (tensor.name.clone(), tensor));
        let mut source = Source {
            named: named.collect(),
            parameters: HashMap::new(),
            custom_states: HashMap::new(),
            states: Vec::new(),
            error: None,
        };
        self.visit_layers(&mut source);
        if let Some(error) = source.error {
            return Err(error);
        }
        if !source.named.is_empty() {
            return Err(TensorsError::Unknown(source.named.into_keys().collect()));
        }
        for (state, value) in source.states {
            state.update(value);
            // The value is visible to visitors only after it was read once.
            state.value_sync();
        }
        Ok(self.map(&mut Replace { parameters: source.parameters, custom_states: source.custom_states }))
    }
}

struct Read(Vec<NamedTensor>);

impl Read {
    fn push<B: Backend, const D: usize>(&mut self, path: &Path<'_>, tensor: Tensor<B, D>) {
        let data = tensor.into_data();
        self.0.push(NamedTensor {
            name: path.to_string(),
            shape: data.shape.to_vec(),
            values: data.iter::<f32>().collect(),
        });
    }
}

impl<B: Backend> LayerVisitor<B> for Read {
    fn parameter<const D: usize>(&mut self, path: &Path<'_>, parameter: &Param<Tensor<B, D>>, _: Penalty) {
        self.push(path, parameter.val());
    }

    fn constant(&mut self, path: &Path<'_>, n: usize, value: f32) {
        self.0.push(NamedTensor { name: path.to_string(), shape: vec![n], values: vec![value; n] });
    }

    fn state(&mut self, path: &Path<'_>, state: &RunningState<Tensor<B, 1>>) {
        self.push(path, state.value_sync());
    }

    fn custom_state<const D: usize>(&mut self, path: &Path<'_>, state: &Param<Tensor<B, D>>) {
        self.push(path, state.val());
    }
}

struct Names(Vec<String>);

impl<B: Backend> LayerVisitor<B> for Names {
    fn parameter<const D: usize>(&mut self, path: &Path<'_>, _: &Param<Tensor<B, D>>, _: Penalty) {
        self.0.push(path.to_string());
    }

    fn constant(&mut self, path: &Path<'_>, _: usize, _: f32) {
        self.0.push(path.to_string());
    }

    fn state(&mut self, path: &Path<'_>, _: &RunningState<Tensor<B, 1>>) {
        self.0.push(path.to_string());
    }

    fn custom_state<const D: usize>(&mut self, path: &Path<'_>, _: &Param<Tensor<B, D>>) {
        self.0.push(path.to_string());
    }
}

struct Constants(BTreeSet<String>);

impl<B: Backend> LayerVisitor<B> for Constants {
    fn constant(&mut self, path: &Path<'_>, _: usize, _: f32) {
        self.0.insert(path.to_string());
    }
}

/// Finds the new values of each tensor of a network.
struct Source<B: Backend> {
    /// The tensors that no layer has taken yet.
    named: BTreeMap<String, NamedTensor>,
    parameters: HashMap<ParamId, TensorData>,
    custom_states: HashMap<ParamId, TensorData>,
    states: Vec<(RunningState<Tensor<B, 1>>, Tensor<B, 1>)>,
    /// The first error.
    error: Option<TensorsError>,
}

impl<B: Backend> Source<B> {
    /// The values of the tensor at `path`; none after an error.
    fn take(&mut self, path: &Path<'_>, wanted: &[usize]) -> Option<TensorData> {
        if self.error.is_some() {
            return None;
        }
        match self.find(path.to_string(), wanted) {
            Ok(data) => Some(data),
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    fn find(&mut self, name: String, wanted: &[usize]) -> Result<TensorData, TensorsError> {
        let Some(NamedTensor { shape, values, .. }) = self.named.remove(&name) else {
            return Err(TensorsError::Missing(name));
        };
        if shape != wanted || values.len() != wanted.iter().product::<usize>() {
            return Err(TensorsError::Shape { name, found: shape, wanted: wanted.to_vec() });
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(TensorsError::NotFinite(name));
        }
        Ok(TensorData::new(values, shape))
    }
}

impl<B: Backend> LayerVisitor<B> for Source<B> {
    fn parameter<const D: usize>(&mut self, path: &Path<'_>, parameter: &Param<Tensor<B, D>>, _: Penalty) {
        if let Some(data) = self.take(path, &parameter.val().dims()) {
            self.parameters.insert(parameter.id, data);
        }
    }

    fn constant(&mut self, path: &Path<'_>, n: usize, value: f32) {
        let Some(data) = self.take(path, &[n]) else { return };
        if data.iter::<f32>().any(|found| found != value) {
            self.error = Some(TensorsError::Constant { name: path.to_string(), value });
        }
    }

    fn state(&mut self, path: &Path<'_>, state: &RunningState<Tensor<B, 1>>) {
        let old = state.value_sync();
        if let Some(data) = self.take(path, &old.dims()) {
            self.states.push((state.clone(), Tensor::from_data(data, &old.device())));
        }
    }

    fn custom_state<const D: usize>(&mut self, path: &Path<'_>, state: &Param<Tensor<B, D>>) {
        if let Some(data) = self.take(path, &state.val().dims()) {
            self.custom_states.insert(state.id, data);
        }
    }
}

/// Replaces tensors by id.
struct Replace {
    parameters: HashMap<ParamId, TensorData>,
    custom_states: HashMap<ParamId, TensorData>,
}

impl<B: Backend> ModuleMapper<B> for Replace {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        if let Some(data) = self.parameters.remove(&parameter.id) {
            return Param::from_tensor(Tensor::from_data(data, &parameter.val().device()));
        }
        match self.custom_states.remove(&parameter.id) {
            Some(data) => {
                Param::initialized(parameter.id, Tensor::from_data(data, &parameter.val().device()))
            }
            None => parameter,
        }
    }
}
