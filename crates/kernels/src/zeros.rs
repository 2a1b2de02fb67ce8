//! Memory for results.

use rayon::prelude::*;

/// Numbers that one core sets to zero: about as many as its cache holds.
const PIECE: usize = 1 << 22;

/// `n` zeros, many of them written by every core: the system hands out new memory page by page, when it is written first.
pub fn zeros<T: Copy + Default + Send>(n: usize) -> Vec<T> {
    if n <= PIECE { vec![T::default(); n] } else { (0..n).into_par_iter().map(|_| T::default()).collect() }
}
