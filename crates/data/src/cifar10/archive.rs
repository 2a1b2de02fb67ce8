//! `cifar-10-binary.tar.gz`: from a download, or a file that is there, to a folder of records.
//!
//! An archive is checked as a whole before anything of it is unpacked, unpacked into a folder beside
//! the place where it belongs, read there as it will be read later, and only then renamed into place:
//! whenever this ends, the set is there whole or not at all.

use super::{Cifar10, FOLDER, RECORD_SIZE};
use crate::download::{Download, Patience};
use crate::error::DataError;
use crate::file_lock::FileLock;
use crate::progress::{Phase, Progress};
use crate::regular_file::open_regular;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use tar::{Archive, Entry, EntryType};

/// Where the official archive is.
pub const URL: &str = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
/// Its size in bytes.
pub const SIZE: u64 = 170_052_171;
/// Its SHA-256.
pub const SHA256: &str = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";

/// What the archive is called while and after it is downloaded.
const ARCHIVE_NAME: &str = "cifar-10-binary.tar.gz";
/// The most bytes that another archive may have.
const MAX_ARCHIVE_SIZE: u64 = 1 << 30;
/// The files of the set that hold records.
const RECORD_FILES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];
/// The other files of the set.
const TEXT_FILES: [&str; 2] = ["batches.meta.txt", "readme.html"];
/// The most bytes of a file of records, as the official ones have.
const MAX_RECORD_FILE: u64 = 10_000 * RECORD_SIZE as u64;
/// The most bytes of the other files.
const MAX_TEXT_FILE: u64 = 64 * 1024;
/// The most bytes that an archive may unpack to: all files and the headers between them.
const MAX_UNPACKED: u64 = 6 * MAX_RECORD_FILE + (1 << 20);

/// Where an archive comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveSource {
    /// An address.
    Url(String),
    /// A file that is there.
    File(PathBuf),
}

/// What an archive must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The official one, by size and SHA-256.
    Official,
    /// One with this SHA-256, in hexadecimal.
    Sha256(String),
    /// Anything that unpacks to a set.
    Unverified,
}

/// How to get the set.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Where the archive comes from.
    pub source: ArchiveSource,
    /// What it must be.
    pub checksum: Checksum,
    /// How patient a download is.
    pub patience: Patience,
}

/// What came of it: images of both parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Whether the set was there already.
    pub already: bool,
    /// Images of the training part.
    pub n_train: usize,
    /// Images of the test part.
    pub n_test: usize,
}

impl Fetch {
    /// Puts the set into `directory`, as `cifar-10-batches-bin/`, unless it is there.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`], [`DataError::Corrupt`] for an archive that is not what it must be or
    /// holds what it must not, or a set that is there and damaged; [`DataError::Busy`] when another
    /// process is at it; [`DataError::Write`].
    pub fn run(&self, directory: &Path, progress: &dyn Progress) -> Result<Fetched, DataError> {
        let target = directory.join(FOLDER);
        if target.symlink_metadata().is_ok() {
            clear(directory);
            return already_there(directory, &target);
        }
        fs::create_dir_all(directory).map_err(unwritable(directory))?;
        let lock = lock(directory)?;
        let fetched = self.run_alone(directory, &target, progress);
        let unlocked = lock.remove().map_err(unwritable(&directory.join(LOCK)));
        fetched.and_then(|fetched| unlocked.map(|()| fetched))
    }

    /// The work of [`Self::run`], with the lock held.
    fn run_alone(
        &self,
        directory: &Path,
        target: &Path,
        progress: &dyn Progress,
    ) -> Result<Fetched, DataError> {
        // Another process may have been faster.
        if target.symlink_metadata().is_ok() {
            return already_there(directory, target);
        }
        let (unpacked, fetched) = match &self.source {
            ArchiveSource::File(path) => self.verify_and_unpack(path, directory, progress)?,
            ArchiveSource::Url(url) => self.download_and_unpack(url, directory, progress)?,
        };
        fs::rename(unpacked.path().join(FOLDER), target).map_err(unwritable(target))?;
        if let ArchiveSource::Url(_) = self.source {
            let archive = directory.join(ARCHIVE_NAME);
            fs::remove_file(&archive).map_err(unwritable(&archive))?;
        }
        Ok(fetched)
    }

    fn verify_and_unpack(
        &self,
        archive: &Path,
        directory: &Path,
        progress: &dyn Progress,
    ) -> Result<(tempfile::TempDir, Fetched), DataError> {
        self.verify(archive, progress)?;
        let unpacked = unpack(archive, directory, progress)?;
        let fetched = count(unpacked.path())?;
        Ok((unpacked, fetched))
    }

