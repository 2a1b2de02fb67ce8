//! Pictures of data, scores and weights, drawn as PNG or SVG.

mod axis;
mod canvas;
mod class_bars;
mod class_legend;
mod confusion;
mod curves;
mod feature_map_images;
mod grid;
mod histograms;
mod image_cell;
mod mark;
mod parallel_coordinates;
mod predicted_images;
mod scatter;
mod scatter_3d;
mod short;
mod shown_samples;
mod ticks;
mod weight_images;

pub use axis::Scale;
pub use canvas::{Canvas, Picture, class_colour, failed, fitted, png, svg, write};
pub use class_bars::ClassBars;
pub use confusion::ConfusionMatrix;
pub use curves::{Curve, Curves, Stroke, is_drawn};
pub use feature_map_images::FeatureMapImages;
pub use grid::ImageGrid;
pub use histograms::Histograms;
pub use image_cell::ImageCell;
pub use parallel_coordinates::{Coordinate, ParallelCoordinates};
pub use predicted_images::{PredictedImage, PredictedImages};
pub use scatter::{Regions, Scatter};
pub use scatter_3d::Scatter3d;
pub use short::short;
pub use shown_samples::n_shown;
pub use weight_images::WeightImages;
