//! Memory for results.

use rayon::prelude::*;

/// Numbers that one core sets to zero.
const PIECE: usize = 1 << 16;

/// `n` zeros, written by every core: the system hands out new memory page by page, when it is written first.
pub fn zeros<T: Copy + Default + Send>(n: usize) -> Vec<T> {
    if n <= PIECE { vec![T::default(); n] } else { (0..n).into_par_iter().map(|_| T::default()).collect() }
}
