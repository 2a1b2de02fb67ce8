//! The confusion matrix of the test part.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::pages::outcome::percent;
use crate::plots::ConfusionMatrix;

/// Draws the confusion matrix.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let Some(evaluation) = material.evaluation() else { return Ok(Vec::new()) };
    let (name, accuracy) = (&material.config.name, percent(evaluation.accuracy));
    let title = format!("{name}: {} test samples, {accuracy} right", evaluation.samples);
    let picture = ConfusionMatrix::new(&title, &evaluation)?;
    let caption =
        "Test samples by class (rows) and prediction (columns): their number, and their share of the class.";
    Ok(vec![Figure::new("confusion-matrix", picture.title(), caption, Kind::Chart, &picture)?])
}
