//! `[data]`: where the samples come from.

use super::resolved::Resolved;
use super::rule::{count, flag, number, seed, word};
use super::section::Section;
use super::source::{KINDS, Kind, Source};
use emberlab_data::{Augmentation, ImageShape, Normalization, ValidationSplit};

/// Where the samples come from and how they are drawn.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `source` | required | `synthetic`, `cifar10`, `image-folder` or `csv` | |
/// | `seed` | top-level `seed` | of the draw of samples | 0 to 2³²−1 |
/// | `split_seed` | top-level `seed` | of the division into parts | 0 to 2³²−1 |
/// | `normalize` | `unit` for images, `standard` for CSV, `none` for synthetic | what is done to features | `unit`, `standard`, `none` |
/// | `validation_fraction` | none | the share of the training part that is set aside | above 0, below 1 |
/// | `stratify` | false | whether parts that are divided have equal shares of each class | |
/// | `augment` | none | `{ horizontal_flip, random_crop, seed }`, see below | |
///
/// Images that are trained on can be changed at random, anew for each batch: `horizontal_flip` (false)
/// mirrors half of them, `random_crop` (0) cuts each from one with a border of so many pixels of zeros,
/// and `seed` (the top-level `seed`) is that of the draws.
#[derive(Clone, Debug)]
pub struct DataConfig {
    /// The source with its own parameters.
    pub source: Source,
    /// The seed of the draw of samples.
    pub seed: u32,
    /// The seed of the division into parts.
    pub split_seed: u32,
    /// What is done to the features.
    pub normalize: Normalization,
    /// What is set aside from the training part.
    pub validation: Option<ValidationSplit>,
    /// How images that are trained on are changed.
    pub augment: Augmentation,
    /// The seed of those changes.
    pub augment_seed: u32,
}

impl DataConfig {
    pub(super) fn read(mut section: Section<'_>, default_seed: u32) -> Option<Self> {
        // Which keys there are depends on the source.
        let kind = section.required("source", word(&KINDS))?;
        let draw_seed = section.value("seed", seed(), default_seed);
        let split_seed = section.value("split_seed", seed(), default_seed);
        let normalize = read_normalize(&mut section, kind);
        let stratify = section.value("stratify", flag(), false);
        let validation = read_validation(&mut section, stratify);
        let source = Source::read(kind, &mut section, stratify)?;
        if validation.is_none() && !source.is_divided() && section.has("stratify") {
            section
                .problem("stratify", "has no meaning without `validation_fraction`, for no part is divided");
        }
        let (augment, augment_seed) = match source.image() {
            Some(shape) => read_augment(section.table("augment"), shape, default_seed),
            None => (Augmentation::default(), default_seed),
        };
        section.finish();
        Some(Self { source, seed: draw_seed, split_seed, normalize, validation, augment, augment_seed })
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("data");
        self.source.write(out);
        out.entry("seed", self.seed);
        out.entry("split_seed", self.split_seed);
        let normalize = NORMALIZE.iter().find(|(_, normalize)| *normalize == self.normalize);
        out.optional("normalize", normalize.map(|(word, _)| *word));
        if let Some(ValidationSplit { fraction, stratify }) = self.validation {
            out.entry("validation_fraction", fraction);
            if !self.source.is_divided() {
                out.entry("stratify", stratify);
            }
        }
        if !self.augment.is_none() {
            let Augmentation { horizontal_flip, random_crop } = self.augment;
            let seed = toml::Value::from(self.augment_seed);
            let entries =
                [("horizontal_flip", horizontal_flip.into()), ("random_crop", (random_crop as i64).into())];
            out.inline("augment", entries.into_iter().chain([("seed", seed)]));
        }
    }
}

const NORMALIZE: [(&str, Normalization); 3] =
    [("unit", Normalization::Unit), ("standard", Normalization::Standard), ("none", Normalization::None)];

fn read_normalize(section: &mut Section<'_>, kind: Kind) -> Normalization {
    // Only bytes have a range to be brought to.
    let (words, default) = match kind {
        Kind::Cifar10 | Kind::ImageFolder => (&NORMALIZE[..], Normalization::Unit),
        Kind::Csv => (&NORMALIZE[1..], Normalization::Standard),
        Kind::Synthetic => (&NORMALIZE[1..], Normalization::None),
    };
    section.value("normalize", word(words), default)
}

fn read_validation(section: &mut Section<'_>, stratify: bool) -> Option<ValidationSplit> {
    let share = number("a share above 0 and below 1", |share| share > 0.0 && share < 1.0);
    let fraction = section.optional("validation_fraction", share);
    fraction.map(|fraction| ValidationSplit { fraction, stratify })
}

fn read_augment(mut section: Section<'_>, image: ImageShape, default_seed: u32) -> (Augmentation, u32) {
    let horizontal_flip = section.value("horizontal_flip", flag(), false);
    let random_crop = section.value("random_crop", count(0), 0);
    let seed = section.value("seed", seed(), default_seed);
    let side = image.height.min(image.width);
    if random_crop >= side {
        let reason = format!("is {random_crop}, must be less than {side}, the images' shorter side");
        section.problem("random_crop", reason);
    }
    section.finish();
    (Augmentation { horizontal_flip, random_crop }, seed)
}
