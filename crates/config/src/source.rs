//! The sources of samples, each with the keys of `[data]` that are its own.

use super::key::{Key, key};
use super::rule::{count, path};
use super::section::Section;
use super::shape::DataShape;
use super::{csv, custom, image_folder, synthetic};
use emberlab_data::cifar10::{IMAGE_SHAPE, N_CLASSES};
use emberlab_data::{CsvFile, ImageFolder, ImageShape, Subsample, Synthetic, TestSize, TrainTestSplit};
use std::path::PathBuf;

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
    /// Folders of images.
    ImageFolder {
        /// The folder and how its images are resized.
        folder: ImageFolder,
        /// The size of the test part, for a folder without one.
        test_size: Option<TestSize>,
        /// Whether parts that are divided have equal shares of each class.
        stratify: bool,
        /// How many images of each part are used.
        subsample: Subsample,
    },
    /// A table in a CSV file.
    Csv {
        /// The table, or its training part.
        file: CsvFile,
        /// Where the test part comes from.
        test: CsvTest,
    },
    /// Samples that a program hands over.
    Custom {
        /// The shape of the samples, if they are images.
        image: Option<ImageShape>,
    },
}

/// Where the test part of a table comes from.
#[derive(Clone, Debug)]
pub enum CsvTest {
    /// The table is divided.
    Split(TrainTestSplit),
    /// Another file.
    File(PathBuf),
}

impl Source {
    /// The shape of the data, if it is known before the data is read.
    pub fn shape(&self) -> Option<DataShape> {
        match self {
            Self::Synthetic(Synthetic { classification, .. }) => Some(DataShape {
                n_features: classification.n_features,
                image: None,
                n_classes: classification.n_classes,
            }),
            Self::Cifar10 { .. } => Some(DataShape {
                n_features: IMAGE_SHAPE.size(),
                image: Some(IMAGE_SHAPE),
                n_classes: N_CLASSES,
            }),
            Self::ImageFolder { .. } | Self::Csv { .. } | Self::Custom { .. } => None,
        }
    }

    /// The shape of the samples, if they are images.
    pub fn image(&self) -> Option<ImageShape> {
        match self {
            Self::Synthetic(_) | Self::Csv { .. } => None,
            Self::Cifar10 { .. } => Some(IMAGE_SHAPE),
            Self::ImageFolder { folder, .. } => Some(folder.shape),
            Self::Custom { image } => *image,
        }
    }

    pub(super) fn keys(kind: Kind, section: &mut Section<'_>, written: Option<&Self>) -> Option<Self> {
        match kind {
            Kind::Synthetic => Some(synthetic::keys(section, written)),
            Kind::Cifar10 => Some(cifar10_keys(section, written)),
            Kind::ImageFolder => image_folder::keys(section, written),
            Kind::Csv => csv::keys(section, written),
            Kind::Custom => custom::keys(section, written),
        }
    }

    /// Whether the source itself is divided into training and test part.
    pub(super) fn is_divided(&self) -> bool {
        // Whether an image folder is divided shows only when it is read.
        matches!(
            self,
            Self::Synthetic(_) | Self::ImageFolder { .. } | Self::Csv { test: CsvTest::Split(_), .. }
        )
    }

    /// Whether the source itself can have a validation part. That of an image folder, or of a program,
    /// shows only when it is read.
    pub(super) fn can_bring_validation(&self) -> bool {
        matches!(self, Self::ImageFolder { .. } | Self::Custom { .. })
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Synthetic(_) => Kind::Synthetic,
            Self::Cifar10 { .. } => Kind::Cifar10,
            Self::ImageFolder { .. } => Kind::ImageFolder,
            Self::Csv { .. } => Kind::Csv,
            Self::Custom { .. } => Kind::Custom,
        }
    }
}

/// The word for each source.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Synthetic,
    Cifar10,
    ImageFolder,
    Csv,
    Custom,
}

pub(super) const KINDS: [(&str, Kind); 5] = [
    ("synthetic", Kind::Synthetic),
    ("cifar10", Kind::Cifar10),
    ("image-folder", Kind::ImageFolder),
    ("csv", Kind::Csv),
    ("custom", Kind::Custom),
];

fn cifar10_keys(section: &mut Section<'_>, written: Option<&Source>) -> Source {
    let (set_directory, set_subsample) = match written {
        Some(Source::Cifar10 { directory, subsample }) => (Some(directory.clone()), Some(*subsample)),
        _ => (None, None),
    };
    let directory = section.value(directory_key(), "data".into(), set_directory);
    Source::Cifar10 { directory, subsample: subsample_keys(section, set_subsample) }
}

/// The folder of CIFAR-10 or of images.
pub(super) fn directory_key<'a>() -> Key<'a, PathBuf> {
    let about = "folder that holds `cifar-10-batches-bin/`; of an image folder: the one that holds `train/<class>/`, \
                 and `test/<class>/` and `val/<class>/` if there are such parts, or `<class>/` alone";
    key("directory", path("folder"), about)
}

pub(super) fn subsample_keys(section: &mut Section<'_>, written: Option<Subsample>) -> Subsample {
    let train =
        key("train_samples", count(1), "number of training images, drawn at random").default_text("all");
    let test = key("test_samples", count(1), "number of test images, drawn at random").default_text("all");
    Subsample {
        train_samples: section.optional(train, written.and_then(|subsample| subsample.train_samples)),
        test_samples: section.optional(test, written.and_then(|subsample| subsample.test_samples)),
    }
}
