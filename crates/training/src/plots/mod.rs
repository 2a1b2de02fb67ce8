//! Pictures.

mod canvas;
mod class_bars;
mod confusion;
mod curves;
mod grid;
mod mark;
mod scatter;
mod weight_images;

pub use canvas::{Picture, png, svg};
pub use class_bars::ClassBars;
pub use confusion::ConfusionMatrix;
pub use curves::{Curve, Curves};
pub use grid::ImageGrid;
pub use scatter::Scatter;
pub use weight_images::WeightImages;
