//! The sums of a block of a product that are held in registers.

use pulp::Simd;

/// Sums for `P` rows of the left matrix and `V` vectors of columns of the right one.
pub struct Tile<S: Simd, const P: usize, const V: usize>([[S::f32s; V]; P]);

/// A place of a matrix that has at least the size of a tile, unless the matrix ends before.
pub struct Place<M> {
    /// Rows from the first one of the place on, `[rows, n_columns]`.
    pub rows: M,
    pub n_columns: usize,
    /// The first column.
    pub first: usize,
}

impl<S: Simd, const P: usize, const V: usize> Tile<S, P, V> {
    /// Sums that begin with those of a row, for each row.
    #[inline(always)]
    pub fn repeat(simd: S, row: &[f32]) -> Self {
        let row = S::as_simd_f32s(row).0.first_chunk::<V>();
        Self([row.copied().unwrap_or([simd.splat_f32s(0.0); V]); P])
    }

    /// Sums that begin with those of `[P, V]` vectors.
    #[inline(always)]
    pub fn load(simd: S, sums: &[f32]) -> Self {
        let rows = S::as_simd_f32s(sums).0.as_chunks::<V>().0.first_chunk::<P>();
        Self(rows.copied().unwrap_or([[simd.splat_f32s(0.0); V]; P]))
    }

    /// Sums that begin with those of a place of a matrix: rows and columns beyond it are zeros.
    #[inline(always)]
    pub fn load_from(simd: S, place: Place<&[f32]>) -> Self {
        let mut tile = [[simd.splat_f32s(0.0); V]; P];
        for (sums, row) in tile.iter_mut().zip(place.rows.chunks_exact(place.n_columns)) {
            for (vector, sum) in sums.iter_mut().enumerate() {
                let first = (place.first + vector * S::F32_LANES).min(place.n_columns);
                let columns = &row[first..(first + S::F32_LANES).min(place.n_columns)];
                *sum = match S::as_simd_f32s(columns).0.first() {
                    Some(whole) => *whole,
                    None => simd.partial_load_f32s(columns),
                };
            }
        }
        Self(tile)
    }

    /// Adds the products of `C` numbers of each row, which begin at `starts` of `left`, and `C` rows of the right matrix.
    #[inline(always)]
    pub fn add<const C: usize>(
        &mut self,
        simd: S,
        left: &[f32],
        starts: [usize; P],
        right: &[[S::f32s; V]; C],
    ) {
        // A loop: `map` of a large array is not inlined.
        let mut rows = [&[0.0; C]; P];
        for (row, start) in rows.iter_mut().zip(starts) {
            *row = left[start..].first_chunk::<C>().unwrap_or(&[0.0; C]);
        }
        for number in 0..C {
            for (sums, row) in self.0.iter_mut().zip(&rows) {
                let left = simd.splat_f32s(row[number]);
                for (sum, right) in sums.iter_mut().zip(&right[number]) {
                    *sum = simd.mul_add_e_f32s(left, *right, *sum);
                }
            }
        }
    }

    /// Adds the products of a number of each row and a row of the right matrix.
    #[inline(always)]
    pub fn add_products(&mut self, simd: S, left: &[f32; P], right: &[S::f32s; V]) {
        for (sums, left) in self.0.iter_mut().zip(left) {
            let left = simd.splat_f32s(*left);
            for (sum, right) in sums.iter_mut().zip(right) {
                *sum = simd.mul_add_e_f32s(left, *right, *sum);
            }
        }
    }

    /// Writes `[P, V]` vectors.
    #[inline(always)]
    pub fn store(self, sums: &mut [f32]) {
        let places = S::as_mut_simd_f32s(sums).0.as_chunks_mut::<V>().0;
        places.iter_mut().zip(self.0).for_each(|(place, sums)| *place = sums);
    }

    /// Writes the sums to a place of a matrix, but for rows and columns beyond it.
    #[inline(always)]
    pub fn store_to(self, simd: S, place: Place<&mut [f32]>) {
        for (sums, row) in self.0.into_iter().zip(place.rows.chunks_exact_mut(place.n_columns)) {
            for (vector, sum) in sums.into_iter().enumerate() {
                let first = (place.first + vector * S::F32_LANES).min(place.n_columns);
                let columns = &mut row[first..(first + S::F32_LANES).min(place.n_columns)];
                match S::as_mut_simd_f32s(columns).0.first_mut() {
                    Some(whole) => *whole = sum,
                    None => simd.partial_store_f32s(columns, sum),
                }
            }
        }
    }
}
