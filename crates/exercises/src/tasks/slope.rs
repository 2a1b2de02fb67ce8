//! Difference quotients.

use crate::array::Array;

/// The step to both sides. Its square and the rounding error over it are both near 1e-10.
const STEP: f64 = 1e-5;

/// The derivative of a function by each entry of its argument: `(f(x + h) - f(x - h)) / 2h`.
pub fn slopes(function: impl Fn(&Array) -> f64, at: &Array) -> Array {
    let mut moved = at.clone();
    let mut slopes = Array::zeros(at.shape());
    for (place, slope) in slopes.values_mut().iter_mut().enumerate() {
        let value = at.values()[place];
        let mut side = |step: f64| {
            moved.values_mut()[place] = value + step;
            function(&moved)
        };
        *slope = (side(STEP) - side(-STEP)) / (2.0 * STEP);
        moved.values_mut()[place] = value;
    }
    slopes
}
