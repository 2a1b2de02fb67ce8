//! Numbers on their way from the device, and how often it is waited for.

use crate::devices::{Backend, CurrentPlatform, Platform};
use burn::tensor::Tensor;

/// Reads tensors in as few transfers as there can be; returns the numbers of each tensor, and the transfers.
pub fn read_all(tensors: Vec<Tensor<Backend, 1>>) -> (Vec<Vec<f32>>, usize) {
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
            Some(first.to_vec())
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
