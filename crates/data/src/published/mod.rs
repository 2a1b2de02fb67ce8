//! Published sets of images: their files, and how these are fetched and read.

mod fetch;
mod official;
mod unpack;
mod workspace;

pub use fetch::{Checksum, Fetch, FetchSource, Fetched};
pub use official::{ArchiveLayout, OfficialFile};
pub use unpack::unpack_entries;

use crate::cifar_records::RecordFiles;
use crate::cifar10::{self, Cifar10};
use crate::cifar100::{self, Cifar100, Cifar100Labels};
use crate::error::DataError;
use crate::idx;
use crate::labelled_data::{ImageShape, LabelledData};
use crate::random_state::RandomState;
use crate::splits::Splits;
use crate::subsample::Subsample;
use std::path::Path;

/// A set of images that is published in a training and a test part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishedSet {
    /// CIFAR-10.
    Cifar10,
    /// CIFAR-100, with one of the two labels of each image.
    Cifar100(Cifar100Labels),
    /// Handwritten digits.
    Mnist,
    /// Articles of clothing, in the format of MNIST.
    FashionMnist,
}

impl PublishedSet {
    /// The set's name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cifar10 => "CIFAR-10",
            Self::Cifar100(_) => "CIFAR-100",
            Self::Mnist => "MNIST",
            Self::FashionMnist => "Fashion-MNIST",
        }
    }

    /// The folder of its files, in the directory of data.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Cifar10 => cifar10::FOLDER,
            Self::Cifar100(_) => cifar100::FOLDER,
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
        }
    }

    /// The set that has this folder.
    pub fn of_folder(folder: &str) -> Option<Self> {
        let all = [Self::Cifar10, Self::Cifar100(Cifar100Labels::default()), Self::Mnist, Self::FashionMnist];
        all.into_iter().find(|set| set.folder() == folder)
    }

    /// The shape of every image.
    pub fn shape(self) -> ImageShape {
        match self {
            Self::Cifar10 | Self::Cifar100(_) => cifar10::IMAGE_SHAPE,
            Self::Mnist | Self::FashionMnist => idx::IMAGE_SHAPE,
        }
    }

    /// Number of classes.
    pub fn n_classes(self) -> usize {
        match self {
            Self::Cifar10 => cifar10::N_CLASSES,
            Self::Cifar100(labels) => labels.n_classes(),
            Self::Mnist => idx::DIGITS.len(),
            Self::FashionMnist => idx::CLOTHES.len(),
        }
    }

    /// Reads the training and the test part from `directory`, which holds the set's folder.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`].
    pub fn read(self, directory: &Path) -> Result<(LabelledData, LabelledData), DataError> {
        match self.record_files(directory)? {
            Some([train, test]) => Ok((train.read()?, test.read()?)),
            None => self.read_idx(directory),
        }
    }

    /// Reads the images that `subsample` draws from the training and from the test part in `directory`; see
    /// [`Subsample::draw`].
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read) and [`Subsample::draw`].
    pub fn draw(
        self,
        directory: &Path,
        subsample: &Subsample,
        random: &mut RandomState,
    ) -> Result<Splits, DataError> {
        let Some([train, test]) = self.record_files(directory)? else {
            let (train, test) = self.read_idx(directory)?;
            return subsample.draw(train, test, random);
        };
        // Images that are not drawn are not kept in memory.
        let [of_train, of_test] = subsample.rows([train.len(), test.len()], random)?;
        Ok(Splits { train: train.read_part(of_train)?, validation: None, test: test.read_part(of_test)? })
    }

    /// The files of the training and of the test part of a set of records.
    fn record_files(self, directory: &Path) -> Result<Option<[RecordFiles; 2]>, DataError> {
        match self {
            Self::Cifar10 => {
                let set = Cifar10::open(directory)?;
                Ok(Some([set.train_files()?, set.test_files()?]))
            }
            Self::Cifar100(labels) => {
                let set = Cifar100::open(directory, labels)?;
                Ok(Some([set.files("train.bin")?, set.files("test.bin")?]))
            }
            Self::Mnist | Self::FashionMnist => Ok(None),
        }
    }

    /// Reads a set in the format of MNIST.
    fn read_idx(self, directory: &Path) -> Result<(LabelledData, LabelledData), DataError> {
        let names = if self == Self::FashionMnist { &idx::CLOTHES } else { &idx::DIGITS };
        idx::read(&directory.join(self.folder()), names)
    }

    /// Reads the pixels of the image at `index`, from 0, in one of the set's files of images.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`], or [`DataError::Corrupt`] when the file has no such image.
    pub fn read_image(self, path: &Path, index: u64) -> Result<Vec<u8>, DataError> {
        match self {
            Self::Cifar10 => cifar10::FORMAT.read_image(path, index),
            Self::Cifar100(labels) => labels.format().read_image(path, index),
            Self::Mnist | Self::FashionMnist => idx::read_image(path, index),
        }
    }

    /// Whether the name of a file is that of one with images in the set's format.
    pub fn holds_images(self, name: &str) -> bool {
        match self {
            Self::Cifar10 | Self::Cifar100(_) => name.ends_with(".bin"),
            Self::Mnist | Self::FashionMnist => name.ends_with("-ubyte") || name.ends_with("-ubyte.gz"),
        }
    }
}
