//! The weights of the first layer as images.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::WeightImages;

/// The weights of the first layer, where they look at images.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(network), Some(image)) = (&material.network, material.config.data.source.image()) else {
        return Ok(Vec::new());
    };
    let tensors = network.tensors();
    let title = format!("{}: weights of the first layer", material.config.name);
    let Some(picture) = WeightImages::new(&title, &tensors, image, &material.record.data.class_names)? else {
        return Ok(Vec::new());
    };
    let caption = "What each unit of the first layer looks for: grey is a weight of 0, bright a positive, dark a negative one, by colour channel.";
    Ok(vec![Figure::new("weights", &title, caption, Kind::Image, &picture)?])
}
