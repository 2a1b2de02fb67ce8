//! The changes of images, in a sentence.

use emberlab_config::Config;
use emberlab_data::{Augmentation, Border, Mirror, Views};

/// Describes the changes of the images that are trained on; `None` where there are none.
pub fn augmentation(config: &Config) -> Option<String> {
    let Augmentation { mirror, translate, border, cutout } = config.data.augment;
    let mirrored = match mirror {
        Mirror::None => None,
        Mirror::Random => Some("mirrored at random".to_owned()),
        Mirror::Alternating => Some("mirrored in every other epoch".to_owned()),
    };
    let translated = (translate > 0).then(|| {
        let border = match border {
            Border::Zeros => "a border of zeros",
            Border::Reflect => "a reflected border",
        };
        let pixels = if translate == 1 { "pixel" } else { "pixels" };
        format!("moved by up to {translate} {pixels} with {border}")
    });
    let cut = (cutout > 0).then(|| format!("set to zero in a square of {cutout} × {cutout} pixels"));
    let changes: Vec<String> = [mirrored, translated, cut].into_iter().flatten().collect();
    (!changes.is_empty()).then(|| format!("Training images are {}.", changes.join(", ")))
}

/// Describes the views that scores on the validation and the test part are averaged over; `None` where there is one.
pub fn views(config: &Config) -> Option<&'static str> {
    match config.evaluation.views {
        Views::None => None,
        Views::Mirror => Some(
            "For validation and test scores, the logits of each image are averaged with those of its mirror image.",
        ),
        Views::MirrorTranslate => Some(
            "For validation and test scores, the logits of each image are averaged with those of its mirror image and of \
             both moved by one pixel.",
        ),
    }
}
