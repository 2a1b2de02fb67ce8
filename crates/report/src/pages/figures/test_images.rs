//! The first test images, each with its prediction.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::{PredictedImage, PredictedImages};
use emberlab_data::Features;

/// The most test images that are shown.
const MAX_IMAGES: usize = 40;

/// Draws the first test images with their predictions.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(predictions), Some(splits)) = (material.test_predictions(), &material.splits) else {
        return Ok(Vec::new());
    };
    let Features::Images { pixels, shape } = &splits.test.samples.features else { return Ok(Vec::new()) };
    let names = &material.record.data.class_names;
    let shown = predictions.len().min(splits.test.samples.len()).min(MAX_IMAGES);
    let images = (0..shown).map(|sample| {
        let predicted = predictions.predictions[sample];
        PredictedImage {
            pixels: &pixels[sample * shape.size()..(sample + 1) * shape.size()],
            class: &names[predictions.labels[sample] as usize],
            predicted: &names[predicted],
            probability: predictions.of_prediction[sample],
        }
    });
    let wrong = (0..shown).filter(|&i| predictions.predictions[i] != predictions.labels[i] as usize).count();
    let title = format!("{}: the first {shown} test images, {wrong} wrong", material.config.name);
    let picture = PredictedImages::new(&title, *shape, images.collect())?;
    let caption = "Below each image: the predicted class with its probability. Images predicted wrong have a frame, and their class below.";
    Ok(vec![Figure::new("test-images", &title, caption, Kind::Image, &picture)?])
}
