//! `[data]`: where the samples come from.

use super::resolved::Resolved;
use super::rule::{Rule, count, flag, list, number, seed, text, word};
use super::section::Section;
use emberlab_data::cifar10::{IMAGE_SHAPE, N_CLASSES};
use emberlab_data::{
    Augmentation, ColumnValue, ImageShape, MakeClassification, Normalization, Subsample, Synthetic, TestSize,
    TrainTestSplit, ValidationSplit,
};
use std::path::PathBuf;

/// Where the samples come from and how they are drawn.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `source` | required | `synthetic` or `cifar10` | |
/// | `seed` | top-level `seed` | of the draw of samples | 0 to 2³²−1 |
/// | `split_seed` | top-level `seed` | of the division into parts | 0 to 2³²−1 |
/// | `normalize` | `unit` for images, `none` for tables | what is done to features | `unit`, `standard`, `none` |
/// | `validation_fraction` | none | the share of the training part that is set aside | above 0, below 1 |
/// | `stratify` | false | whether parts that are divided have equal shares of each class | |
/// | `augment` | none | `{ horizontal_flip, random_crop, seed }`, see below | |
///
/// Images that are trained on can be changed at random, anew for each batch: `horizontal_flip` (false)
/// mirrors half of them, `random_crop` (0) cuts each from one with a border of so many pixels of zeros,
/// and `seed` (the top-level `seed`) is that of the draws.
///
/// A synthetic source takes the parameters of [`MakeClassification`] and `test_size` (0.25). CIFAR-10 takes `directory` (`data`), the folder that holds `cifar-10-batches-bin/`, and
/// `train_samples` and `test_samples` (all).
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

/// A source of samples.
#[derive(Clone, Debug)]
pub enum Source {
    /// scikit-learn's `make_classification`, then its `train_test_split`.
    Synthetic(Synthetic),
    /// CIFAR-10's record files.
    Cifar10 {
        /// The folder that holds `cifar-10-batches-bin/`.
        directory: PathBuf,
        /// How many images of each part are used.
        subsample: Subsample,
    },
}

impl Source {
    /// Numbers per sample.
    pub fn n_features(&self) -> usize {
        match self {
            Self::Synthetic(synthetic) => synthetic.classification.n_features,
            Self::Cifar10 { .. } => IMAGE_SHAPE.size(),
        }
    }

    /// The shape of the samples, where they are images.
    pub fn image(&self) -> Option<ImageShape> {
        match self {
            Self::Synthetic(_) => None,
            Self::Cifar10 { .. } => Some(IMAGE_SHAPE),
        }
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        match self {
            Self::Synthetic(synthetic) => synthetic.classification.n_classes,
            Self::Cifar10 { .. } => N_CLASSES,
        }
    }
}

/// The word for each source.
#[derive(Clone, Copy)]
enum Kind {
    Synthetic,
    Cifar10,
}

impl DataConfig {
    pub(super) fn read(mut section: Section<'_>, default_seed: u32) -> Option<Self> {
        let kind = word(&[("synthetic", Kind::Synthetic), ("cifar10", Kind::Cifar10)]);
        // Which keys there are depends on the source.
        let kind = section.required("source", kind)?;
        let draw_seed = section.value("seed", seed(), default_seed);
        let split_seed = section.value("split_seed", seed(), default_seed);
        let stratify = section.value("stratify", flag(), false);
        let validation = read_validation(&mut section, stratify);
        let source = match kind {
            Kind::Synthetic => Source::Synthetic(read_synthetic(&mut section, stratify)),
            Kind::Cifar10 => read_cifar10(&mut section),
        };
        if validation.is_none() && !matches!(source, Source::Synthetic(_)) && section.has("stratify") {
            section.problem("stratify", "has no meaning without `validation_fraction`");
        }
        let (augment, augment_seed) = read_augment(&mut section, source.image(), default_seed);
        let normalize = read_normalize(&mut section, &source);
        section.finish();
        Some(Self { source, seed: draw_seed, split_seed, normalize, validation, augment, augment_seed })
    }

