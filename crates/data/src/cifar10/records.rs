//! Reading record files.

use super::{FOLDER, IMAGE_SHAPE, N_CLASSES};
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::{Problem, RecordProblem};
use crate::regular_file::open_regular;
use std::collections::BTreeSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes of one record: a label and an image.
pub const RECORD_SIZE: usize = 1 + 3 * 32 * 32;

/// The largest record file that is read: ten times an official one.
const MAX_FILE_SIZE: u64 = 100_000 * RECORD_SIZE as u64;
/// The largest list of class names that is read.
const MAX_NAMES_SIZE: u64 = 64 * 1024;

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
        for needed in ["batches.meta.txt", "data_batch_1.bin", "test_batch.bin"] {
            let path = folder.join(needed);
            if !path.exists() {
                return Err(DataError::Missing { path });
            }
        }
        let train_files = batches(&folder)?;
        Ok(Self {
            train_files,
            test_file: folder.join("test_batch.bin"),
            class_names: read_class_names(&folder.join("batches.meta.txt"))?,
        })
    }

    /// Reads the training part, its batches one after another.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`], or [`DataError::Corrupt`] for a file that is not whole records or has a
    /// label above 9.
    pub fn train(&self) -> Result<LabelledData, DataError> {
        self.read(&self.train_files)
    }

    /// Reads the test part.
    ///
    /// # Errors
    ///
    /// As for [`train`](Self::train).
    pub fn test(&self) -> Result<LabelledData, DataError> {
        self.read(std::slice::from_ref(&self.test_file))
    }

    fn read(&self, paths: &[PathBuf]) -> Result<LabelledData, DataError> {
        // One allocation each: a growing vector would take twice the memory for a while.
        let n: u64 = paths.iter().map(|path| n_records(path)).sum();
        let mut labels = Vec::with_capacity(n as usize);
        let mut pixels = Vec::with_capacity(n as usize * IMAGE_SHAPE.size());
        for path in paths {
            read_records(path, &mut labels, &mut pixels)?;
        }
        Ok(LabelledData {
            features: Features::Images { pixels, shape: IMAGE_SHAPE },
            labels,
            class_names: self.class_names.clone(),
        })
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

/// The number of records according to the file's size; 0 for a file whose size is unknown.
fn n_records(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len().min(MAX_FILE_SIZE) / RECORD_SIZE as u64)
}

/// Reads the record at `index`, from 0: its label and its 3,072 pixels.
///
/// # Errors
///
/// [`DataError::Read`], or [`DataError::Corrupt`] when the file has no such record.
pub fn read_record(path: &Path, index: u64) -> Result<Vec<u8>, DataError> {
    let unreadable = DataError::read(path);
    let mut file = open_regular(path).map_err(&unreadable)?;
    let records = file.metadata().map_err(&unreadable)?.len() / RECORD_SIZE as u64;
    if index >= records {
        return Err(DataError::corrupt(
            path,
            RecordProblem::NoRecord { index, last: records.saturating_sub(1) },
        ));
    }
    file.seek(SeekFrom::Start(index * RECORD_SIZE as u64)).map_err(&unreadable)?;
    let mut record = vec![0; RECORD_SIZE];
    file.read_exact(&mut record).map_err(&unreadable)?;
    Ok(record)
}

fn read_class_names(path: &Path) -> Result<Vec<String>, DataError> {
    let bytes = read_limited(path, MAX_NAMES_SIZE)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().map(str::trim);
    let names: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if names.len() != N_CLASSES {
        let problem = RecordProblem::ClassNames { found: names.len(), expected: N_CLASSES };
        return Err(DataError::corrupt(path, problem));
    }
    Ok(names)
}

fn read_records(path: &Path, labels: &mut Vec<u32>, pixels: &mut Vec<u8>) -> Result<(), DataError> {
    let unreadable = DataError::read(path);
    let file = open_regular(path).map_err(&unreadable)?;
    let mut reader = BufReader::with_capacity(1 << 20, file.take(MAX_FILE_SIZE + 1));
    let mut record = [0; RECORD_SIZE];
    for index in 0.. {
        let read = fill(&mut reader, &mut record).map_err(&unreadable)?;
        if read < RECORD_SIZE {
            return check_end(path, index, read);
        }
        let [label, image @ ..] = &record;
        if usize::from(*label) >= N_CLASSES {
            return Err(DataError::corrupt(path, RecordProblem::Label { label: *label, record: index }));
        }
        labels.push(u32::from(*label));
        pixels.extend_from_slice(image);
    }
    Ok(())
}

/// Reads as many bytes as there are, up to the size of the buffer.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Checks a file that ends after `records` records and `rest` bytes of another one.
fn check_end(path: &Path, records: u64, rest: usize) -> Result<(), DataError> {
    let bytes = records * RECORD_SIZE as u64 + rest as u64;
    let problem = if bytes > MAX_FILE_SIZE {
        Problem::TooLarge { max: MAX_FILE_SIZE }
    } else if rest > 0 {
        RecordProblem::Truncated { bytes, records, record_size: RECORD_SIZE, rest }.into()
    } else if records == 0 {
        RecordProblem::Empty.into()
    } else {
        return Ok(());
    };
    Err(DataError::corrupt(path, problem))
}

/// Reads a whole file of at most `limit` bytes, so that a hostile file or an endless device cannot fill the memory.
fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, DataError> {
    let unreadable = DataError::read(path);
    let file = open_regular(path).map_err(&unreadable)?;
    let size = file.metadata().map_err(&unreadable)?.len();
    let mut bytes = Vec::with_capacity(size.min(limit) as usize + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(&unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(DataError::corrupt(path, Problem::TooLarge { max: limit }));
    }
    Ok(bytes)
}
