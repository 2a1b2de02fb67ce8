//! `[data]`: where the samples come from.

use super::augment;
use super::key::key;
use super::rule::{seed, share, word};
use super::section::Section;
use super::source::{KINDS, Kind, Source};
use super::split::{fold_keys, stratify_key};
use emberlab_data::{Augmentation, Fold, Normalization, ValidationSplit};

/// Where the samples come from and how they are drawn.
#[derive(Clone, Debug)]
pub struct DataConfig {
    /// The source with its own parameters.
    pub source: Source,
    /// The seed of the draw of samples.
    pub seed: u32,
    /// The seed of the division into parts.
    pub split_seed: u32,
    /// The fold of the training part that is the test part, in a run of a cross-validation.
    pub fold: Option<Fold>,
    /// How features are scaled.
    pub normalize: Normalization,
    /// The split that sets validation samples aside from the training part.
    pub validation: Option<ValidationSplit>,
    /// The augmentation of training images.
    pub augment: Augmentation,
    /// The seed of the augmentation.
    pub augment_seed: u32,
}

impl DataConfig {
    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>, default_seed: u32) -> Option<Self> {
        let kind =
            key("source", word(&KINDS), "the source of samples; it decides which of the other keys exist");
        let Some(kind) = section.required(kind, written.map(|data| data.source.kind())) else {
            section.finish_early();
            return None;
        };
        let source = Source::keys(kind, &mut section, written.map(|data| &data.source));
        let draw_seed = draw_seed(&mut section, kind, written.map(|data| data.seed), default_seed);
        let split_seed =
            key("split_seed", seed(), "seed of the division into training, validation and test part")
                .default_text("top-level `seed`");
        let split_seed = section.value(split_seed, default_seed, written.map(|data| data.split_seed));
        let fold = fold_keys(&mut section, written.and_then(|data| data.fold));
        let is_image = source.as_ref().is_some_and(|source| source.image().is_some());
        let normalize = normalize_key(&mut section, (kind, is_image), written.map(|data| data.normalize));
        let validation = written.and_then(|data| data.validation);
        let fraction = key(
            "validation_fraction",
            share(),
            "share of the training part that is set aside for validation",
        );
        let fraction = section.optional(fraction, validation.map(|split| split.fraction));
        // Sources that are divided write it themselves.
        let undivided = written.filter(|data| !data.source.is_divided()).and(validation);
        let stratify = stratify_key(&mut section, undivided.map(|split| split.stratify));
        // The message about a source without its file or folder comes first.
        let Some(source) = source else {
            section.finish_early();
            return None;
        };
        if fraction.is_none() && !source.is_divided() {
            section.meaningless(
                "stratify",
                "has no meaning without `validation_fraction`, because no part is divided",
            );
        }
        let set_augment = written.map(|data| (data.augment, data.augment_seed));
        let (augment, augment_seed) = match source.image() {
            Some(shape) => augment::keys(&mut section, shape, default_seed, set_augment),
            None => (Augmentation::default(), default_seed),
        };
        section.finish();
        let validation = fraction.map(|fraction| ValidationSplit { fraction, stratify });
        Some(Self { source, seed: draw_seed, split_seed, fold, normalize, validation, augment, augment_seed })
    }
}

/// The seed of the draw of samples. Those of a table or of a program are not drawn.
fn draw_seed(section: &mut Section<'_>, kind: Kind, written: Option<u32>, default_seed: u32) -> u32 {
    let undrawn = match kind {
        Kind::Csv | Kind::Parquet => Some("the samples of a table are not drawn"),
        Kind::Numpy => Some("the samples of arrays are not drawn"),
        Kind::Custom => Some("the samples of a program are not drawn"),
        Kind::Synthetic
        | Kind::Cifar10
        | Kind::Cifar100
        | Kind::Mnist
        | Kind::FashionMnist
        | Kind::ImageFolder => None,
    };
    if let Some(reason) = undrawn {
        section.without_effect("seed", reason);
        return written.unwrap_or(default_seed);
    }
    let draw_seed = key("seed", seed(), "seed of the draw of samples").default_text("top-level `seed`");
    section.value(draw_seed, default_seed, written)
}

const NORMALIZE: [(&str, Normalization); 3] =
    [("unit", Normalization::Unit), ("standard", Normalization::Standard), ("none", Normalization::None)];

fn normalize_key(
    section: &mut Section<'_>,
    (kind, is_image): (Kind, bool),
    written: Option<Normalization>,
) -> Normalization {
    // `unit` divides bytes by 255, so it is for images only.
    let (words, default) = match kind {
        Kind::Cifar10 | Kind::Cifar100 | Kind::Mnist | Kind::FashionMnist | Kind::ImageFolder => {
            (&NORMALIZE[..], Normalization::Unit)
        }
        Kind::Custom | Kind::Numpy if is_image => (&NORMALIZE[..], Normalization::Unit),
        Kind::Custom | Kind::Numpy => (&NORMALIZE[..], Normalization::Standard),
        Kind::Csv | Kind::Parquet => (&NORMALIZE[1..], Normalization::Standard),
        Kind::Synthetic => (&NORMALIZE[1..], Normalization::None),
    };
    let about = "how features are scaled: `unit` divides bytes by 255, `standard` subtracts the mean of the training \
                 part and divides by its standard deviation";
    let normalize = section.value(key("normalize", word(words), about), default, written);
    if matches!(kind, Kind::Custom | Kind::Numpy) && !is_image && normalize == Normalization::Unit {
        section.problem(
            "normalize",
            "is \"unit\", must be \"standard\" or \"none\" for samples that are not images",
        );
    }
    normalize
}
