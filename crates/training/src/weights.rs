//! Final weights on disk.

use crate::error::Error;
use crate::run_dir::{RunDir, file};
use burn::module::Module;
use burn::record::{FullPrecisionSettings, NamedMpkBytesRecorder, Recorder};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use emberlab_models::Classifier;
use safetensors::tensor::{Dtype, TensorView};

/// Writes `model.safetensors` and `model.mpk`.
///
/// # Errors
///
/// [`Error::Write`], and [`Error::Training`] when the weights cannot be put into a format.
pub fn save<B: Backend>(run: &RunDir, classifier: &Classifier<B>) -> Result<(), Error> {
    run.write(file::SAFETENSORS, &to_safetensors(classifier)?)?;
    let recorder = NamedMpkBytesRecorder::<FullPrecisionSettings>::default();
    let bytes = Recorder::<B>::record(&recorder, classifier.clone().into_record(), ())
        .map_err(|error| Error::Training(format!("cannot encode the weights: {error}")))?;
    run.write(file::MPK, &bytes)
}

/// The weights under PyTorch's names: the i-th linear layer, from 0, is `layers.<i>.weight`
/// `[n_outputs, n_inputs]` and `layers.<i>.bias` `[n_outputs]`.
fn to_safetensors<B: Backend>(classifier: &Classifier<B>) -> Result<Vec<u8>, Error> {
    let mut tensors = Vec::new();
    for (index, layer) in classifier.network().linear_layers().enumerate() {
        tensors.push((format!("layers.{index}.weight"), read(layer.weight.val())));
        tensors.push((format!("layers.{index}.bias"), read(layer.bias.val())));
    }
    let encode = || {
        let views = tensors.iter().map(|(name, (shape, bytes))| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name.as_str(), view))
        });
        safetensors::serialize(views.collect::<Result<Vec<_>, _>>()?, None)
    };
    encode().map_err(|error| Error::Training(format!("cannot encode the weights: {error}")))
}

/// Shape and little-endian bytes of a tensor.
fn read<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> (Vec<usize>, Vec<u8>) {
    let data: TensorData = tensor.into_data();
    let bytes = data.iter::<f32>().flat_map(f32::to_le_bytes).collect();
    (data.shape.to_vec(), bytes)
}
