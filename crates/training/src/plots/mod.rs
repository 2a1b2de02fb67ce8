//! Pictures.

mod canvas;
mod curves;
mod grid;
mod mark;
mod scatter;

pub use curves::{Curve, curves};
pub use grid::image_grid;
pub use scatter::scatter;
