//! Convolutions of 3 × 3 filters at a stride of 1 with fewer products: F(2 × 2, 3 × 3) of Lavin and Gray, "Fast Algorithms for
//! Convolutional Neural Networks" (arXiv 1509.09308).
//!
//! A tile of 2 × 2 sums sees 4 × 4 pixels `d`. For each pair of a filter `g` and a channel it is
//!
//! `z = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`,
//!
//! 16 products in place of 36. The sum over the channels comes before `Aᵀ` and `A`: for each of the 16 places it is a product of two
//! matrices, of the tiles by the channels and of the channels by the filters. The derivative by the filters is that of this formula,
//! `∂J/∂g = Gᵀ [Σ (A w Aᵀ) ⊙ (Bᵀ d B)] G` with `w = ∂J/∂z`, summed over the tiles.

mod filters;
mod gradient;
mod matrices;
mod output;
mod places;
mod seen;

pub use gradient::gradient;
pub use output::convolve;

use super::geometry::Convolution;

/// Height and width of a filter.
const SIZE: usize = 3;
/// Height and width of a tile.
const SIDE: usize = 2;
/// Height and width of the pixels that a tile sees.
const SEEN: usize = 4;
/// Products of a tile for a filter and a channel.
const PLACES: usize = SEEN * SEEN;
/// Channels, and filters, from which on the saved products outweigh what it takes to transform pixels and sums.
const MIN_CHANNELS: usize = 32;
/// Pairs of a channel and a filter from which on they do for the gradient of the filters.
const MIN_PAIRS: usize = 64 * 128;
/// The most numbers of a transformed image, 4 MB: every thread holds one. It limits memory, not time: 128 channels of 64 × 64 pixels
/// would be a quarter quicker in this form too.
const MAX_NUMBERS: usize = 1 << 20;

/// Whether the output is quicker in this form, without much memory.
pub fn suits_output(convolution: &Convolution) -> bool {
    let &Convolution { channels, n_filters, .. } = convolution;
    let n_numbers = PLACES * n_tiles(convolution) * channels.max(n_filters);
    has_fewer_products(convolution) && channels.min(n_filters) >= MIN_CHANNELS && n_numbers <= MAX_NUMBERS
}

/// Whether the gradient of the filters is quicker in this form. It needs more channels: the transformed pixels and gradients of all
/// images are written and read again.
pub fn suits_gradient(convolution: &Convolution) -> bool {
    suits_output(convolution) && convolution.channels * convolution.n_filters >= MIN_PAIRS
}

/// Whether `convolution` has this form, and clearly fewer products in it: in small images of odd sides tiles reach beyond the last
/// sum.
fn has_fewer_products(convolution: &Convolution) -> bool {
    let [rows, columns] = convolution.positions();
    let [direct, in_tiles] = [SIZE * SIZE * rows * columns, PLACES * n_tiles(convolution)];
    convolution.size == SIZE && convolution.stride == 1 && 5 * direct >= 6 * in_tiles
}

/// Rows and columns of tiles.
fn tiles(convolution: &Convolution) -> [usize; 2] {
    convolution.positions().map(|side| side.div_ceil(SIDE))
}

fn n_tiles(convolution: &Convolution) -> usize {
    tiles(convolution).iter().product()
}
