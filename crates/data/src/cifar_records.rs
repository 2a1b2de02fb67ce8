//! Record files of CIFAR-10 and CIFAR-100: bytes of labels, then an image of 3,072 bytes.

use crate::error::DataError;
use crate::labelled_data::{Features, ImageShape, LabelledData};
use crate::problem::{Problem, RecordProblem};
use crate::regular_file::open_regular;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

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

    /// Reads all records of files, one file after another.
    pub fn read(&self, paths: &[PathBuf], class_names: &[String]) -> Result<LabelledData, DataError> {
        // One allocation each: a growing vector would take twice the memory for a while.
        let n: u64 = paths.iter().map(|path| self.n_records(path)).sum();
        let mut labels = Vec::with_capacity(n as usize);
        let mut pixels = Vec::with_capacity(n as usize * IMAGE_SHAPE.size());
        for path in paths {
            self.read_file(path, &mut labels, &mut pixels)?;
        }
        let features = Features::Images { pixels, shape: IMAGE_SHAPE };
        Ok(LabelledData { features, labels, class_names: class_names.to_vec() })
    }

    /// The number of records according to the file's size; 0 for a file whose size is unknown.
    fn n_records(&self, path: &Path) -> u64 {
        let size = |metadata: std::fs::Metadata| metadata.len().min(self.max_file_size());
        std::fs::metadata(path).map_or(0, size) / self.size() as u64
    }

    fn read_file(&self, path: &Path, labels: &mut Vec<u32>, pixels: &mut Vec<u8>) -> Result<(), DataError> {
        let unreadable = DataError::read(path);
        let file = open_regular(path).map_err(&unreadable)?;
        let mut reader = BufReader::with_capacity(1 << 20, file.take(self.max_file_size() + 1));
        let mut record = vec![0; self.size()];
        for index in 0.. {
            let read = fill(&mut reader, &mut record).map_err(&unreadable)?;
            if read < record.len() {
                return self.check_end(path, index, read);
            }
            let (of_record, image) = record.split_at(self.n_classes.len());
            for (&label, &n_classes) in of_record.iter().zip(self.n_classes) {
                if usize::from(label) >= n_classes {
                    let problem = RecordProblem::Label { label, record: index, last: n_classes - 1 };
                    return Err(DataError::corrupt(path, problem));
                }
            }
            labels.push(u32::from(of_record[self.label]));
            pixels.extend_from_slice(image);
        }
        Ok(())
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

    /// Checks a file that ends after `records` records and `rest` bytes of another one.
    fn check_end(&self, path: &Path, records: u64, rest: usize) -> Result<(), DataError> {
        let record_size = self.size();
        let bytes = records * record_size as u64 + rest as u64;
        let problem = if bytes > self.max_file_size() {
            Problem::TooLarge { max: self.max_file_size() }
        } else if rest > 0 {
            RecordProblem::Truncated { bytes, records, record_size, rest }.into()
        } else if records == 0 {
            RecordProblem::Empty.into()
        } else {
            return Ok(());
        };
        Err(DataError::corrupt(path, problem))
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
