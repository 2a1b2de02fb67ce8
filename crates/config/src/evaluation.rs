//! `[evaluation]`: how a trained classifier is evaluated.

use super::data::DataConfig;
use super::key::key;
use super::rule::word;
use super::section::Section;
use emberlab_data::{ImageShape, Views};

const VIEWS: [(&str, Views); 3] =
    [("none", Views::None), ("mirror", Views::Mirror), ("mirror+translate", Views::MirrorTranslate)];

/// How a classifier is evaluated: on the validation part, on the test part and on new inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvaluationConfig {
    /// The views of an image whose logits are averaged.
    pub views: Views,
}

impl EvaluationConfig {
    /// `data` gives the images that it must fit.
    pub(super) fn keys(root: &mut Section<'_>, written: Option<&Self>, data: Option<&DataConfig>) -> Self {
        // Left out unless it is set: runs of earlier versions, which do not have the table, can be resumed.
        let written = written.filter(|evaluation| **evaluation != Self::default());
        let mut section = root.optional_table("evaluation", written.is_some());
        let about = "views of an image whose logits are averaged to evaluate it (test-time augmentation): `mirror` the image \
                     and its mirror image; `mirror+translate` also those moved by one pixel, with half of the weight";
        let views = key("views", word(&VIEWS), about);
        let views = section.value(views, Views::None, written.map(|evaluation| evaluation.views));
        let evaluation = Self { views };
        if let Some(data) = data {
            evaluation.check(&section, data.source.image());
        }
        section.finish();
        evaluation
    }

    /// Reports views that samples without an image, or with too small a one, do not have.
    fn check(self, section: &Section<'_>, image: Option<ImageShape>) {
        match (self.views, image) {
            (Views::None, _) => (),
            (_, None) => section.problem("views", "has no meaning for samples that are not images"),
            (Views::MirrorTranslate, Some(ImageShape { height, width, .. })) if height.min(width) < 2 => {
                let reason = format!(
                    "is \"mirror+translate\", must be \"none\" or \"mirror\" for images of {height} × {width} pixels: there is \
                     nothing to reflect at the border of a single pixel"
                );
                section.problem("views", reason);
            }
            (Views::Mirror | Views::MirrorTranslate, Some(_)) => (),
        }
    }
}
