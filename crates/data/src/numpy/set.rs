//! A set of named arrays: a `.npz` file, which is a ZIP archive of `.npy` files, or a folder of `.npy` files.

use super::array::Array;
use super::header::{Failure, MAGIC, up_to};
use crate::error::DataError;
use crate::problem::NumpyProblem;
use crate::progress::{Phase, Progress, ProgressReader};
use crate::regular_file::open_regular;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// The signature of an entry in an archive's list of entries.
const ENTRY: &[u8] = b"PK\x01\x02";
/// The bytes of such an entry before its name.
const ENTRY_SIZE: usize = 46;

/// A set that was opened.
pub(super) struct ArraySet {
    path: PathBuf,
    /// The archive; `None` for a folder.
    archive: Option<ZipArchive<BufReader<File>>>,
    /// The names of the arrays, sorted.
    pub names: Vec<String>,
}

impl ArraySet {
    /// Opens a set and lists its arrays.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        if path.is_dir() {
            let names = folder_names(path)?;
            return Ok(Self { path: path.to_owned(), archive: None, names });
        }
        let corrupt = |problem| DataError::corrupt(path, problem);
        let mut file = BufReader::new(open(path)?);
        let start = up_to(&mut file, MAGIC.len()).map_err(DataError::read(path))?;
        if start == MAGIC {
            return Err(corrupt(NumpyProblem::SingleArray));
        }
        if !start.starts_with(b"PK") {
            return Err(corrupt(NumpyProblem::NotNpz));
        }
        let archive = ZipArchive::new(file).map_err(|error| failed(path, error))?;
        let (n, directory) = (archive.len() as u64, archive.central_directory_start());
        // The library keeps one of several entries of a name.
        if entries(open(path)?, directory).map_err(DataError::read(path))? != n {
            return Err(corrupt(NumpyProblem::Duplicate));
        }
        let mut names = Vec::new();
        for entry in archive.file_names() {
            let is_plain = !entry.is_empty() && !entry.starts_with('.') && !entry.contains(['\\', ':', '\0']);
            if !is_plain || entry.split('/').any(|part| part == ".." || part.is_empty()) {
                return Err(corrupt(NumpyProblem::EntryName { name: entry.to_owned() }));
            }
            names.extend(entry.strip_suffix(".npy").map(str::to_owned));
        }
        names.sort();
        Ok(Self { path: path.to_owned(), archive: Some(archive), names })
    }

    /// Reads the array of a name.
    pub fn read(&mut self, name: &str, progress: &dyn Progress) -> Result<Array, DataError> {
        let wrong = |path: &Path, problem| DataError::corrupt(path, of_array(name, problem));
        if !self.names.iter().any(|known| known == name) {
            let problem = NumpyProblem::NoArray { wanted: name.to_owned(), found: self.names.clone() };
            return Err(DataError::corrupt(&self.path, problem));
        }
        let path = &self.path;
        let Some(archive) = &mut self.archive else {
            return read_array(&path.join(format!("{name}.npy")), progress);
        };
        let entry = format!("{name}.npy");
        let index = archive.index_for_name(&entry).unwrap_or(usize::MAX);
        let raw = archive.by_index_raw(index).map_err(|error| failed(path, error))?;
        if raw.encrypted() {
            return Err(wrong(path, NumpyProblem::Encrypted));
        }
        let (method, size) = (raw.compression(), raw.size());
        if !matches!(method, zip::CompressionMethod::Stored | zip::CompressionMethod::Deflated) {
            return Err(wrong(path, NumpyProblem::Compression { method: method.to_string() }));
        }
        drop(raw);
        let stream = archive.by_index(index).map_err(|error| failed(path, error))?;
        progress.begin(Phase::Read, Some(size));
        let read = Array::read(&mut ProgressReader::new(stream, progress));
        progress.end();
        read.map_err(|failure| match failure {
            Failure::Problem(problem) => wrong(path, problem),
            Failure::Io(error) if is_damage(&error) => {
                wrong(path, NumpyProblem::Damaged { reason: error.to_string() })
            }
            Failure::Io(error) => DataError::read(path)(error),
        })
    }
}

/// Reads the array of a `.npy` file.
pub(super) fn read_array(path: &Path, progress: &dyn Progress) -> Result<Array, DataError> {
    let file = open(path)?;
    let size = file.metadata().map_err(DataError::read(path))?.len();
    progress.begin(Phase::Read, Some(size));
    let read = Array::read(&mut ProgressReader::new(BufReader::new(file), progress));
    progress.end();
    read.map_err(|failure| match failure {
        Failure::Problem(problem) => DataError::corrupt(path, problem),
        Failure::Io(error) => DataError::read(path)(error),
    })
}

/// The problem of one array of a set.
pub(super) fn of_array(name: &str, problem: NumpyProblem) -> NumpyProblem {
    NumpyProblem::Array { array: name.to_owned(), problem: Box::new(problem) }
}

fn open(path: &Path) -> Result<File, DataError> {
    open_regular(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => {
            DataError::corrupt(path, NumpyProblem::NotRegular { reason: error.to_string() })
        }
        _ => DataError::open(path)(error),
    })
}

fn failed(path: &Path, error: ZipError) -> DataError {
    match error {
        ZipError::Io(error) if !is_damage(&error) => DataError::read(path)(error),
        error => DataError::corrupt(path, NumpyProblem::Damaged { reason: error.to_string() }),
    }
}

fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof | ErrorKind::Other
    )
}

/// Counts the entries that an archive lists.
fn entries(file: File, directory: u64) -> io::Result<u64> {
    let mut file = BufReader::new(file);
    file.seek(SeekFrom::Start(directory))?;
    let mut n = 0;
    loop {
        let head = up_to(&mut file, ENTRY_SIZE)?;
        if head.len() < ENTRY_SIZE || !head.starts_with(ENTRY) {
            return Ok(n);
        }
        n += 1;
        let rest: u64 =
            [28, 30, 32].map(|at| u64::from(u16::from_le_bytes([head[at], head[at + 1]]))).iter().sum();
        io::copy(&mut (&mut file).take(rest), &mut io::sink())?;
    }
}

fn folder_names(folder: &Path) -> Result<Vec<String>, DataError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(DataError::open(folder))? {
        let name = entry.map_err(DataError::read(folder))?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".npy")).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
