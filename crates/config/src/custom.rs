//! The keys of `source = "custom"`: samples that a program hands over.

use super::image_folder::image_size;
use super::key::key;
use super::section::Section;
use super::source::Source;
use emberlab_data::ImageShape;
use emberlab_data::text;

/// Red, green and blue.
const CHANNELS: usize = 3;

pub(super) fn keys(section: &mut Section<'_>, written: Option<&Source>) -> Option<Source> {
    let about =
        "height and width in pixels of the colour images that a program brings, or one number for both";
    let size = key("image_size", image_size(), about).default_text("rows of numbers, no images");
    let set = match written {
        Some(Source::Custom { image }) => image.map(|shape| vec![shape.height, shape.width]),
        _ => None,
    };
    let image = match section.optional(size, set).as_deref() {
        None => None,
        Some(&[height, width]) => Some(ImageShape { channels: CHANNELS, height, width }),
        Some(size) => {
            let reason = format!("has {}, must have 2, height and width", text::count(size.len(), "item"));
            section.problem("image_size", reason);
            return None;
        }
    };
    Some(Source::Custom { image })
}
