//! Getting CIFAR-10 from its archive, `cifar-10-binary.tar.gz`, which is downloaded or a local file.
//!
//! The archive is verified before it is unpacked. It is unpacked into a temporary folder beside the target, read there
//! as it will be read later, and renamed into place last: the set exists as a whole or not at all.

pub use super::unpack::unpack_entries;

use super::{Cifar10, FOLDER};
use crate::download::{Download, Patience};
use crate::error::DataError;
use crate::file_lock::FileLock;
use crate::problem::{ArchiveProblem, DownloadProblem};
use crate::progress::{Phase, Progress, ProgressReader};
use crate::regular_file::open_regular;
use crate::text::hexadecimal;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The address of the official archive.
pub const URL: &str = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
/// Its size in bytes.
pub const SIZE: u64 = 170_052_171;
/// Its SHA-256.
pub const SHA256: &str = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";

/// The archive's name while and after it is downloaded.
const ARCHIVE_NAME: &str = "cifar-10-binary.tar.gz";
/// The most bytes of an archive that is not the official one.
const MAX_ARCHIVE_SIZE: u64 = 1 << 30;
/// Where an archive comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveSource {
    /// An address.
    Url(String),
    /// A local file.
    File(PathBuf),
}

/// How an archive is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// By the official archive's size and SHA-256.
    Official,
    /// By this SHA-256, in hexadecimal.
    Sha256(String),
    /// Not at all.
    Unverified,
}

/// Fetches the set.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Where the archive comes from.
    pub source: ArchiveSource,
    /// How it is verified.
    pub checksum: Checksum,
    /// Timeouts and retries of the download.
    pub patience: Patience,
}

/// The set that was fetched, with the number of images in each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Whether the set existed already.
    pub already: bool,
    /// Images of the training part.
    pub n_train: usize,
    /// Images of the test part.
    pub n_test: usize,
}

impl Fetch {
    /// Creates `cifar-10-batches-bin/` in `directory`, unless it exists.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`]; [`DataError::Corrupt`] for an archive that fails its verification or holds other
    /// files than the set's, and for an existing set that is damaged; [`DataError::Busy`] while another process fetches
    /// into `directory`; [`DataError::Write`].
    pub fn run(&self, directory: &Path, progress: &dyn Progress) -> Result<Fetched, DataError> {
        let target = directory.join(FOLDER);
        if target.symlink_metadata().is_ok() {
            clear(directory);
            return already_there(directory, &target);
        }
        fs::create_dir_all(directory).map_err(DataError::write(directory))?;
        let lock = lock(directory)?;
        let fetched = self.run_alone(directory, &target, progress);
        let unlocked = lock.remove().map_err(DataError::write(&directory.join(LOCK)));
        fetched.and_then(|fetched| unlocked.map(|()| fetched))
    }

