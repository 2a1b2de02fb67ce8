//! Numbers on their way from the device, and how often it is waited for.

use crate::devices::{Backend, CurrentPlatform, Platform};
use burn::tensor::Tensor;
use emberlab_data::host::HostTensor;

/// The numbers of a tensor.
pub enum Numbers {
    /// They lie in this machine's memory, and are not copied.
    OnHost(HostTensor),
    /// They were read from a device.
    Read(Vec<f32>),
}

impl Numbers {
    /// The numbers, row after row.
    pub fn values(&self) -> &[f32] {
        match self {
            Self::OnHost(tensor) => tensor.values(),
            Self::Read(values) => values,
        }
    }
}

/// Returns the numbers of each tensor, read in as few transfers as there can be, and how many these were. Numbers that need no
/// transfer count as one.
pub fn read_all(tensors: Vec<Tensor<Backend, 1>>) -> (Vec<Numbers>, usize) {
    match tensors.iter().map(HostTensor::of).collect::<Option<Vec<_>>>() {
        Some(on_host) => (on_host.into_iter().map(Numbers::OnHost).collect(), 1),
        None => read_from_device(tensors),
    }
}

fn read_from_device(tensors: Vec<Tensor<Backend, 1>>) -> (Vec<Numbers>, usize) {
    let mut values = Vec::with_capacity(tensors.len());
    let mut transfers = 0;
    for group in groups(tensors) {
        let sizes: Vec<usize> = group.iter().map(|tensor| tensor.dims()[0]).collect();
        // A slice: an iterator over numbers of any type takes longer.
        let data = Tensor::cat(group, 0).into_data().convert::<f32>();
        let mut numbers = data.as_slice::<f32>().unwrap_or_default();
        values.extend(sizes.into_iter().map_while(|size| {
            let (first, rest) = numbers.split_at_checked(size)?;
            numbers = rest;
            Some(Numbers::Read(first.to_vec()))
        }));
        transfers += 1;
    }
    (values, transfers)
}

/// Tensors in their order, as many together as one transfer takes, or one that is larger.
fn groups(tensors: Vec<Tensor<Backend, 1>>) -> Vec<Vec<Tensor<Backend, 1>>> {
    let mut groups: Vec<Vec<Tensor<Backend, 1>>> = Vec::new();
    let mut size = 0;
    for tensor in tensors {
        let more = tensor.dims()[0];
        match groups.last_mut() {
            Some(group) if size + more <= CurrentPlatform::MAX_READ => group.push(tensor),
            _ => {
                groups.push(vec![tensor]);
                size = 0;
            }
        }
        size += more;
    }
    groups
}
