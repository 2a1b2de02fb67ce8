//! Getting a published set from its files, which are downloaded or local.
//!
//! The files are verified before they are used. An archive is unpacked, and other files are copied, into a temporary folder
//! beside the target, read there as they will be read later, and renamed into place last: the set exists as a whole or not
//! at all.

use super::workspace::{LOCK, clear, lock, temporary_folder};
use super::{OfficialFile, PublishedSet, unpack_entries};
use crate::download::{Download, Patience};
use crate::error::DataError;
use crate::problem::{ArchiveProblem, DownloadProblem, Problem};
use crate::progress::{Phase, Progress, ProgressReader};
use crate::regular_file::open_regular;
use crate::text::hexadecimal;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most bytes of a file that is not the official one.
const MAX_FILE_SIZE: u64 = 1 << 30;

/// Where the files of a set come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchSource {
    /// An address: of the archive, or of the folder of the files where there are several.
    Url(String),
    /// A local file, or the folder of the files where there are several.
    File(PathBuf),
}

/// How the files are verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// By the official files' sizes and SHA-256.
    Official,
    /// By this SHA-256, in hexadecimal, for a set in one archive.
    Sha256(String),
    /// Not at all.
    Unverified,
}

/// Fetches a set.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// The set.
    pub set: PublishedSet,
    /// Where its files come from.
    pub source: FetchSource,
    /// How they are verified.
    pub checksum: Checksum,
    /// Timeouts and retries of downloads.
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

/// A file on its way into the directory of data.
struct Arrival {
    official: &'static OfficialFile,
    /// Its address; `None` for a local file.
    url: Option<String>,
    /// Where it is once it is whole.
    path: PathBuf,
}

impl Arrival {
    /// Where it is while it is downloaded.
    fn partial(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".partial");
        name.into()
    }

    /// Deletes a downloaded file that is damaged, so that no later call reads or resumes it.
    fn refuse(&self, path: &Path, problem: Problem) -> DataError {
        let Some(url) = &self.url else { return DataError::corrupt(path, problem) };
        match fs::remove_file(path) {
            Err(error) => DataError::write(path)(error),
            Ok(()) => {
                let problem = DownloadProblem::Damaged { problem: Box::new(problem) };
                DataError::Download { url: url.clone(), problem }
            }
        }
    }
}

impl Fetch {
    /// Creates the set's folder in `directory`, unless it exists.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`]; [`DataError::Corrupt`] for a file that fails its verification or is not the set's, and for
    /// an existing set that is damaged; [`DataError::Busy`] while another process fetches into `directory`;
    /// [`DataError::Write`].
    pub fn run(&self, directory: &Path, progress: &dyn Progress) -> Result<Fetched, DataError> {
        let target = directory.join(self.set.folder());
        if target.symlink_metadata().is_ok() {
            clear(directory);
            return self.already_there(directory, &target);
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
            return self.already_there(directory, target);
        }
        let arrivals = self.arrivals(directory);
        // A file that an earlier call downloaded may be damaged. It is then deleted, and downloaded once more.
        let left_by_earlier_call =
            arrivals.iter().any(|arrival| arrival.url.is_some() && arrival.path.is_file());
        let (unpacked, fetched) = match self.obtain(&arrivals, directory, progress) {
            Err(DataError::Download { problem: DownloadProblem::Damaged { .. }, .. })
                if left_by_earlier_call =>
            {
                self.obtain(&arrivals, directory, progress)?
            }
            other => other?,
        };
        fs::rename(unpacked.path().join(self.set.folder()), target).map_err(DataError::write(target))?;
        for arrival in arrivals.iter().filter(|arrival| arrival.url.is_some()) {
            fs::remove_file(&arrival.path).map_err(DataError::write(&arrival.path))?;
        }
        Ok(fetched)
    }

