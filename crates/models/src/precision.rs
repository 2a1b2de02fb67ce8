//! The number format that products are computed in while training.
//!
//! In **mixed precision** weights, gradients, losses and the optimizer stay in single precision; the operands of matrix
//! products and convolutions, which take nearly all of the time, are rounded to bfloat16, whose exponent is that of an
//! `f32` and whose significand has 8 bits, so that nothing overflows that did not before and no loss has to be scaled
//! (D. Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training", 2019). Biases are added, and sums over samples
//! are taken, after the way back. By hand and by autodiff the same operands are rounded.

use burn::tensor::backend::Backend;
use burn::tensor::{FloatDType, Tensor};

/// What products are computed in while training. Predictions are computed in full, whatever it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// The format of the tensors.
    #[default]
    Full,
    /// bfloat16 for products, single precision for all else.
    Mixed,
}

impl Precision {
    /// An operand of a product.
    pub(crate) fn lower<B: Backend, const D: usize>(self, operand: Tensor<B, D>) -> Tensor<B, D> {
        match self {
            Self::Full => operand,
            Self::Mixed => operand.cast(FloatDType::BF16),
        }
    }

    /// A product of lowered operands, for all else.
    pub(crate) fn raise<B: Backend, const D: usize>(self, product: Tensor<B, D>) -> Tensor<B, D> {
        match self {
            Self::Full => product,
            Self::Mixed => product.cast(FloatDType::F32),
        }
    }
}