    fn download_and_unpack(
        &self,
        url: &str,
        directory: &Path,
        progress: &dyn Progress,
    ) -> Result<(tempfile::TempDir, Fetched), DataError> {
        let archive = directory.join(ARCHIVE_NAME);
        if archive.is_file() {
            match self.verify_and_unpack(&archive, directory, progress) {
                // What an earlier call left is damaged: fetch it again.
                Err(DataError::Corrupt { .. }) => fs::remove_file(&archive).map_err(unwritable(&archive))?,
                other => return other,
            }
        }
        let partial = directory.join(format!("{ARCHIVE_NAME}.partial"));
        let max_size = if self.checksum == Checksum::Official { SIZE } else { MAX_ARCHIVE_SIZE };
        Download { url, max_size, patience: self.patience }.fetch(&partial, progress)?;
        // A damaged file would be gone on with for ever.
        let unpacked = match self.verify_and_unpack(&partial, directory, progress) {
            Err(DataError::Corrupt { problem, .. }) => {
                fs::remove_file(&partial).map_err(unwritable(&partial))?;
                let reason = format!("the file that came {problem}; it was deleted");
                return Err(DataError::Download { url: url.to_owned(), reason });
            }
            other => other?,
        };
        fs::rename(&partial, &archive).map_err(unwritable(&archive))?;
        Ok(unpacked)
    }

    fn verify(&self, path: &Path, progress: &dyn Progress) -> Result<(), DataError> {
        let size = open_regular(path).and_then(|file| file.metadata()).map_err(unreadable(path))?.len();
        let expected = match &self.checksum {
            Checksum::Unverified => return Ok(()),
            Checksum::Official if size != SIZE => {
                let problem = format!(
                    "is not the official archive: it has {size} bytes, must have {SIZE}; for another one give its checksum \
                     with `--sha256`, or waive it with `--no-verify`"
                );
                return Err(corrupt(path, problem));
            }
            Checksum::Official => SHA256,
            Checksum::Sha256(expected) => expected,
        };
        let found = sha256(path, size, progress)?;
        match found.eq_ignore_ascii_case(expected) {
            true => Ok(()),
            false => Err(corrupt(
                path,
                format!("is another archive than expected: its SHA-256 is {found}, must be {expected}"),
            )),
        }
    }
}

fn already_there(directory: &Path, target: &Path) -> Result<Fetched, DataError> {
    match count(directory) {
        Ok(counts) => Ok(Fetched { already: true, ..counts }),
        Err(error) => {
            let reason = error.to_string();
            Err(corrupt(
                target,
                format!("is there and damaged: {reason}; move it away and fetch the set again"),
            ))
        }
    }
}

/// Reads the whole set, as a training would.
fn count(directory: &Path) -> Result<Fetched, DataError> {
    let set = Cifar10::open(directory)?;
    Ok(Fetched { already: false, n_train: set.train()?.len(), n_test: set.test()?.len() })
}

/// The file that is locked while a process fetches.
const LOCK: &str = ".emberlab-fetch.lock";

/// Keeps other processes from fetching into the same folder.
fn lock(directory: &Path) -> Result<FileLock, DataError> {
    let path = directory.join(LOCK);
    let busy = || DataError::Busy { path: directory.to_owned() };
    FileLock::try_take(&path).map_err(unwritable(&path))?.ok_or_else(busy)
}

/// Deletes what killed processes left beside a set that is there, where the folder can be written and no process is at
/// work in it.
fn clear(directory: &Path) {
    if let Ok(Some(lock)) = FileLock::try_take(&directory.join(LOCK)) {
        // What cannot be deleted is in nobody's way.
        let _ = remove_leftovers(directory);
        let _ = lock.remove();
    }
}

/// The beginning of the names of folders that are unpacked to.
const TEMPORARY: &str = ".emberlab-unpack-";

/// Unpacks to a folder of its own in `directory`, which goes when it is dropped.
fn unpack(archive: &Path, directory: &Path, progress: &dyn Progress) -> Result<tempfile::TempDir, DataError> {
    remove_leftovers(directory)?;
    let folder =
        tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(directory).map_err(unwritable(directory))?;
    let file = open_regular(archive).map_err(unreadable(archive))?;
    let size = file.metadata().map_err(unreadable(archive))?.len();
    progress.begin(Phase::Unpack, Some(size));
    let counted = Counted { inner: file, read: 0, progress };
    let result = unpack_entries(archive, counted, folder.path());
    progress.end();
    result.map(|()| folder)
}

