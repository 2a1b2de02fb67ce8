//! The matrices of F(2 × 2, 3 × 3), multiplied from both sides.
//!
//! Vectors hold the same place of several channels or filters. Loops in place of `map`: that of an array of vectors is not inlined.

use super::{SEEN, SIDE, SIZE};
use pulp::Simd;

/// `Bᵀ d B`.
#[inline(always)]
pub fn of_pixels<S: Simd>(simd: S, mut seen: [[S::f32s; SEEN]; SEEN]) -> [[S::f32s; SEEN]; SEEN] {
    for row in &mut seen {
        *row = times_b(simd, *row);
    }
    let mut places = seen;
    for column in 0..SEEN {
        let values = [seen[0][column], seen[1][column], seen[2][column], seen[3][column]];
        [places[0][column], places[1][column], places[2][column], places[3][column]] = times_b(simd, values);
    }
    places
}

/// `Bᵀ` times a column.
#[inline(always)]
fn times_b<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; SEEN]) -> [S::f32s; SEEN] {
    [simd.sub_f32s(a, c), simd.add_f32s(b, c), simd.sub_f32s(c, b), simd.sub_f32s(b, d)]
}

/// `Aᵀ m A`.
#[inline(always)]
pub fn to_sums<S: Simd>(simd: S, products: &[[S::f32s; SEEN]; SEEN]) -> [[S::f32s; SIDE]; SIDE] {
    let mut rows = [[simd.splat_f32s(0.0); SIDE]; SEEN];
    for (row, products) in rows.iter_mut().zip(products) {
        *row = times_a(simd, *products);
    }
    let mut sums = [[simd.splat_f32s(0.0); SIDE]; SIDE];
    for column in 0..SIDE {
        let values = [rows[0][column], rows[1][column], rows[2][column], rows[3][column]];
        [sums[0][column], sums[1][column]] = times_a(simd, values);
    }
    sums
}

/// `Aᵀ` times a column.
#[inline(always)]
fn times_a<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; SEEN]) -> [S::f32s; SIDE] {
    [simd.add_f32s(simd.add_f32s(a, b), c), simd.sub_f32s(simd.sub_f32s(b, c), d)]
}

/// `A w Aᵀ`.
#[inline(always)]
pub fn of_gradients<S: Simd>(simd: S, [[a, b], [c, d]]: [[S::f32s; SIDE]; SIDE]) -> [[S::f32s; SEEN]; SEEN] {
    let (x, y) = (spread(simd, a, b), spread(simd, c, d));
    let mut places = [[simd.splat_f32s(0.0); SEEN]; SEEN];
    for column in 0..SEEN {
        [places[0][column], places[1][column], places[2][column], places[3][column]] =
            spread(simd, x[column], y[column]);
    }
    places
}

/// `A` times a column.
#[inline(always)]
fn spread<S: Simd>(simd: S, x: S::f32s, y: S::f32s) -> [S::f32s; SEEN] {
    [x, simd.add_f32s(x, y), simd.sub_f32s(x, y), simd.neg_f32s(y)]
}

/// `G g Gᵀ`.
#[inline(always)]
pub fn of_filters<S: Simd>(simd: S, filters: &[[S::f32s; SIZE]; SIZE]) -> [[S::f32s; SEEN]; SEEN] {
    let mut rows = [[simd.splat_f32s(0.0); SEEN]; SIZE];
    for (row, filters) in rows.iter_mut().zip(filters) {
        *row = times_g(simd, *filters);
    }
    let mut places = [[simd.splat_f32s(0.0); SEEN]; SEEN];
    for column in 0..SEEN {
        let values = [rows[0][column], rows[1][column], rows[2][column]];
        [places[0][column], places[1][column], places[2][column], places[3][column]] = times_g(simd, values);
    }
    places
}

/// `G` times a column.
#[inline(always)]
fn times_g<S: Simd>(simd: S, [a, b, c]: [S::f32s; SIZE]) -> [S::f32s; SEEN] {
    let half = simd.splat_f32s(0.5);
    let ends = simd.mul_f32s(simd.add_f32s(a, c), half);
    let middle = simd.mul_f32s(b, half);
    [a, simd.add_f32s(ends, middle), simd.sub_f32s(ends, middle), c]
}

/// `Gᵀ m G`.
#[inline(always)]
pub fn to_filters<S: Simd>(simd: S, sums: &[[S::f32s; SEEN]; SEEN]) -> [[S::f32s; SIZE]; SIZE] {
    let mut rows = [[simd.splat_f32s(0.0); SIZE]; SEEN];
    for (row, sums) in rows.iter_mut().zip(sums) {
        *row = gather(simd, *sums);
    }
    let mut filters = [[simd.splat_f32s(0.0); SIZE]; SIZE];
    for column in 0..SIZE {
        let values = [rows[0][column], rows[1][column], rows[2][column], rows[3][column]];
        [filters[0][column], filters[1][column], filters[2][column]] = gather(simd, values);
    }
    filters
}

/// `Gᵀ` times a column.
#[inline(always)]
fn gather<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; SEEN]) -> [S::f32s; SIZE] {
    let half = simd.splat_f32s(0.5);
    let sum = simd.mul_f32s(simd.add_f32s(b, c), half);
    [simd.add_f32s(a, sum), simd.mul_f32s(simd.sub_f32s(b, c), half), simd.add_f32s(sum, d)]
}
