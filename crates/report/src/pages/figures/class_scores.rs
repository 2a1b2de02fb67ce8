//! Precision and recall of each class on the test part.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::ClassBars;

/// Draws two bars for each class.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let Some(evaluation) = material.evaluation() else { return Ok(Vec::new()) };
    let title = format!("{}: precision and recall on the test part", material.config.name);
    let picture = ClassBars::new(&title, &evaluation)?;
    let caption =
        "Precision: right among those predicted to be of the class. Recall: right among those of the class.";
    Ok(vec![Figure::new("classes", picture.title(), caption, Kind::Chart, &picture)?])
}