/// Unpacks the files of the set, and nothing else, from a compressed archive.
///
/// # Errors
///
/// [`DataError::Corrupt`] when the archive holds anything but the files of the set, in their folder,
/// each once and no larger than the official one, or is damaged; [`DataError::Write`].
pub fn unpack_entries(archive: &Path, compressed: impl Read, folder: &Path) -> Result<(), DataError> {
    let damaged = |error: io::Error| corrupt(archive, format!("is damaged or no `.tar.gz`: {error}"));
    let mut tar = Archive::new(GzDecoder::new(compressed).take(MAX_UNPACKED));
    let mut seen = BTreeSet::new();
    fs::create_dir_all(folder.join(FOLDER)).map_err(unwritable(folder))?;
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let Some(name) = file_name(&entry).map_err(|problem| corrupt(archive, problem))? else { continue };
        if !seen.insert(name) {
            return Err(corrupt(archive, format!("holds `{name}` twice")));
        }
        let path = folder.join(FOLDER).join(name);
        let mut file = File::create_new(&path).map_err(unwritable(&path))?;
        copy(&mut entry, &mut file, archive, &path)?;
        file.sync_all().map_err(unwritable(&path))?;
    }
    // The checksum stands at the end of the compressed data, behind what the archive needs.
    let mut rest = tar.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    if rest.limit() == 0 {
        return Err(corrupt(archive, format!("unpacks to more than {MAX_UNPACKED} bytes")));
    }
    match RECORD_FILES.iter().chain(&TEXT_FILES[..1]).find(|name| !seen.contains(**name)) {
        Some(missing) => Err(corrupt(archive, format!("does not hold `{FOLDER}/{missing}`"))),
        None => Ok(()),
    }
}

/// The name of an entry that is a file of the set; nothing for its folder. Anything else is refused.
fn file_name<R: Read>(entry: &Entry<'_, R>) -> Result<Option<&'static str>, String> {
    let path = entry.path().map_err(|error| format!("holds a name that is none: {error}"))?.into_owned();
    let shown = path.display().to_string();
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir => (),
            _ => return Err(format!("holds `{shown}`, which lies outside of its folder")),
        }
    }
    let kind = entry.header().entry_type();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (kind, parts.as_slice()) {
        (EntryType::Directory, [] | [FOLDER]) => Ok(None),
        (EntryType::XGlobalHeader, _) => Ok(None),
        (EntryType::Regular | EntryType::Continuous, [FOLDER, name]) => {
            let known = RECORD_FILES.iter().chain(&TEXT_FILES).find(|known| *known == name);
            let Some(known) = known else {
                return Err(format!("holds `{shown}`, which is no file of CIFAR-10"));
            };
            let limit = if RECORD_FILES.contains(known) { MAX_RECORD_FILE } else { MAX_TEXT_FILE };
            match entry.size() > limit {
                true => {
                    Err(format!("holds `{shown}` with {} bytes, must have at most {limit}", entry.size()))
                }
                false => Ok(Some(known)),
            }
        }
        (EntryType::Link | EntryType::Symlink, _) => Err(format!("holds `{shown}`, which is a link")),
        _ => Err(format!("holds `{shown}`, which is no file of CIFAR-10")),
    }
}

fn copy(from: &mut impl Read, to: &mut File, archive: &Path, path: &Path) -> Result<(), DataError> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => io::Write::write_all(to, &buffer[..read]).map_err(unwritable(path))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(corrupt(archive, format!("is damaged: {error}"))),
        }
    }
}

/// Deletes what earlier calls that were killed left behind; the lock keeps out those that live.
fn remove_leftovers(directory: &Path) -> Result<(), DataError> {
    for entry in fs::read_dir(directory).map_err(unreadable(directory))? {
        let entry = entry.map_err(unreadable(directory))?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_dir_all(entry.path()).map_err(unwritable(&entry.path()))?;
        }
    }
    Ok(())
}

fn sha256(path: &Path, size: u64, progress: &dyn Progress) -> Result<String, DataError> {
    progress.begin(Phase::Verify, Some(size));
    let mut reader = Counted { inner: open_regular(path).map_err(unreadable(path))?, read: 0, progress };
    let mut hasher = Sha256::new();
    let copied = io::copy(&mut reader, &mut hasher);
    progress.end();
    copied.map_err(unreadable(path))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Tells how much was read.
struct Counted<'a, R> {
    inner: R,
    read: u64,
    progress: &'a dyn Progress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        self.progress.reach(self.read);
        Ok(read)
    }
}

fn corrupt(path: &Path, problem: String) -> DataError {
    DataError::Corrupt { path: path.to_owned(), problem }
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> DataError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::NotFound => DataError::Missing { path: path.clone() },
        _ => DataError::Read { path: path.clone(), source },
    }
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> DataError {
    let path = path.to_owned();
    move |source| DataError::Write { path: path.clone(), source }
}