    /// The work of [`Self::run`], with the lock held.
    fn run_alone(
        &self,
        directory: &Path,
        target: &Path,
        progress: &dyn Progress,
    ) -> Result<Fetched, DataError> {
        // Another process may have finished before the lock was taken.
        if target.symlink_metadata().is_ok() {
            return already_there(directory, target);
        }
        let (unpacked, fetched) = match &self.source {
            ArchiveSource::File(path) => self.verify_and_unpack(path, directory, progress)?,
            ArchiveSource::Url(url) => self.download_and_unpack(url, directory, progress)?,
        };
        fs::rename(unpacked.path().join(FOLDER), target).map_err(DataError::write(target))?;
        if let ArchiveSource::Url(_) = self.source {
            let archive = directory.join(ARCHIVE_NAME);
            fs::remove_file(&archive).map_err(DataError::write(&archive))?;
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
                // The archive of an earlier call is damaged: fetch it again.
                Err(DataError::Corrupt { .. }) => {
                    fs::remove_file(&archive).map_err(DataError::write(&archive))?
                }
                other => return other,
            }
        }
        let partial = directory.join(format!("{ARCHIVE_NAME}.partial"));
        let max_size = if self.checksum == Checksum::Official { SIZE } else { MAX_ARCHIVE_SIZE };
        Download { url, max_size, patience: self.patience }.fetch(&partial, progress)?;
        // Every later call would resume a damaged file.
        let unpacked = match self.verify_and_unpack(&partial, directory, progress) {
            Err(DataError::Corrupt { problem, .. }) => {
                fs::remove_file(&partial).map_err(DataError::write(&partial))?;
                let problem = DownloadProblem::Damaged { problem: Box::new(problem) };
                return Err(DataError::Download { url: url.to_owned(), problem });
            }
            other => other?,
        };
        fs::rename(&partial, &archive).map_err(DataError::write(&archive))?;
        Ok(unpacked)
    }

    fn verify(&self, path: &Path, progress: &dyn Progress) -> Result<(), DataError> {
        let size = open_regular(path).and_then(|file| file.metadata()).map_err(DataError::open(path))?.len();
        let expected = match &self.checksum {
            Checksum::Unverified => return Ok(()),
            Checksum::Official if size != SIZE => {
                let problem = ArchiveProblem::NotOfficial { found: size, expected: SIZE };
                return Err(DataError::corrupt(path, problem));
            }
            Checksum::Official => SHA256,
            Checksum::Sha256(expected) => expected,
        };
        let found = sha256(path, size, progress)?;
        if found.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        Err(DataError::corrupt(path, ArchiveProblem::Checksum { found, expected: expected.to_owned() }))
    }
}

fn already_there(directory: &Path, target: &Path) -> Result<Fetched, DataError> {
    let damaged = |error: DataError| ArchiveProblem::DamagedSet { reason: error.to_string() };
    match count(directory) {
        Ok(counts) => Ok(Fetched { already: true, ..counts }),
        Err(error) => Err(DataError::corrupt(target, damaged(error))),
    }
}

/// Reads the whole set and counts its images.
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
    FileLock::try_take(&path).map_err(DataError::write(&path))?.ok_or_else(busy)
}

/// Deletes leftovers of killed processes beside an existing set, where the folder is writable and no other process
/// holds the lock.
fn clear(directory: &Path) {
    if let Ok(Some(lock)) = FileLock::try_take(&directory.join(LOCK)) {
        // Leftovers do no harm where they cannot be deleted.
        let _ = remove_leftovers(directory);
        let _ = lock.remove();
    }
}

/// The prefix of the names of temporary folders.
const TEMPORARY: &str = ".emberlab-unpack-";

/// Unpacks to a new temporary folder in `directory`.
fn unpack(archive: &Path, directory: &Path, progress: &dyn Progress) -> Result<tempfile::TempDir, DataError> {
    remove_leftovers(directory)?;
    let folder = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempdir_in(directory)
        .map_err(DataError::write(directory))?;
    let file = open_regular(archive).map_err(DataError::open(archive))?;
    let size = file.metadata().map_err(DataError::open(archive))?.len();
    progress.begin(Phase::Unpack, Some(size));
    let counted = ProgressReader::new(file, progress);
    let result = unpack_entries(archive, counted, folder.path());
    progress.end();
    result.map(|()| folder)
}

/// Deletes the temporary folders of killed processes. The caller holds the lock, so no other process uses them.
fn remove_leftovers(directory: &Path) -> Result<(), DataError> {
    for entry in fs::read_dir(directory).map_err(DataError::open(directory))? {
        let entry = entry.map_err(DataError::open(directory))?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_dir_all(entry.path()).map_err(DataError::write(&entry.path()))?;
        }
    }
    Ok(())
}

fn sha256(path: &Path, size: u64, progress: &dyn Progress) -> Result<String, DataError> {
    progress.begin(Phase::Verify, Some(size));
    let mut reader = ProgressReader::new(open_regular(path).map_err(DataError::open(path))?, progress);
    let mut hasher = Sha256::new();
    let copied = io::copy(&mut reader, &mut hasher);
    progress.end();
    copied.map_err(DataError::open(path))?;
    Ok(hexadecimal(&hasher.finalize()))
}
