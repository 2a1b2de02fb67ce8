//! Batches that are split into parts, which threads compute in parallel.
//!
//! Burn's CPU backends compute products on every core, but copies, sums and element-wise operations on one: more than
//! half of the time of a convolutional network. In parts these use every core as well. Results depend on the number of
//! parts, by rounding, and not on the number of threads.

use super::{InputGradient, WithBackward};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use rayon::prelude::*;

/// The rows of a batch, part by part.
pub type Parts<B> = Vec<Tensor<B, 2>>;

/// The derivative of a layer at a split batch: a [`Backward`](super::Backward) with gradients for each part. The sum over the parts is
/// the gradient of the batch.
pub type PartsBackward<'a, B> =
    Box<dyn FnOnce(Parts<B>, InputGradient, &mut [GradientsParams]) -> Option<Parts<B>> + Send + 'a>;

/// The output of a layer for a split batch, and its derivative.
pub type PartsWithBackward<'a, B> = (Parts<B>, PartsBackward<'a, B>);

/// The derivative of a layer that computes each sample on its own, from that of each part.
pub(super) fn independent<'a, B: Backend>(computed: Vec<WithBackward<'a, B>>) -> PartsWithBackward<'a, B> {
    let (outputs, backwards): (Vec<_>, Vec<_>) = computed.into_iter().unzip();
    let backward = move |grads: Parts<B>, wanted: InputGradient, gradients: &mut [GradientsParams]| {
        let parts = backwards.into_iter().zip(grads).zip(gradients).collect();
        let returned = in_parallel(parts, |((backward, grad), gradients)| backward(grad, wanted, gradients));
        returned.into_iter().collect()
    };
    (outputs, Box::new(backward))
}

/// The output and the derivative of a batch that is a single part.
pub(super) fn of_one_part<'a, B: Backend>(
    mut outputs: Parts<B>,
    backward: PartsBackward<'a, B>,
) -> WithBackward<'a, B> {
    let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
        let returned = backward(vec![grad], wanted, std::slice::from_mut(gradients));
        returned.and_then(|mut grads| grads.pop())
    };
    (outputs.swap_remove(0), Box::new(backward))
}

/// Computes each part, in parallel if there are several.
pub(super) fn in_parallel<T: Send, R: Send>(parts: Vec<T>, compute: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    match parts.len() {
        0 | 1 => parts.into_iter().map(compute).collect(),
        _ => parts.into_par_iter().map(compute).collect(),
    }
}

/// Splits the rows of a batch into `n_parts` parts of nearly equal size.
pub(crate) fn split<B: Backend>(rows: Tensor<B, 2>, n_parts: usize) -> Parts<B> {
    let n = rows.dims()[0];
    let bound = |part: usize| n * part / n_parts;
    (0..n_parts).map(|part| rows.clone().slice(bound(part)..bound(part + 1))).collect()
}

/// Joins the rows of all parts.
pub(crate) fn join<B: Backend>(parts: Parts<B>) -> Tensor<B, 2> {
    Tensor::cat(parts, 0)
}
