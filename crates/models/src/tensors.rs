//! A network's numbers by name, on their way to a file and back.
//!
//! The names are those that PyTorch's modules would have: the i-th linear layer, from 0, is
//! `layers.<i>.weight` `[n_outputs, n_inputs]` and `layers.<i>.bias` `[n_outputs]`; the i-th
//! convolution is `convolutions.<i>.weight` `[n_filters, channels, k, k]` and
//! `convolutions.<i>.bias`; the i-th batch norm is `norms.<i>.weight`, `norms.<i>.bias`,
//! `norms.<i>.running_mean` and `norms.<i>.running_var`.

use crate::layers::Layer;
use crate::network::Network;
use burn::module::{Param, ParamId, RunningState};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use std::collections::BTreeMap;

/// Numbers with a name and a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// The name.
    pub name: String,
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// The numbers, the last dimension running fastest.
    pub values: Vec<f32>,
}

/// Why numbers do not fit a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TensorsError {
    /// A tensor that the network has and the numbers have not.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A tensor of another shape.
    #[error("`{name}` has shape {found:?}, must have {wanted:?}")]
    Shape {
        /// Its name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// The network's.
        wanted: Vec<usize>,
    },
    /// A tensor with a number that is none.
    #[error("`{0}` holds a number that is not finite")]
    NotFinite(String),
    /// Tensors that the network has no place for.
    #[error("no layer takes {}", .0.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    Unknown(Vec<String>),
}

impl<B: Backend> Network<B> {
    /// The numbers of every layer.
    pub fn tensors(&self) -> Vec<NamedTensor> {
        let mut tensors = Vec::new();
        for (prefix, layer) in names(self.layers()).into_iter().zip(self.layers()) {
            let mut push = |name: &str, (shape, values)| {
                tensors.push(NamedTensor { name: format!("{prefix}.{name}"), shape, values });
            };
            match layer {
                Layer::Linear(layer) => {
                    push("weight", read(layer.weight.val()));
                    push("bias", read(layer.bias.val()));
                }
                Layer::Convolution(layer) => {
                    push("weight", read(layer.weight.val()));
                    push("bias", read(layer.bias.val()));
                }
                Layer::BatchNorm(layer) => {
                    push("weight", read(layer.weight.val()));
                    push("bias", read(layer.bias.val()));
                    push("running_mean", read(layer.running_mean.value_sync()));
                    push("running_var", read(layer.running_variance.value_sync()));
                }
                Layer::Activation(_) | Layer::Dropout(_) | Layer::MaxPool(_) => (),
            }
        }
        tensors
    }

    /// The names of the numbers of every layer, as [`tensors`](Self::tensors) gives them.
    pub fn tensor_names(&self) -> Vec<String> {
        let layers = names(self.layers()).into_iter().zip(self.layers());
        let names = layers.flat_map(|(prefix, layer)| {
            let names: &[&str] = match layer {
                Layer::Linear(_) | Layer::Convolution(_) => &["weight", "bias"],
                Layer::BatchNorm(_) => &["weight", "bias", "running_mean", "running_var"],
                Layer::Activation(_) | Layer::Dropout(_) | Layer::MaxPool(_) => &[],
            };
            names.iter().map(move |name| format!("{prefix}.{name}"))
        });
        names.collect()
    }

    /// The id and the name of each parameter that is trained, from the input on.
    pub fn parameter_names(&self) -> Vec<(ParamId, String)> {
        let mut names_by_id = Vec::new();
        for (prefix, layer) in names(self.layers()).into_iter().zip(self.layers()) {
            let (weight, bias) = match layer {
                Layer::Linear(layer) => (layer.weight.id, layer.bias.id),
                Layer::Convolution(layer) => (layer.weight.id, layer.bias.id),
                Layer::BatchNorm(layer) => (layer.weight.id, layer.bias.id),
                Layer::Activation(_) | Layer::Dropout(_) | Layer::MaxPool(_) => continue,
            };
            names_by_id.push((weight, format!("{prefix}.weight")));
            names_by_id.push((bias, format!("{prefix}.bias")));
        }
        names_by_id
    }

