//! Memory for results.

use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Numbers that one core sets to zero: about as many as its cache holds.
const PIECE: usize = 1 << 22;

/// `n` zeros, many of them written by every core: the system hands out new memory page by page, when it is written first.
pub fn zeros<T: Copy + Default + Send>(n: usize) -> Vec<T> {
    if n <= PIECE { vec![T::default(); n] } else { (0..n).into_par_iter().map(|_| T::default()).collect() }
}

/// `n` numbers, computed in pieces of `piece` on every core, the last one shorter where they do not divide. `compute` gets what
/// `scratch` made for its thread, the number of a piece, and its zeros: they are set by the thread that computes the piece, and
/// are in its cache.
pub fn in_pieces<T: Copy + Default + Send, S>(
    n: usize,
    piece: usize,
    scratch: impl Fn() -> S + Sync + Send,
    compute: impl Fn(&mut S, usize, &mut [T]) + Sync + Send,
) -> Vec<T> {
    let mut results = Vec::with_capacity(n);
    let memory = &mut results.spare_capacity_mut()[..n];
    if n <= piece {
        // Waking other threads for a single piece takes longer than a small one.
        compute(&mut scratch(), 0, zeroed(memory));
    } else {
        let pieces = memory.par_chunks_mut(piece).enumerate();
        pieces.for_each_init(scratch, |scratch, (index, memory)| compute(scratch, index, zeroed(memory)));
    }
    #[expect(
        unsafe_code,
        reason = "results need not be set to zero before they are computed, in a pass of their own"
    )]
    // SAFETY: the pieces are all of the first `n` numbers, and each was set to zero before it was computed.
    unsafe {
        results.set_len(n);
    }
    results
}

/// Sets memory to zero.
#[expect(unsafe_code, reason = "the standard library's safe function for this is not stable yet")]
fn zeroed<T: Copy + Default>(memory: &mut [MaybeUninit<T>]) -> &mut [T] {
    memory.fill(MaybeUninit::new(T::default()));
    // SAFETY: every element was just written.
    unsafe { memory.assume_init_mut() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_computed_once_from_zero() {
        for (n, piece) in [(0, 3), (1, 3), (3, 3), (7, 3), (1000, 7)] {
            let found = in_pieces(
                n,
                piece,
                || (),
                |(), index, numbers: &mut [usize]| {
                    for (place, number) in numbers.iter_mut().enumerate() {
                        *number += index * piece + place;
                    }
                },
            );
            assert!(found.iter().copied().eq(0..n), "{n} {piece}");
        }
        assert_eq!(zeros::<u8>(3), [0, 0, 0]);
    }
}