    pub(super) fn write(&self, out: &mut Resolved) {
        out.table("data");
        match &self.source {
            Source::Synthetic(synthetic) => {
                out.entry("source", "synthetic");
                write_synthetic(synthetic, out);
            }
            Source::Cifar10 { directory, subsample } => {
                out.entry("source", "cifar10");
                out.entry("directory", directory.to_string_lossy().as_ref());
                out.optional("train_samples", subsample.train_samples.map(|samples| samples as i64));
                out.optional("test_samples", subsample.test_samples.map(|samples| samples as i64));
            }
        }
        out.entry("seed", self.seed);
        out.entry("split_seed", self.split_seed);
        let normalize = NORMALIZE.iter().find(|(_, normalize)| *normalize == self.normalize);
        out.optional("normalize", normalize.map(|(word, _)| *word));
        if let Some(ValidationSplit { fraction, stratify }) = self.validation {
            out.entry("validation_fraction", fraction);
            if !matches!(self.source, Source::Synthetic(_)) {
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

fn read_normalize(section: &mut Section<'_>, source: &Source) -> Normalization {
    // Only bytes have a range to be brought to.
    let (words, default) = match source.image() {
        Some(_) => (&NORMALIZE[..], Normalization::Unit),
        None => (&NORMALIZE[1..], Normalization::None),
    };
    section.value("normalize", word(words), default)
}

fn read_validation(section: &mut Section<'_>, stratify: bool) -> Option<ValidationSplit> {
    let share = number("a share above 0 and below 1", |share| share > 0.0 && share < 1.0);
    let fraction = section.optional("validation_fraction", share);
    fraction.map(|fraction| ValidationSplit { fraction, stratify })
}

fn read_augment(
    section: &mut Section<'_>,
    image: Option<ImageShape>,
    default_seed: u32,
) -> (Augmentation, u32) {
    let mut table = section.table("augment");
    let horizontal_flip = table.value("horizontal_flip", flag(), false);
    let random_crop = table.value("random_crop", count(0), 0);
    let seed = table.value("seed", seed(), default_seed);
    let side = image.map_or(0, |image| image.height.min(image.width));
    if image.is_some() && random_crop >= side {
        let reason = format!("is {random_crop}, must be less than {side}, the images' shorter side");
        table.problem("random_crop", reason);
    }
    table.finish();
    if image.is_none() && section.has("augment") {
        section.problem("augment", "has no meaning for data that is no images");
    }
    (Augmentation { horizontal_flip, random_crop }, seed)
}

fn read_cifar10(section: &mut Section<'_>) -> Source {
    let directory = text("a folder's path", |path| !path.is_empty() && !path.contains('\0'));
    Source::Cifar10 {
        directory: section.value("directory", directory, "data".to_owned()).into(),
        subsample: Subsample {
            train_samples: section.optional("train_samples", count(1)),
            test_samples: section.optional("test_samples", count(1)),
        },
    }
}

fn read_synthetic(section: &mut Section<'_>, stratify: bool) -> Synthetic {
    let default = MakeClassification::default();
    let real = || number("a number", |_| true);
    let classification = MakeClassification {
        n_samples: section.value("n_samples", count(1), default.n_samples),
        n_features: section.value("n_features", count(1), default.n_features),
        n_informative: section.value("n_informative", count(1), default.n_informative),
        n_redundant: section.value("n_redundant", count(0), default.n_redundant),
        n_repeated: section.value("n_repeated", count(0), default.n_repeated),
        n_classes: section.value("n_classes", count(2), default.n_classes),
        n_clusters_per_class: section.value("n_clusters_per_class", count(1), default.n_clusters_per_class),
        weights: section.optional("weights", list(real(), 1)),
        flip_y: section.value("flip_y", real(), default.flip_y),
        class_sep: section.value("class_sep", real(), default.class_sep),
        hypercube: section.value("hypercube", flag(), default.hypercube),
        shift: section.value("shift", column_value(), default.shift),
        scale: section.value("scale", column_value(), default.scale),
        shuffle: section.value("shuffle", flag(), default.shuffle),
    };
    let default = TrainTestSplit::default();
    let split =
        TrainTestSplit { test_size: section.value("test_size", test_size(), default.test_size), stratify };
    let size_problem = split.sizes(classification.n_samples).err();
    for problem in classification.problems().into_iter().chain(size_problem) {
        section.problem(problem.name, format!("is {}, must be {}", problem.value, problem.allowed));
    }
    Synthetic { classification, split }
}

fn column_value<'a>() -> Rule<'a, ColumnValue> {
    let real = || number("a number", |_| true);
    let random = word(&[("random", ())]).map(|()| ColumnValue::Random);
    real().map(ColumnValue::Same).or(random).or(list(real(), 1).map(ColumnValue::PerFeature))
}

fn test_size<'a>() -> Rule<'a, TestSize> {
    let share = number("a share above 0 and below 1", |share| share > 0.0 && share < 1.0);
    count(1).map(TestSize::Samples).or(share.map(TestSize::Share))
}

fn write_synthetic(synthetic: &Synthetic, out: &mut Resolved) {
    let Synthetic { classification, split } = synthetic;
    out.count("n_samples", classification.n_samples);
    out.count("n_features", classification.n_features);
    out.count("n_informative", classification.n_informative);
    out.count("n_redundant", classification.n_redundant);
    out.count("n_repeated", classification.n_repeated);
    out.count("n_classes", classification.n_classes);
    out.count("n_clusters_per_class", classification.n_clusters_per_class);
    out.optional("weights", classification.weights.clone());
    out.entry("flip_y", classification.flip_y);
    out.entry("class_sep", classification.class_sep);
    out.entry("hypercube", classification.hypercube);
    out.entry("shift", written_column(&classification.shift));
    out.entry("scale", written_column(&classification.scale));
    out.entry("shuffle", classification.shuffle);
    match split.test_size {
        TestSize::Share(share) => out.entry("test_size", share),
        TestSize::Samples(samples) => out.count("test_size", samples),
    }
    out.entry("stratify", split.stratify);
}

fn written_column(column: &ColumnValue) -> toml::Value {
    match column {
        ColumnValue::Same(value) => (*value).into(),
        ColumnValue::PerFeature(values) => values.clone().into(),
        ColumnValue::Random => "random".into(),
    }
}