    /// The same network with the numbers of every layer replaced.
    ///
    /// # Errors
    ///
    /// [`TensorsError`] for the first that does not fit, and for those that are too many.
    pub fn with_tensors(mut self, tensors: Vec<NamedTensor>) -> Result<Self, TensorsError> {
        let mut source = Source(tensors.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect());
        let prefixes = names(self.layers());
        for (prefix, layer) in prefixes.into_iter().zip(self.layers_mut()) {
            match layer {
                Layer::Linear(layer) => {
                    source.replace(&prefix, "weight", &mut layer.weight)?;
                    source.replace(&prefix, "bias", &mut layer.bias)?;
                }
                Layer::Convolution(layer) => {
                    source.replace(&prefix, "weight", &mut layer.weight)?;
                    source.replace(&prefix, "bias", &mut layer.bias)?;
                }
                Layer::BatchNorm(layer) => {
                    source.replace(&prefix, "weight", &mut layer.weight)?;
                    source.replace(&prefix, "bias", &mut layer.bias)?;
                    source.replace_running(&prefix, "running_mean", &mut layer.running_mean)?;
                    source.replace_running(&prefix, "running_var", &mut layer.running_variance)?;
                }
                Layer::Activation(_) | Layer::Dropout(_) | Layer::MaxPool(_) => (),
            }
        }
        match source.0.is_empty() {
            true => Ok(self),
            false => Err(TensorsError::Unknown(source.0.into_keys().collect())),
        }
    }
}

/// The name of each layer, `layers.0` for one; those without numbers have none.
fn names<B: Backend>(layers: &[Layer<B>]) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    let names = layers.iter().map(|layer| {
        let kind = match layer {
            Layer::Linear(_) => "layers",
            Layer::Convolution(_) => "convolutions",
            Layer::BatchNorm(_) => "norms",
            Layer::Activation(_) | Layer::Dropout(_) | Layer::MaxPool(_) => return String::new(),
        };
        let count = counts.entry(kind).or_default();
        *count += 1;
        format!("{kind}.{}", *count - 1)
    });
    names.collect()
}

fn read<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> (Vec<usize>, Vec<f32>) {
    let data = tensor.into_data();
    (data.shape.to_vec(), data.iter::<f32>().collect())
}

/// The tensors that no layer has taken yet.
struct Source(BTreeMap<String, NamedTensor>);

impl Source {
    fn replace<B: Backend, const D: usize>(
        &mut self,
        prefix: &str,
        name: &str,
        parameter: &mut Param<Tensor<B, D>>,
    ) -> Result<(), TensorsError> {
        *parameter = Param::from_tensor(self.take(prefix, name, &parameter.val())?);
        Ok(())
    }

    fn replace_running<B: Backend, const D: usize>(
        &mut self,
        prefix: &str,
        name: &str,
        state: &mut RunningState<Tensor<B, D>>,
    ) -> Result<(), TensorsError> {
        *state = RunningState::new(self.take(prefix, name, &state.value_sync())?);
        Ok(())
    }

    fn take<B: Backend, const D: usize>(
        &mut self,
        prefix: &str,
        name: &str,
        like: &Tensor<B, D>,
    ) -> Result<Tensor<B, D>, TensorsError> {
        let name = format!("{prefix}.{name}");
        let Some(NamedTensor { shape, values, .. }) = self.0.remove(&name) else {
            return Err(TensorsError::Missing(name));
        };
        let wanted = like.dims();
        if shape != wanted || values.len() != wanted.iter().product::<usize>() {
            return Err(TensorsError::Shape { name, found: shape, wanted: wanted.to_vec() });
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(TensorsError::NotFinite(name));
        }
        Ok(Tensor::from_data(TensorData::new(values, wanted), &like.device()))
    }
}
