//! The activation pattern of a batch: the piece of each piecewise smooth function that each value lies on.
//!
//! ReLU, leaky ReLU, max-pooling and `|w|` are smooth between their kinks. Which units are active, which pixels are the
//! largest and which weights are positive determines the piece. On a line along which the pattern stays the same, the
//! objective is smooth. A value on a kink has a state of its own, so that moving it off the kink changes the pattern
//! (G. Montúfar et al., "On the Number of Linear Regions of Deep Neural Networks", 2014).

use burn::tensor::backend::Backend;
use burn::tensor::{Bool, Tensor, TensorData};

/// Values that differ by less than this many units of rounding of the largest one count as equal.
const ROUNDING_UNITS: f64 = 64.0;

/// A property of each value, `[n, width]`.
pub type Mask<B> = Tensor<B, 2, Bool>;

/// The pieces that all values of a batch lie on. Two patterns of one network and batch are equal where no value changed
/// its piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pattern {
    masks: Vec<TensorData>,
}

impl Pattern {
    /// The masks of all layers, in order, `[n, width]` each.
    pub fn masks(&self) -> &[TensorData] {
        &self.masks
    }

    pub(crate) fn extend<B: Backend>(&mut self, masks: Vec<Mask<B>>) {
        self.masks.extend(masks.into_iter().map(Tensor::into_data));
    }
}

/// The values above and those below a kink at 0. A value on it, within rounding, is neither.
pub(crate) fn sides_of_zero<B: Backend>(values: &Tensor<B, 2>) -> Vec<Mask<B>> {
    let rounding = rounding(values);
    vec![values.clone().greater(rounding.clone()), values.clone().lower(rounding.neg())]
}

/// The largest rounding error of values that were computed together, in their shape.
pub(crate) fn rounding<B: Backend>(values: &Tensor<B, 2>) -> Tensor<B, 2> {
    let epsilon = values.dtype().finfo().map_or(f64::EPSILON, |info| info.epsilon);
    let largest = values.clone().abs().max().reshape([1, 1]);
    (largest * (ROUNDING_UNITS * epsilon)).expand(values.dims())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::Flex;

    #[test]
    fn a_value_on_the_kink_is_on_neither_side() {
        let values = Tensor::<Flex, 2>::from_data([[1.0, -2.0, 0.0, 1e-9]], &Default::default());
        let sides: Vec<Vec<bool>> = sides_of_zero(&values)
            .into_iter()
            .map(|mask| mask.into_data().iter::<bool>().collect())
            .collect();
        assert_eq!(sides, [[true, false, false, false], [false, true, false, false]]);
    }
}
