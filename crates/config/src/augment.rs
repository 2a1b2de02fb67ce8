//! `[data.augment]`: random changes of the images that are trained on.

use super::key::key;
use super::rule::{count, flag, seed, word};
use super::section::Section;
use emberlab_data::{Augmentation, Border, ImageShape, Mirror};

const MIRRORS: [(&str, Mirror); 3] =
    [("none", Mirror::None), ("random", Mirror::Random), ("alternating", Mirror::Alternating)];

const BORDERS: [(&str, Border); 2] = [("zeros", Border::Zeros), ("reflect", Border::Reflect)];

/// The augmentation and the seed of its draws.
pub(super) fn keys(
    section: &mut Section<'_>,
    image: ImageShape,
    default_seed: u32,
    written: Option<(Augmentation, u32)>,
) -> (Augmentation, u32) {
    let written = written.filter(|(augment, _)| !augment.is_none());
    let set = written.map(|(augment, _)| augment);
    let mut section = section.inline_table("augment", written.is_some());
    let about = "which images are mirrored left to right: `random` each one with probability 1/2, drawn anew each time; \
                 `alternating` each one in every other epoch, in odd or in even ones by a draw at the start";
    let flip = flag().map(|flip| if flip { Mirror::Random } else { Mirror::None }, |_| None);
    let mirror = key("mirror", word(&MIRRORS), about).formerly_as("horizontal_flip", flip);
    let mirror = section.value(mirror, Mirror::None, set.map(|augment| augment.mirror));
    let about =
        "the most pixels that each image is moved by, up or down and left or right, drawn anew each time";
    let translate = key("translate", count(0), about).formerly("random_crop");
    let translate = section.value(translate, 0, set.map(|augment| augment.translate));
    // These two are left out unless they are set: runs of earlier versions, which do not have them, can be resumed.
    let about = "the pixels that `translate` brings in: zeros, or the image mirrored at its border pixels";
    let set_border = set.map(|augment| augment.border).filter(|&border| border != Border::Zeros);
    let border = section.value(key("border", word(&BORDERS), about), Border::Zeros, set_border);
    let about = "side in pixels of a square that is set to zero after `normalize`, around a centre drawn for each image \
                 anew each time; `0` for none";
    let set_cutout = set.map(|augment| augment.cutout).filter(|&cutout| cutout > 0);
    let cutout = section.value(key("cutout", count(0), about), 0, set_cutout);
    let draws = key("seed", seed(), "seed of these draws").default_text("top-level `seed`");
    let draws = section.value(draws, default_seed, written.map(|(_, seed)| seed));
    let augment = Augmentation { mirror, translate, border, cutout };
    check(&section, augment, image);
    section.finish();
    (augment, draws)
}

/// Reports values that do not fit the images.
fn check(section: &Section<'_>, augment: Augmentation, image: ImageShape) {
    let Augmentation { translate, cutout, .. } = augment;
    let side = image.height.min(image.width);
    for (name, pixels) in [("translate", translate), ("cutout", cutout)] {
        if pixels >= side {
            let name = if section.has(name) { name } else { "random_crop" };
            section.problem(name, format!("is {pixels}, must be less than {side}, the images' shorter side"));
        }
    }
    if translate == 0 {
        let reason = "has no meaning without `translate`, which moves images across their border";
        section.meaningless("border", reason);
    }
}
