//! The weights of the first layer as images.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::WeightImages;

/// Draws the weights of the first layer if its inputs are images.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(network), Some(image)) = (&material.network, material.config.data.source.image()) else {
        return Ok(Vec::new());
    };
    let tensors = network.tensors();
    let title = format!("{}: weights of the first layer", material.config.name);
    let Some(picture) = WeightImages::new(&title, &tensors, image, &material.record.data.class_names)? else {
        return Ok(Vec::new());
    };
    let caption = "The weights of each unit of the first layer, by colour channel: grey is 0, bright is positive, dark is negative.";
    Ok(vec![Figure::new("weights", &title, caption, Kind::Image, &picture)?])
}
