//! What the filters of the first convolution make of some test images.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::FeatureMapImages;
use emberlab_data::Features;

/// The most test images that are shown.
const MAX_IMAGES: usize = 6;

/// Draws the maps of the first test images if the network begins with a convolution.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(network), Some(splits)) = (&material.network, &material.splits) else { return Ok(Vec::new()) };
    let Features::Images { pixels, shape } = &splits.test.samples.features else { return Ok(Vec::new()) };
    let n_images = splits.test.samples.len().min(MAX_IMAGES);
    let pixels = &pixels[..n_images * shape.size()];
    let shown = Features::Images { pixels: pixels.to_vec(), shape: *shape };
    let Some(maps) = network.feature_maps(&shown) else { return Ok(Vec::new()) };
    let title = format!("{}: maps of the first convolution", material.config.name);
    let picture = FeatureMapImages::new(&title, pixels, *shape, &maps.values, maps.shape)?;
    let caption = "Each row is a test image and what the first filters make of it, after the activation: bright where the filter finds what it looks for. Each filter has its own scale.";
    Ok(vec![Figure::new("feature-maps", &title, caption, Kind::Image, &picture)?])
}
