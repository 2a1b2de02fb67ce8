//! Weights on disk, on their way out and back.

use crate::checkpoint;
use crate::error::{DOES_NOT_EXIST, Error};
use burn::module::Module;
use burn::tensor::backend::Backend;
use emberlab_data::open_regular;
use emberlab_models::{Architecture, Classifier, NamedTensor, Network};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use std::fs;
use std::io::Read;
use std::path::Path;

/// The largest file that is read: twice the largest network.
const MAX_FILE_SIZE: u64 = 1 << 31;

/// The weights for Burn: a named MessagePack record of the classifier, in full precision.
///
/// # Errors
///
/// [`Error::Training`] when Burn cannot encode them.
pub fn to_mpk<B: Backend>(classifier: &Classifier<B>) -> Result<Vec<u8>, Error> {
    checkpoint::encode::<B, _>(classifier.clone().into_record())
}

/// The weights for other tools, under PyTorch's names.
///
/// # Errors
///
/// [`Error::Training`] when they cannot be encoded.
pub fn to_safetensors<B: Backend>(network: &Network<B>) -> Result<Vec<u8>, Error> {
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = network
        .tensors()
        .into_iter()
        .map(|NamedTensor { name, shape, values }| {
            (name, shape, values.into_iter().flat_map(f32::to_le_bytes).collect())
        })
        .collect();
    let encode = || {
        let views = tensors.iter().map(|(name, shape, bytes)| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name.as_str(), view))
        });
        safetensors::serialize(views.collect::<Result<Vec<_>, _>>()?, None)
    };
    encode().map_err(|error| Error::Training(format!("cannot encode the weights: {error}")))
}

/// Checks that a weights file is large enough for a network, before the network takes the memory.
///
/// # Errors
///
/// [`Error::Artifact`] when it is missing or too small.
pub fn check_size(path: &Path, architecture: &Architecture) -> Result<(), Error> {
    let fail = |reason: String| Error::Artifact { path: path.to_owned(), reason };
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fail(DOES_NOT_EXIST.into()),
        _ => fail(format!("cannot be read: {error}")),
    })?;
    // Half precision is the smallest that is read.
    let (size, n_parameters) = (metadata.len(), architecture.n_parameters());
    let least = 2 * n_parameters as u64;
    match metadata.is_file() && size < least {
        true => {
            Err(fail(format!("does not fit the model: {size} bytes do not hold its {n_parameters} weights")))
        }
        false => Ok(()),
    }
}

/// A network with the weights of a safetensors file in place of its own.
///
/// # Errors
///
/// [`Error::Artifact`] when the file is missing or damaged, or its tensors do not fit.
pub fn load<B: Backend>(network: Network<B>, path: &Path) -> Result<Network<B>, Error> {
    let fail = |reason: String| Error::Artifact { path: path.to_owned(), reason };
    let bytes = read(path).map_err(&fail)?;
    let file =
        SafeTensors::deserialize(&bytes).map_err(|error| fail(format!("is no safetensors file: {error}")))?;
    let tensors = file.tensors().into_iter().map(|(name, view)| match view.dtype() {
        Dtype::F32 => {
            let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            Ok(NamedTensor { name, shape: view.shape().to_vec(), values: values.collect() })
        }
        other => Err(fail(format!("holds `{name}` as {other:?}, must be F32"))),
    });
    let tensors = tensors.collect::<Result<Vec<_>, _>>()?;
    network.with_tensors(tensors).map_err(|error| fail(format!("does not fit the model: {error}")))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = open_regular(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => DOES_NOT_EXIST.to_owned(),
        std::io::ErrorKind::InvalidInput => error.to_string(),
        _ => format!("cannot be read: {error}"),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read: {error}"))?;
    match bytes.len() as u64 > MAX_FILE_SIZE {
        true => Err(format!("is larger than {MAX_FILE_SIZE} bytes")),
        false => Ok(bytes),
    }
}
