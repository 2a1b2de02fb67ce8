//! The learning rate over the updates.

use crate::error::Error;
use crate::pages::figure::Figure;
use crate::pages::material::Material;
use crate::pages::series::curve_figure;
use crate::plots::{Curve, Scale, Stroke};

/// Draws the learning rate of each update if it is known.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    if material.learning_rates.is_empty() {
        return Ok(Vec::new());
    }
    let points = material.learning_rates.clone();
    let name = Some("learning rate".to_owned());
    let curves = [Curve { name, colour: 0, stroke: Stroke::Solid, points }];
    let title = format!("{}: learning rate", material.config.name);
    let caption = "The rate of each update, as the schedule sets it.";
    let scales = [Scale::Linear, Scale::Log];
    Ok(vec![curve_figure("learning-rate", &title, caption, "learning rate", &curves, &scales)?])
}
