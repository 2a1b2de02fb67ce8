//! Data sets for the lab: synthetic data, published sets of images, image folders and tables, from files to batches on a device.
//!
//! Data flows one way: a seed or files, [`LabelledData`] in host memory, [`Splits`], a `DeviceSet` on the device, and a
//! `DeviceLoader` that returns `ClassificationBatch`es. Every random draw comes from a [`RandomState`], which equals
//! `numpy.random.RandomState`, so that the same seed gives the same samples as NumPy and scikit-learn.
//!
//! ```
//! use emberlab_data::{Features, MakeClassification, RandomState};
//!
//! let parameters = MakeClassification {
//!     n_samples: 4,
//!     n_features: 4,
//!     n_redundant: 0,
//!     ..MakeClassification::default()
//! };
//! let data = parameters.generate(&mut RandomState::new(42))?;
//! let Features::Table { values, .. } = &data.features else { unreachable!("a table was drawn") };
//! // sklearn.datasets.make_classification(4, 4, n_redundant=0, random_state=42)
//! let expected = [-1.4247481862134568, 0.06752820468792384, -0.45363178791074354];
//! assert!(values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-12));
//! assert_eq!(data.labels, [0, 1, 1, 0]);
//! # Ok::<(), emberlab_data::DataError>(())
//! ```
//!
//! The feature `burn`, on by default, adds the types that hold tensors: `Augmenter`, `ClassificationBatch`,
//! `DeviceLoader`, `DeviceSet`, `DeviceViews` and `Upload`. Without it the crate does not depend on Burn.

#[cfg(feature = "burn")]
mod alternation;
mod augmentation;
mod bad_image;
mod batch_plan;
pub mod cifar10;
pub mod cifar100;
mod cifar_records;
#[cfg(feature = "burn")]
mod device;
mod download;
mod error;
mod export;
pub mod file_lock;
mod folds;
pub mod idx;
mod image_file;
mod image_folder;
mod image_kind;
mod jpeg;
mod labelled_data;
mod loader_state;
mod make_classification;
mod normalizer;
mod numpy;
mod problem;
mod progress;
pub mod published;
mod random_state;
mod regular_file;
mod splits;
mod subsample;
mod synthetic;
mod table;
pub mod text;
mod train_test_split;
mod views;

pub use augmentation::{Augmentation, Border, Mirror};
pub use bad_image::BadImage;
pub use batch_plan::BatchPlan;
pub use cifar100::Cifar100Labels;
#[cfg(feature = "burn")]
pub use device::{Augmenter, ClassificationBatch, DeviceLoader, DeviceSet, DeviceViews, Upload, host};
pub use download::{Download, Patience};
pub use error::{DataError, ParameterError};
pub use export::write_csv;
pub use folds::Fold;
pub use image_file::{ResizeFilter, read_image};
pub use image_folder::{FolderLayout, FolderNames, FolderParts, ImageFolder, OnBadImage, images_below};
pub use image_kind::IMAGE_FORMATS;
pub use labelled_data::{Features, ImageShape, LabelledData};
pub use loader_state::LoaderState;
pub use make_classification::{ColumnValue, MakeClassification};
pub use normalizer::{Normalization, Normalizer, statistics};
pub use numpy::{
    ArrayNames, ArrayPair, Channels, ImageLayout, NumpyArrays, NumpyParts, PixelScale, read_numpy_inputs,
};
pub use problem::{
    ArchiveProblem, CannotDecode, DownloadProblem, FolderProblem, IdxProblem, ImageProblem, NumpyProblem,
    ParquetProblem, Problem, RecordProblem, RowPlace, TableProblem, TextProblem,
};
pub use progress::{NoProgress, Phase, Progress};
pub use published::PublishedSet;
pub use random_state::RandomState;
pub use regular_file::open_regular;
pub use splits::{Part, Splits, ValidationSplit};
pub use subsample::Subsample;
pub use synthetic::Synthetic;
pub use table::{
    Categories, ColumnEncoder, ColumnRef, Delimiter, EncodedTable, Header, InputRows, MISSING_VALUES,
    MissingPolicy, Table, TableEncoding, TableFile, TableFormat, TableOptions, TableSchema,
};
pub use train_test_split::{TestSize, TrainTestSplit};
pub use views::Views;
