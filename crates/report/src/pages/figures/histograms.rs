//! Histograms of weights and gradients over the run.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::Histograms;

/// Draws the histograms of every parameter.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let title = format!("{}: weights and gradients over the run", material.config.name);
    let Some(picture) = Histograms::new(&title, &material.histograms)? else { return Ok(Vec::new()) };
    let caption = "Each column is a histogram of the entries of a parameter (left) or of its gradient (right) \
                   before an update: the darker, the more entries.";
    Ok(vec![Figure::new("histograms", &title, caption, Kind::Chart, &picture)?])
}
