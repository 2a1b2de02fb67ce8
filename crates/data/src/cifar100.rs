//! CIFAR-100 in its official binary layout.
//!
//! `train.bin` and `test.bin` hold records of 3,074 bytes: the coarse label, the fine label, then 1,024 red, 1,024 green
//! and 1,024 blue bytes, row by row. `coarse_label_names.txt` and `fine_label_names.txt` have the names of the 20 and 100
//! classes, a line each. Any number of whole records per file is read, up to 100,000, so a smaller set in the same layout
//! works.

use crate::cifar_records::{RecordFiles, RecordFormat, check_present, read_class_names};
use crate::error::DataError;
use crate::labelled_data::LabelledData;
use std::path::{Path, PathBuf};

/// The folder that the official archive unpacks to.
pub const FOLDER: &str = "cifar-100-binary";

/// The numbers of coarse and of fine classes.
const N_CLASSES: [usize; 2] = [20, 100];

/// Which of the two labels of an image is its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cifar100Labels {
    /// One of 100 classes, such as `maple_tree`.
    #[default]
    Fine,
    /// One of 20 classes of classes, such as `trees`.
    Coarse,
}

impl Cifar100Labels {
    /// Number of classes.
    pub fn n_classes(self) -> usize {
        N_CLASSES[self.place()]
    }

    /// The layout of the records.
    pub(crate) fn format(self) -> RecordFormat {
        RecordFormat { n_classes: &N_CLASSES, label: self.place() }
    }

    /// The place of the label in a record.
    fn place(self) -> usize {
        match self {
            Self::Coarse => 0,
            Self::Fine => 1,
        }
    }

    fn names_file(self) -> &'static str {
        match self {
            Self::Coarse => "coarse_label_names.txt",
            Self::Fine => "fine_label_names.txt",
        }
    }
}

/// A CIFAR-100 data set on disk.
#[derive(Clone, Debug)]
pub struct Cifar100 {
    folder: PathBuf,
    labels: Cifar100Labels,
    class_names: Vec<String>,
}

impl Cifar100 {
    /// Opens the set in `directory`, the folder that holds `cifar-100-binary/`.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`] with the first file that does not exist; [`DataError::Corrupt`] if the list of names has
    /// another length.
    pub fn open(directory: &Path, labels: Cifar100Labels) -> Result<Self, DataError> {
        let folder = directory.join(FOLDER);
        check_present(&folder, &[labels.names_file(), "train.bin", "test.bin"])?;
        let class_names = read_class_names(&folder.join(labels.names_file()), labels.n_classes())?;
        Ok(Self { folder, labels, class_names })
    }

    /// Reads the training part.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`], or [`DataError::Corrupt`] for a file that is not whole records or has a label that is no
    /// class.
    pub fn train(&self) -> Result<LabelledData, DataError> {
        self.files("train.bin")?.read()
    }

    /// Reads the test part.
    ///
    /// # Errors
    ///
    /// As for [`train`](Self::train).
    pub fn test(&self) -> Result<LabelledData, DataError> {
        self.files("test.bin")?.read()
    }

    pub(crate) fn files(&self, name: &str) -> Result<RecordFiles, DataError> {
        RecordFiles::open(self.labels.format(), &[self.folder.join(name)], &self.class_names)
    }
}
