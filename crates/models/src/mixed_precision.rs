//! Mixed-precision training.
//!
//! Weights, gradients, losses and the optimizer stay in single precision. The operands of matrix products and
//! convolutions, which take nearly all of the time, are rounded to bfloat16. It has the exponent of an `f32` and a
//! significand of 8 bits, so that it overflows no earlier and needs no loss scaling (D. Kalamkar et al., "A Study of
//! BFLOAT16 for Deep Learning Training", 2019). Biases are added, and sums over samples are taken, in single
//! precision. Both gradient rules round the same operands.

use crate::description::Precision;
use burn::tensor::backend::Backend;
use burn::tensor::{FloatDType, Tensor};

impl Precision {
    /// Rounds an operand of a product.
    pub(crate) fn lower<B: Backend, const D: usize>(self, operand: Tensor<B, D>) -> Tensor<B, D> {
        match self {
            Self::Full => operand,
            Self::Mixed => operand.cast(FloatDType::BF16),
        }
    }

    /// Converts a product of lowered operands back.
    pub(crate) fn raise<B: Backend, const D: usize>(self, product: Tensor<B, D>) -> Tensor<B, D> {
        match self {
            Self::Full => product,
            Self::Mixed => product.cast(FloatDType::F32),
        }
    }
}
