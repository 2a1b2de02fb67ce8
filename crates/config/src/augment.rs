//! `[data.augment]`: random changes of the images that are trained on, drawn anew for each batch.

use super::key::key;
use super::rule::{count, flag, seed};
use super::section::Section;
use emberlab_data::{Augmentation, ImageShape};

/// The augmentation and the seed of its draws.
pub(super) fn keys(
    section: &mut Section<'_>,
    image: ImageShape,
    default_seed: u32,
    written: Option<(Augmentation, u32)>,
) -> (Augmentation, u32) {
    let written = written.filter(|(augment, _)| !augment.is_none());
    let mut section = section.inline_table("augment", written.is_some());
    let horizontal_flip = key("horizontal_flip", flag(), "mirror each image with probability 1/2");
    let horizontal_flip =
        section.value(horizontal_flip, false, written.map(|(augment, _)| augment.horizontal_flip));
    let about = "width in pixels of the border of zeros from which each image is cut at random";
    let random_crop = section.value(
        key("random_crop", count(0), about),
        0,
        written.map(|(augment, _)| augment.random_crop),
    );
    let draws = key("seed", seed(), "seed of these draws").default_text("top-level `seed`");
    let draws = section.value(draws, default_seed, written.map(|(_, seed)| seed));
    let side = image.height.min(image.width);
    if random_crop >= side {
        let reason = format!("is {random_crop}, must be less than {side}, the images' shorter side");
        section.problem("random_crop", reason);
    }
    section.finish();
    (Augmentation { horizontal_flip, random_crop }, draws)
}