    /// The files of the set, and where each of them comes from.
    fn arrivals(&self, directory: &Path) -> Vec<Arrival> {
        let is_archive = self.set.archive().is_some();
        let arrival = |official: &'static OfficialFile| match &self.source {
            FetchSource::File(path) if is_archive => Arrival { official, url: None, path: path.clone() },
            FetchSource::File(folder) => Arrival { official, url: None, path: folder.join(official.name) },
            FetchSource::Url(url) if is_archive => {
                Arrival { official, url: Some(url.clone()), path: directory.join(official.name) }
            }
            FetchSource::Url(base) => Arrival {
                official,
                url: Some(format!("{}/{}", base.trim_end_matches('/'), official.name)),
                // MNIST and Fashion-MNIST have files of the same names.
                path: directory.join(format!("{}-{}", self.set.folder(), official.name)),
            },
        };
        self.set.files().iter().map(arrival).collect()
    }

    /// Downloads the files that are missing, verifies all, and unpacks or copies them.
    fn obtain(
        &self,
        arrivals: &[Arrival],
        directory: &Path,
        progress: &dyn Progress,
    ) -> Result<(tempfile::TempDir, Fetched), DataError> {
        for arrival in arrivals {
            let is_whole = arrival.path.is_file();
            let partial = arrival.partial();
            let path = match &arrival.url {
                Some(url) if !is_whole => {
                    let official = self.checksum == Checksum::Official;
                    let max_size = if official { arrival.official.size } else { MAX_FILE_SIZE };
                    Download { url, max_size, patience: self.patience }.fetch(&partial, progress)?;
                    &partial
                }
                _ => &arrival.path,
            };
            match self.verify(path, arrival.official, progress) {
                Err(DataError::Corrupt { problem, .. }) => return Err(arrival.refuse(path, problem)),
                other => other?,
            }
            if path == &partial {
                fs::rename(&partial, &arrival.path).map_err(DataError::write(&arrival.path))?;
            }
        }
        let unpacked = temporary_folder(directory)?;
        let filled = self.fill(arrivals, unpacked.path(), progress);
        match filled.and_then(|()| self.count(unpacked.path())) {
            Ok(fetched) => Ok((unpacked, fetched)),
            Err(DataError::Corrupt { path, problem }) => {
                let is_guilty = |arrival: &&Arrival| path.file_name() == Some(arrival.official.name.as_ref());
                let guilty = arrivals.iter().find(is_guilty).or(arrivals.first());
                match guilty {
                    Some(arrival) if arrival.url.is_some() => Err(arrival.refuse(&arrival.path, problem)),
                    Some(arrival) if self.set.archive().is_none() => {
                        Err(DataError::corrupt(&arrival.path, problem))
                    }
                    _ => Err(DataError::corrupt(&path, problem)),
                }
            }
            Err(other) => Err(other),
        }
    }

    /// Unpacks or copies the files into the set's folder in `folder`.
    fn fill(&self, arrivals: &[Arrival], folder: &Path, progress: &dyn Progress) -> Result<(), DataError> {
        for arrival in arrivals {
            let path = &arrival.path;
            let file = open_regular(path).map_err(DataError::open(path))?;
            let size = file.metadata().map_err(DataError::open(path))?.len();
            progress.begin(Phase::Unpack, Some(size));
            let counted = ProgressReader::new(file, progress);
            let result = match self.set.archive() {
                Some(layout) => unpack_entries(&layout, path, counted, folder),
                None => copy(counted, path, &folder.join(self.set.folder()), arrival.official.name),
            };
            progress.end();
            result?;
        }
        Ok(())
    }

    fn verify(&self, path: &Path, official: &OfficialFile, progress: &dyn Progress) -> Result<(), DataError> {
        let size = open_regular(path).and_then(|file| file.metadata()).map_err(DataError::open(path))?.len();
        let expected = match &self.checksum {
            Checksum::Unverified => return Ok(()),
            Checksum::Official if size != official.size => {
                let is_archive = self.set.archive().is_some();
                let problem =
                    ArchiveProblem::NotOfficial { found: size, expected: official.size, is_archive };
                return Err(DataError::corrupt(path, problem));
            }
            Checksum::Official => official.sha256,
            Checksum::Sha256(expected) => expected,
        };
        let found = sha256(path, size, progress)?;
        if found.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        Err(DataError::corrupt(path, ArchiveProblem::Checksum { found, expected: expected.to_owned() }))
    }

    fn already_there(&self, directory: &Path, target: &Path) -> Result<Fetched, DataError> {
        let damaged = |error: DataError| ArchiveProblem::DamagedSet { reason: error.to_string() };
        match self.count(directory) {
            Ok(counts) => Ok(Fetched { already: true, ..counts }),
            Err(error) => Err(DataError::corrupt(target, damaged(error))),
        }
    }

    /// Reads the whole set and counts its images.
    fn count(&self, directory: &Path) -> Result<Fetched, DataError> {
        let (train, test) = self.set.read(directory)?;
        Ok(Fetched { already: false, n_train: train.len(), n_test: test.len() })
    }
}

/// Copies a file of at most `MAX_FILE_SIZE` bytes into `folder`.
fn copy(from: impl Read, path: &Path, folder: &Path, name: &str) -> Result<(), DataError> {
    fs::create_dir_all(folder).map_err(DataError::write(folder))?;
    let to = folder.join(name);
    let mut file = File::create_new(&to).map_err(DataError::write(&to))?;
    let mut bytes = from.take(MAX_FILE_SIZE + 1);
    io::copy(&mut bytes, &mut file).map_err(DataError::write(&to))?;
    if bytes.limit() == 0 {
        return Err(DataError::corrupt(path, Problem::TooLarge { max: MAX_FILE_SIZE }));
    }
    file.sync_all().map_err(DataError::write(&to))
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
