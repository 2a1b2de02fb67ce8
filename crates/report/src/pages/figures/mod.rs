//! The figures of a run, one file each.
//!
//! Each file has a function that draws its figures, or none if the run lacks their data. To add a figure, add a file and its
//! line in [`FIGURES`].

mod calibration;
mod class_scores;
mod confusion_matrix;
mod feature_maps;
mod first_layer;
mod histograms;
mod learning_rate;
mod metrics;
mod regions;
mod scatter;
mod test_images;

use super::figure::Figure;
use super::material::Material;
use crate::error::Error;

/// Draws the figures of one kind.
type Draw = fn(&Material) -> Result<Vec<Figure>, Error>;

/// Every kind, in the order of the page.
const FIGURES: &[Draw] = &[
    metrics::draw,
    learning_rate::draw,
    scatter::draw,
    regions::draw,
    first_layer::draw,
    feature_maps::draw,
    histograms::draw,
    confusion_matrix::draw,
    class_scores::draw,
    calibration::draw,
    test_images::draw,
];

/// Draws every figure of a run.
///
/// # Errors
///
/// [`Error::Picture`] when one cannot be drawn.
pub fn figures(material: &Material) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for draw in FIGURES {
        figures.extend(draw(material)?);
    }
    Ok(figures)
}
