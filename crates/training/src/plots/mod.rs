//! Pictures.

mod canvas;
mod grid;
mod mark;
mod scatter;

pub use grid::image_grid;
pub use scatter::scatter;
