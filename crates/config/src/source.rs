//! The sources of samples, each with the keys of `[data]` that are its own.

use super::key::{Key, key};
use super::rule::{count, path, word};
use super::section::Section;
use super::shape::DataShape;
use super::{custom, image_folder, numpy, synthetic, table_file};
use emberlab_data::{
    Cifar100Labels, ImageFolder, ImageShape, NumpyArrays, PublishedSet, Subsample, Synthetic, TableFile,
    TableFormat, TestSize, TrainTestSplit,
};
use std::path::PathBuf;

/// A source of samples.
#[derive(Clone, Debug)]
pub enum Source {
    /// scikit-learn's `make_classification`, then its `train_test_split`.
    Synthetic(Synthetic),
    /// A published set of images.
    Published {
        /// The set.
        set: PublishedSet,
        /// The folder that holds the set's own folder.
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
    /// A table in a file.
    Table {
        /// The table, or its training part.
        file: TableFile,
        /// Where the test part comes from.
        test: TableTest,
    },
    /// Arrays that NumPy saved.
    Numpy {
        /// The arrays.
        arrays: NumpyArrays,
        /// The size of the test part, for arrays without one.
        test_size: Option<TestSize>,
        /// Whether parts that are divided have equal shares of each class.
        stratify: bool,
    },
    /// Samples that a program hands over.
    Custom {
        /// The shape of the samples, if they are images.
        image: Option<ImageShape>,
    },
}

/// Where the test part of a table comes from.
#[derive(Clone, Debug)]
pub enum TableTest {
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
            Self::Published { set, .. } => Some(DataShape {
                n_features: set.shape().size(),
                image: Some(set.shape()),
                n_classes: set.n_classes(),
            }),
            Self::ImageFolder { .. } | Self::Table { .. } | Self::Numpy { .. } | Self::Custom { .. } => None,
        }
    }

    /// The shape of the samples, if they are images.
    pub fn image(&self) -> Option<ImageShape> {
        match self {
            Self::Synthetic(_) | Self::Table { .. } => None,
            Self::Published { set, .. } => Some(set.shape()),
            Self::ImageFolder { folder, .. } => Some(folder.shape),
            Self::Numpy { arrays, .. } => arrays.image.map(|layout| layout.shape),
            Self::Custom { image } => *image,
        }
    }

    pub(super) fn keys(kind: Kind, section: &mut Section<'_>, written: Option<&Self>) -> Option<Self> {
        match kind {
            Kind::Synthetic => Some(synthetic::keys(section, written)),
            Kind::Cifar10 | Kind::Cifar100 | Kind::Mnist | Kind::FashionMnist => {
                Some(published_keys(kind, section, written))
            }
            Kind::ImageFolder => image_folder::keys(section, written),
            Kind::Csv => table_file::keys(TableFormat::Text, section, written),
            Kind::Parquet => table_file::keys(TableFormat::Parquet, section, written),
            Kind::Numpy => numpy::keys(section, written),
            Kind::Custom => custom::keys(section, written),
        }
    }

    /// Whether the source itself is divided into training and test part.
    pub(super) fn is_divided(&self) -> bool {
        // Whether an image folder or a set of arrays is divided shows only when it is read.
        matches!(
            self,
            Self::Synthetic(_)
                | Self::ImageFolder { .. }
                | Self::Numpy { .. }
                | Self::Table { test: TableTest::Split(_), .. }
        )
    }

    /// Whether the source itself can have a validation part. That of an image folder, of arrays, or of a program,
    /// shows only when it is read.
    pub(super) fn can_bring_validation(&self) -> bool {
        matches!(self, Self::ImageFolder { .. } | Self::Numpy { .. } | Self::Custom { .. })
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Synthetic(_) => Kind::Synthetic,
            Self::Published { set, .. } => match set {
                PublishedSet::Cifar10 => Kind::Cifar10,
                PublishedSet::Cifar100(_) => Kind::Cifar100,
                PublishedSet::Mnist => Kind::Mnist,
                PublishedSet::FashionMnist => Kind::FashionMnist,
            },
            Self::ImageFolder { .. } => Kind::ImageFolder,
            Self::Table { file, .. } => match file.format {
                TableFormat::Text => Kind::Csv,
                TableFormat::Parquet => Kind::Parquet,
            },
            Self::Numpy { .. } => Kind::Numpy,
            Self::Custom { .. } => Kind::Custom,
        }
    }
}

/// The word for each source.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Synthetic,
    Cifar10,
    Cifar100,
    Mnist,
    FashionMnist,
    ImageFolder,
    Csv,
    Parquet,
    Numpy,
    Custom,
}

pub(super) const KINDS: [(&str, Kind); 10] = [
    ("synthetic", Kind::Synthetic),
    ("cifar10", Kind::Cifar10),
    ("cifar100", Kind::Cifar100),
    ("mnist", Kind::Mnist),
    ("fashion-mnist", Kind::FashionMnist),
    ("image-folder", Kind::ImageFolder),
    ("csv", Kind::Csv),
    ("parquet", Kind::Parquet),
    ("numpy", Kind::Numpy),
    ("custom", Kind::Custom),
];

const CIFAR100_LABELS: [(&str, Cifar100Labels); 2] =
    [("fine", Cifar100Labels::Fine), ("coarse", Cifar100Labels::Coarse)];

fn published_keys(kind: Kind, section: &mut Section<'_>, written: Option<&Source>) -> Source {
    let (written_set, set_directory, set_subsample) = match written {
        Some(Source::Published { set, directory, subsample }) => {
            (Some(*set), Some(directory.clone()), Some(*subsample))
        }
        _ => (None, None, None),
    };
    let set = match kind {
        Kind::Cifar100 => PublishedSet::Cifar100(cifar100_labels(section, written_set)),
        Kind::Mnist => PublishedSet::Mnist,
        Kind::FashionMnist => PublishedSet::FashionMnist,
        _ => PublishedSet::Cifar10,
    };
    let directory = section.value(directory_key(), "data".into(), set_directory);
    Source::Published { set, directory, subsample: subsample_keys(section, set_subsample) }
}

fn cifar100_labels(section: &mut Section<'_>, written: Option<PublishedSet>) -> Cifar100Labels {
    let written = match written {
        Some(PublishedSet::Cifar100(labels)) => Some(labels),
        _ => None,
    };
    let labels = key("labels", word(&CIFAR100_LABELS), "the 100 fine or the 20 coarse classes of CIFAR-100");
    section.value(labels, Cifar100Labels::default(), written)
}

/// The folder of a published set or of images.
pub(super) fn directory_key<'a>() -> Key<'a, PathBuf> {
    let about = "folder that holds `cifar-10-batches-bin/`, `cifar-100-binary/`, `mnist/` or `fashion-mnist/`; of an image \
                 folder: the one that holds `train/<class>/`, and `test/<class>/` and `val/<class>/` if there are such \
                 parts, or `<class>/` alone";
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
