//! Loops compiled for the widest vectors of the processor.

use pulp::{Arch, Simd, WithSimd};

/// Computes with the instructions that the processor has. The closure must be `#[inline(always)]`, and all that it calls must be
/// inlined: `for` loops are, but `for_each` and the like become functions for every processor. It must be `move`: a number that it
/// captured by reference could change with each result, so that the loop would read it anew and have no vectors.
pub fn vectorized<R>(compute: impl FnMut() -> R) -> R {
    Arch::new().dispatch(Vectorized(compute))
}

struct Vectorized<F>(F);

impl<R, F: FnMut() -> R> WithSimd for Vectorized<F> {
    type Output = R;

    // As `FnMut`, the closure itself is called: the function that makes it `FnOnce`, which pulp would call, need not be inlined.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) -> R {
        (self.0)()
    }
}
