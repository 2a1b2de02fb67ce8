//! CIFAR-10's files on disk.

use super::{FOLDER, FORMAT, N_CLASSES};
use crate::cifar_records::{RecordFiles, check_present, read_class_names};
use crate::error::DataError;
use crate::labelled_data::LabelledData;
use crate::problem::RecordProblem;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Bytes of one record: a label and an image.
pub const RECORD_SIZE: usize = 1 + 3 * 32 * 32;

/// A CIFAR-10 data set on disk.
#[derive(Clone, Debug)]
pub struct Cifar10 {
    train_files: Vec<PathBuf>,
    test_file: PathBuf,
    class_names: Vec<String>,
}

impl Cifar10 {
    /// Opens the set in `directory`, the folder that holds `cifar-10-batches-bin/`.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`] with the first file that does not exist; [`DataError::Corrupt`] for a gap between the
    /// batches, or if `batches.meta.txt` does not list ten names.
    pub fn open(directory: &Path) -> Result<Self, DataError> {
        let folder = directory.join(FOLDER);
        check_present(&folder, &["batches.meta.txt", "data_batch_1.bin", "test_batch.bin"])?;
        let train_files = batches(&folder)?;
        Ok(Self {
            train_files,
            test_file: folder.join("test_batch.bin"),
            class_names: read_class_names(&folder.join("batches.meta.txt"), N_CLASSES)?,
        })
    }

    /// Reads the training part, its batches one after another.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`], or [`DataError::Corrupt`] for a file that is not whole records or has a
    /// label above 9.
    pub fn train(&self) -> Result<LabelledData, DataError> {
        self.train_files()?.read()
    }

    /// Reads the test part.
    ///
    /// # Errors
    ///
    /// As for [`train`](Self::train).
    pub fn test(&self) -> Result<LabelledData, DataError> {
        self.test_files()?.read()
    }

    pub(crate) fn train_files(&self) -> Result<RecordFiles, DataError> {
        RecordFiles::open(FORMAT, &self.train_files, &self.class_names)
    }

    pub(crate) fn test_files(&self) -> Result<RecordFiles, DataError> {
        RecordFiles::open(FORMAT, std::slice::from_ref(&self.test_file), &self.class_names)
    }
}

/// The files of the training part, numbered from 1.
fn batches(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let unreadable = DataError::read(folder);
    let mut numbers = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(&unreadable)? {
        let name = entry.map_err(&unreadable)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("data_batch_")?.strip_suffix(".bin"));
        let number = number.filter(|number| !number.starts_with(['0', '+']));
        numbers.extend(number.and_then(|number| number.parse::<u32>().ok()));
    }
    let path = |number: u32| folder.join(format!("data_batch_{number}.bin"));
    for (number, wanted) in numbers.iter().zip(1..) {
        if *number != wanted {
            return Err(DataError::corrupt(&path(wanted), RecordProblem::MissingBatch { found: *number }));
        }
    }
    Ok(numbers.into_iter().map(path).collect())
}
