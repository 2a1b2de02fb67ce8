//! Record files of CIFAR-10 and CIFAR-100: bytes of labels, then an image of 3,072 bytes.

mod files;

pub(crate) use files::RecordFiles;

use crate::error::DataError;
use crate::labelled_data::ImageShape;
use crate::problem::{Problem, RecordProblem};
use crate::regular_file::open_regular;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The shape of every image: `[3, 32, 32]`.
pub const IMAGE_SHAPE: ImageShape = ImageShape { channels: 3, height: 32, width: 32 };

/// The most records of a file: ten times those of CIFAR-10's files, and twice those of CIFAR-100's.
const MAX_RECORDS: u64 = 100_000;
/// The largest list of class names that is read.
const MAX_NAMES_SIZE: u64 = 64 * 1024;

/// The layout of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordFormat {
    /// The number of classes of each label; a label is a byte.
    pub n_classes: &'static [usize],
    /// The label that is the class.
    pub label: usize,
}

impl RecordFormat {
    /// Bytes of a record.
    pub fn size(&self) -> usize {
        self.n_classes.len() + IMAGE_SHAPE.size()
    }

    fn max_file_size(&self) -> u64 {
        MAX_RECORDS * self.size() as u64
    }

    /// The class of the record at `index` of a file.
    fn label_of(&self, record: &[u8], index: usize, path: &Path) -> Result<u32, DataError> {
        for (&label, &n_classes) in record.iter().zip(self.n_classes) {
            if usize::from(label) >= n_classes {
                let problem = RecordProblem::Label { label, record: index as u64, last: n_classes - 1 };
                return Err(DataError::corrupt(path, problem));
            }
        }
        Ok(u32::from(record[self.label]))
    }

    /// The pixels of a record.
    fn image<'a>(&self, record: &'a [u8]) -> &'a [u8] {
        &record[self.n_classes.len()..]
    }

    /// Reads the pixels of the record at `index`, from 0.
    pub fn read_image(&self, path: &Path, index: u64) -> Result<Vec<u8>, DataError> {
        let unreadable = DataError::read(path);
        let mut file = open_regular(path).map_err(&unreadable)?;
        let size = self.size() as u64;
        let records = file.metadata().map_err(&unreadable)?.len() / size;
        if index >= records {
            let problem = RecordProblem::NoRecord { index, last: records.saturating_sub(1) };
            return Err(DataError::corrupt(path, problem));
        }
        let start = index * size + self.n_classes.len() as u64;
        file.seek(SeekFrom::Start(start)).map_err(&unreadable)?;
        let mut image = vec![0; IMAGE_SHAPE.size()];
        file.read_exact(&mut image).map_err(&unreadable)?;
        Ok(image)
    }
}

/// Returns an error with the first file of a folder that does not exist.
pub(crate) fn check_present(folder: &Path, needed: &[&str]) -> Result<(), DataError> {
    let missing = needed.iter().map(|name| folder.join(name)).find(|path| !path.exists());
    missing.map_or(Ok(()), |path| Err(DataError::Missing { path }))
}

/// Reads a list of class names, a line each.
pub(crate) fn read_class_names(path: &Path, n_classes: usize) -> Result<Vec<String>, DataError> {
    let bytes = read_limited(path, MAX_NAMES_SIZE)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().map(str::trim);
    let names: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if names.len() != n_classes {
        let problem = RecordProblem::ClassNames { found: names.len(), expected: n_classes };
        return Err(DataError::corrupt(path, problem));
    }
    Ok(names)
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
