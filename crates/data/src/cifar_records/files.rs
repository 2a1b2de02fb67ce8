//! The record files of a part of a set.

use super::{IMAGE_SHAPE, RecordFormat};
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::{Problem, RecordProblem};
use crate::regular_file::open_regular;
use crate::splits::Part;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// Files whose records follow one another.
pub(crate) struct RecordFiles {
    format: RecordFormat,
    class_names: Vec<String>,
    files: Vec<RecordFile>,
}

struct RecordFile {
    path: PathBuf,
    n_records: usize,
}

impl RecordFiles {
    /// Checks that each file is whole records.
    pub fn open(format: RecordFormat, paths: &[PathBuf], class_names: &[String]) -> Result<Self, DataError> {
        let files = paths.iter().map(|path| {
            let unreadable = DataError::read(path);
            let file = open_regular(path).map_err(&unreadable)?;
            let size = file.metadata().map_err(&unreadable)?.len();
            Ok(RecordFile { path: path.clone(), n_records: n_records(format, path, size)? })
        });
        Ok(Self {
            format,
            class_names: class_names.to_vec(),
            files: files.collect::<Result<_, DataError>>()?,
        })
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.files.iter().map(|file| file.n_records).sum()
    }

    /// Reads all records.
    pub fn read(self) -> Result<LabelledData, DataError> {
        let rows: Vec<usize> = (0..self.len()).collect();
        self.read_rows(&rows)
    }

    /// Reads the records at `rows`, in their order, or all.
    pub fn read_part(self, rows: Option<Vec<usize>>) -> Result<Part, DataError> {
        let rows = rows.unwrap_or_else(|| (0..self.len()).collect());
        Ok(Part { samples: self.read_rows(&rows)?, rows })
    }

    /// Reads every record, and keeps those at `rows`, which are different ones.
    fn read_rows(self, rows: &[usize]) -> Result<LabelledData, DataError> {
        let mut places: Vec<(usize, usize)> = rows.iter().copied().zip(0..).collect();
        places.sort_unstable();
        let mut places = places.into_iter().peekable();
        let mut labels = vec![0; rows.len()];
        let mut pixels = vec![0; rows.len() * IMAGE_SHAPE.size()];
        let mut records = 0..;
        for RecordFile { path, n_records } in self.files {
            let file = open_regular(&path).map_err(DataError::read(&path))?;
            let mut reader = BufReader::with_capacity(1 << 20, file);
            let mut record = vec![0; self.format.size()];
            for (index, row) in (0..n_records).zip(&mut records) {
                reader.read_exact(&mut record).map_err(|error| unread(&path, error))?;
                let label = self.format.label_of(&record, index, &path)?;
                if let Some((_, place)) = places.next_if(|(wanted, _)| *wanted == row) {
                    labels[place] = label;
                    let image = &mut pixels[place * IMAGE_SHAPE.size()..][..IMAGE_SHAPE.size()];
                    image.copy_from_slice(self.format.image(&record));
                }
            }
        }
        let features = Features::Images { pixels, shape: IMAGE_SHAPE };
        Ok(LabelledData { features, labels, class_names: self.class_names })
    }
}

/// The error of a record that is not read.
fn unread(path: &Path, error: io::Error) -> DataError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => DataError::corrupt(path, RecordProblem::Shortened),
        _ => DataError::read(path)(error),
    }
}

/// The number of records of a file of `size` bytes.
fn n_records(format: RecordFormat, path: &Path, size: u64) -> Result<usize, DataError> {
    let record_size = format.size();
    let (records, rest) = (size / record_size as u64, (size % record_size as u64) as usize);
    let problem = if size > format.max_file_size() {
        Problem::TooLarge { max: format.max_file_size() }
    } else if rest > 0 {
        RecordProblem::Truncated { bytes: size, records, record_size, rest }.into()
    } else if records == 0 {
        RecordProblem::Empty.into()
    } else {
        return Ok(records as usize);
    };
    Err(DataError::corrupt(path, problem))
}
