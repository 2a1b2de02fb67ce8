//! Weights in files: writing and reading them.

mod partial;
mod renamed;
mod torchvision;

use self::partial::Taken;
use self::renamed::Renamed;
use crate::checkpoint;
use crate::error::Error;
use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::{bf16, f16};
use emberlab_data::open_regular;
use emberlab_models::{Architecture, Classifier, NamedTensor, Network};
use emberlab_run::FileProblem;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The size of the largest file that is read: twice that of the largest network.
const MAX_FILE_SIZE: u64 = 1 << 31;

/// Encodes the weights for Burn: a named MessagePack record of the classifier, in full precision.
///
/// # Errors
///
/// [`Error::Training`] when Burn cannot encode them.
pub fn to_mpk<B: Backend>(classifier: &Classifier<B>) -> Result<Vec<u8>, Error> {
    checkpoint::encode::<B, _>(classifier.clone().into_record())
}

/// Encodes the weights for other tools as safetensors, under PyTorch's names.
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
    encode().map_err(Error::encode("the weights"))
}

/// Checks that a weights file is large enough for a network, before the network takes the memory.
///
/// # Errors
///
/// [`Error::Run`] when it is missing or too small.
pub fn check_size(path: &Path, architecture: &Architecture) -> Result<(), Error> {
    let metadata = fs::metadata(path).map_err(|error| Error::artifact(path, error))?;
    // Half precision is the smallest that is read.
    let (size, n_parameters) = (metadata.len(), architecture.n_parameters());
    let least = 2 * n_parameters as u64;
    if metadata.is_file() && size < least {
        let reason = format!("the model: {size} bytes do not hold its {n_parameters} weights");
        return Err(Error::artifact(path, FileProblem::DoesNotFit(reason)));
    }
    Ok(())
}

/// Replaces a network's weights by those of a safetensors file.
///
/// Accepts files as PyTorch writes them: converts numbers in F64, F16 or BF16, ignores the counters of batch norm
/// (`num_batches_tracked`), removes a prefix that all names have in common, such as `module.`, and knows the names of
/// torchvision's ResNets. Reports changed names to `warn`.
///
/// # Errors
///
/// [`Error::Run`] when the file is missing or damaged, or its tensors do not fit.
pub fn load<B: Backend>(
    network: Network<B>,
    architecture: &Architecture,
    path: &Path,
    warn: &dyn Fn(&str),
) -> Result<Network<B>, Error> {
    let wanted: BTreeSet<String> = network.tensor_names().into_iter().collect();
    let file = Renamed::new(tensors(path)?, architecture, |names| *names == wanted);
    report(path, &file.notes, warn);
    let compared = compared_names(&file.in_file, &wanted);
    network.with_tensors(file.tensors.into_values().collect()).map_err(|error| {
        Error::artifact(path, FileProblem::DoesNotFit(format!("the model: {error}{compared}")))
    })
}

/// Like [`load`], but keeps those weights of the network that the file does not have in the same shape. Reports to `warn`
/// which these are, and which tensors of the file no layer takes.
///
/// # Errors
///
/// [`Error::Run`] when the file is missing or damaged, or none of its tensors fits.
pub fn load_partly<B: Backend>(
    network: Network<B>,
    architecture: &Architecture,
    path: &Path,
    warn: &dyn Fn(&str),
) -> Result<Network<B>, Error> {
    let wanted: BTreeSet<String> = network.tensor_names().into_iter().collect();
    let fits = |names: &BTreeSet<String>| names.iter().any(|name| wanted.contains(name));
    let file = Renamed::new(tensors(path)?, architecture, fits);
    report(path, &file.notes, warn);
    let compared = compared_names(&file.in_file, &wanted);
    let fail = |reason: String| Error::artifact(path, FileProblem::DoesNotFit(reason));
    let taken = Taken::new(network.tensors(), &network.constant_names(), file);
    if taken.n_taken == 0 {
        return Err(fail(format!("the model: it has no tensor of the same name and shape{compared}")));
    }
    report(path, &taken.notes(), warn);
    network.with_tensors(taken.tensors).map_err(|error| fail(format!("the model: {error}")))
}

/// Reports what happened to the tensors of a file.
fn report(path: &Path, notes: &[String], warn: &dyn Fn(&str)) {
    notes.iter().for_each(|note| warn(&format!("`{}`: {note}", path.display())));
}

/// The tensors of a safetensors file in single precision, without the counters of batch norm.
fn tensors(path: &Path) -> Result<Vec<NamedTensor>, Error> {
    let fail = |reason: String| Error::artifact(path, reason);
    let bytes = read(path).map_err(|problem| Error::artifact(path, problem))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| fail(not_safetensors(&bytes, &error)))?;
    let tensors = file.tensors().into_iter().filter(|(name, _)| !is_counter(name));
    tensors.map(|(name, view)| named_tensor(name, &view)).collect::<Result<_, _>>().map_err(fail)
}

/// Whether a tensor is the number of batches that a batch norm of PyTorch has seen.
fn is_counter(name: &str) -> bool {
    name.rsplit('.').next() == Some("num_batches_tracked")
}

/// A tensor in single precision, or its problem as the end of a sentence.
fn named_tensor(name: String, view: &TensorView<'_>) -> Result<NamedTensor, String> {
    let data = view.data();
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Dtype::F64 => data.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect(),
        Dtype::F16 => {
            data.as_chunks::<2>().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()
        }
        Dtype::BF16 => {
            data.as_chunks::<2>().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect()
        }
        other => return Err(format!("holds `{name}` as {other:?}, must be F32, F64, F16 or BF16")),
    };
    Ok(NamedTensor { name, shape: view.shape().to_vec(), values })
}

/// The names found, by the names of the model, and the names wanted, as the end of a message; empty where they are the same.
fn compared_names(found: &BTreeMap<String, String>, wanted: &BTreeSet<String>) -> String {
    if found.keys().eq(wanted) {
        return String::new();
    }
    let found = found.values().cloned().collect();
    format!("; the file has {}; the model takes {}", some_names(&found), some_names(wanted))
}

/// The largest number of tensor names in a message.
const MAX_NAMES: usize = 10;

fn some_names(names: &BTreeSet<String>) -> String {
    let shown: Vec<String> = names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(MAX_NAMES) {
        0 if names.is_empty() => "no tensors".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The problem of a file that is not a safetensors file, as the end of a sentence.
fn not_safetensors(bytes: &[u8], error: &SafeTensorError) -> String {
    if bytes.starts_with(b"version https://git-lfs.github.com/") {
        return "is a Git LFS pointer, not the weights themselves; fetch them with `git lfs pull`".to_owned();
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\x80\x02") {
        return "is a file of `torch.save`, must be a safetensors file; write it with `safetensors.torch.save_file`"
            .to_owned();
    }
    if bytes.starts_with(b"\x89HDF") {
        return "is an HDF5 file, must be a safetensors file".to_owned();
    }
    format!("is no safetensors file: {error}")
}

fn read(path: &Path) -> Result<Vec<u8>, FileProblem> {
    let file = open_regular(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => FileProblem::Other(error.to_string()),
        _ => error.into(),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(FileProblem::TooLarge { limit: MAX_FILE_SIZE });
    }
    Ok(bytes)
}
