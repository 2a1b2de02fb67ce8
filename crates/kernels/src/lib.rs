//! Computations on slices of 32-bit numbers, on every core and with the vectors of the processor.
//!
//! Burn's generic operations on the CPU run on one core or copy more than they compute; these take their place for
//! batches, layers of networks and optimizers. Nothing here knows Burn: images are slices, `[n, c, h, w]`, row after row.
//!
//! Results do not depend on the number of threads: what a thread computes alone is fixed by the number of images.

pub mod activation;
pub mod batch_norm;
pub mod convolution;
pub mod cross_entropy;
pub mod linear;
pub mod max_pool;
pub mod optimizer;
pub mod pixels;

mod channel_sums;
mod elementwise;
mod narrow;
mod planes;
mod product;
mod results;
mod tile;
mod vectorized;
