//! A batch in parts of some samples each, which threads compute beside one another.
//!
//! Burn's CPU backends compute products with every core, but copies, sums and what is done number by number with one: more
//! than half of the time of a convolutional network. Computed in parts these use every core too. What comes out depends on
//! how many parts there are, by rounding, and not on how many threads.

use super::{InputGradient, Layer};
use crate::precision::Precision;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use rayon::prelude::*;

/// Samples of a batch, part after part.
pub type Parts<B> = Vec<Tensor<B, 2>>;

/// The derivative of a layer at a batch in parts: a [`Backward`](super::Backward) that puts the gradients of each part where
/// it is told.
pub type PartsBackward<'a, B> =
    Box<dyn FnOnce(Parts<B>, InputGradient, &mut [GradientsParams]) -> Option<Parts<B>> + Send + 'a>;

impl<B: Backend> Layer<B> {
    /// What [`differentiate`](Self::differentiate) returns, of a batch in parts.
    pub fn differentiate_parts(
        &self,
        inputs: Parts<B>,
        precision: Precision,
    ) -> (Parts<B>, PartsBackward<'_, B>) {
        let computed: Vec<_> = match self {
            Self::BatchNorm(layer) => return layer.differentiate_parts(inputs),
            // Draws sample after sample.
            Self::Dropout(layer) => inputs.into_iter().map(|input| layer.differentiate(input)).collect(),
            _ => in_parallel(inputs, |input| self.differentiate(input, precision)),
        };
        let (outputs, backwards): (Vec<_>, Vec<_>) = computed.into_iter().unzip();
        let backward = move |grads: Parts<B>, wanted: InputGradient, gradients: &mut [GradientsParams]| {
            let parts = backwards.into_iter().zip(grads).zip(gradients).collect();
            let returned =
                in_parallel(parts, |((backward, grad), gradients)| backward(grad, wanted, gradients));
            returned.into_iter().collect()
        };
        (outputs, Box::new(backward))
    }
}

/// Computes each part, on as many threads as there are where there is more than one part.
pub(crate) fn in_parallel<T: Send, R: Send>(parts: Vec<T>, compute: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    match parts.len() {
        0 | 1 => parts.into_iter().map(compute).collect(),
        _ => parts.into_par_iter().map(compute).collect(),
    }
}

/// Divides the rows of a batch among so many parts, as evenly as can be.
pub(crate) fn split<B: Backend>(rows: Tensor<B, 2>, n_parts: usize) -> Parts<B> {
    let n = rows.dims()[0];
    let bound = |part: usize| n * part / n_parts;
    (0..n_parts).map(|part| rows.clone().slice(bound(part)..bound(part + 1))).collect()
}

/// All rows of the parts.
pub(crate) fn join<B: Backend>(parts: Parts<B>) -> Tensor<B, 2> {
    Tensor::cat(parts, 0)
}
