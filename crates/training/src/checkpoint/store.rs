//! The checkpoints of a run.

use super::{Checkpoint, RunIdentity, StoredCheckpoint};
use crate::error::Error;
use emberlab_data::open_regular;
use emberlab_data::text::hexadecimal;
use emberlab_run::atomic;
use rmp_serde::encode::Error as EncodeError;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The beginning of a checkpoint's first line; the format's number, a space and a checksum follow.
const MAGIC: &[u8] = b"emberlab checkpoint ";
/// The number of this format.
const FORMAT: &str = "6";
/// Hexadecimal digits of a SHA-256.
const CHECKSUM_SIZE: usize = 64;
/// The largest file that is read: weights, two moments and the best weights of the largest network.
const MAX_FILE_SIZE: u64 = 1 << 33;
/// The extension of a checkpoint's name.
const EXTENSION: &str = "ckpt";

/// The folder of a run's checkpoints.
#[derive(Clone, Debug)]
pub struct CheckpointStore {
    folder: PathBuf,
    keep: usize,
}

/// The result of looking for a checkpoint.
#[derive(Debug)]
pub struct Newest {
    /// The newest checkpoint that can be used, if there is one.
    pub checkpoint: Option<StoredCheckpoint>,
    /// The newer ones that cannot, the newest first.
    pub unfit: Vec<(PathBuf, Unfit)>,
}

/// The reason why a checkpoint cannot be used, as the end of a sentence.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The system does not read the file, which may be whole.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// A file that is not a checkpoint.
    #[error("is no checkpoint")]
    NotACheckpoint,
    /// A checkpoint of another format.
    #[error("has format {0} of another version of emberlab; this one reads format {FORMAT}")]
    OtherFormat(u16),
    /// A first line that says something else.
    #[error("is damaged in its first line")]
    DamagedHeader,
    /// A file that ends in its first line.
    #[error("is truncated")]
    Truncated,
    /// Bytes that have another checksum than the one in the first line.
    #[error("is damaged: its checksum is another one")]
    Damaged,
    /// Fields that this version does not have, or others missing.
    #[error("holds other fields than a checkpoint of this version")]
    OtherFields,
    /// A checkpoint that does not fit its run, as the caller found.
    #[error("{0}")]
    OfAnotherRun(String),
}

#[derive(Serialize)]
struct Stored<'a> {
    run: &'a RunIdentity,
    training: &'a Checkpoint,
}

impl CheckpointStore {
    /// The checkpoints in `folder`, of which the newest `keep` are kept. Nothing is written yet.
    pub fn new(folder: PathBuf, keep: usize) -> Self {
        Self { folder, keep }
    }

    /// Writes a checkpoint. Deletes the oldest beyond `keep`, and all of later updates than this one, which were passed over
    /// because they cannot be used.
    ///
    /// # Errors
    ///
    /// [`Error::Run`]; the earlier checkpoints are then untouched.
    pub fn save(&self, run: &RunIdentity, checkpoint: &Checkpoint) -> Result<(), Error> {
        fs::create_dir_all(&self.folder).map_err(Error::write(&self.folder))?;
        let stored = Stored { run, training: checkpoint };
        // Encoded twice, so that no copy of all weights is held in memory.
        let mut hasher = Sha256::new();
        encode_into(&stored, &mut hasher).map_err(Error::encode("a checkpoint"))?;
        let checksum = hexadecimal(&hasher.finalize());
        let path = self.folder.join(format!("{:012}.{EXTENSION}", checkpoint.state.updates));
        atomic::write_with(&path, |out| {
            out.write_all(MAGIC)?;
            writeln!(out, "{FORMAT} {checksum}")?;
            encode_into(&stored, out).map_err(|error| match error {
                EncodeError::InvalidValueWrite(error) => error.into(),
                error => io::Error::other(error),
            })
        })?;
        let (later, known): (Vec<PathBuf>, Vec<PathBuf>) =
            self.paths()?.into_iter().partition(|other| other.file_name() > path.file_name());
        for old in later.iter().chain(known.iter().skip(self.keep)) {
            fs::remove_file(old).map_err(Error::write(old))?;
        }
        Ok(())
    }

    /// The newest whole checkpoint for which `fits` returns no reason against it.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] when the folder cannot be read, and the errors of `fits`.
    pub fn newest(
        &self,
        mut fits: impl FnMut(&StoredCheckpoint) -> Result<Result<(), String>, Error>,
    ) -> Result<Newest, Error> {
        let mut unfit = Vec::new();
        for path in self.paths()? {
            let reason = match read(&path) {
                Ok(checkpoint) => match fits(&checkpoint)? {
                    Ok(()) => return Ok(Newest { checkpoint: Some(checkpoint), unfit }),
                    Err(reason) => Unfit::OfAnotherRun(reason),
                },
                Err(reason) => reason,
            };
            unfit.push((path, reason));
        }
        Ok(Newest { checkpoint: None, unfit })
    }

    /// The paths of all checkpoints, the newest first.
    fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        let unreadable = |error: io::Error| Error::artifact(&self.folder, format!("cannot be read: {error}"));
        let mut paths = Vec::new();
        match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(paths),
            entries => {
                for entry in entries.map_err(unreadable)? {
                    paths.push(entry.map_err(unreadable)?.path());
                }
            }
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        paths.sort();
        paths.reverse();
        Ok(paths)
    }
}

/// Writes a checkpoint in MessagePack, a few bytes or a whole field at a time.
fn encode_into(stored: &Stored<'_>, out: impl Write) -> Result<(), EncodeError> {
    rmp_serde::encode::write_named(&mut { out }, stored)
}

/// Reads a checkpoint. Its checksum is compared before any of it is kept in memory.
fn read(path: &Path) -> Result<StoredCheckpoint, Unfit> {
    let mut file = open_regular(path)?;
    let mut header = Vec::new();
    let header_size = MAGIC.len() + FORMAT.len() + 1 + CHECKSUM_SIZE + 1;
    (&mut file).take(header_size as u64).read_to_end(&mut header)?;
    let rest = header.strip_prefix(MAGIC).ok_or(Unfit::NotACheckpoint)?;
    let format = rest.split(|byte| *byte == b' ').next().unwrap_or_default();
    if format != FORMAT.as_bytes() {
        let number = std::str::from_utf8(format).ok().and_then(|text| text.parse().ok());
        return Err(number.map_or(Unfit::DamagedHeader, Unfit::OtherFormat));
    }
    if header.len() < header_size {
        return Err(Unfit::Truncated);
    }
    let expected = &rest[FORMAT.len() + 1..][..CHECKSUM_SIZE];
    let mut hasher = Sha256::new();
    let size = io::copy(&mut (&mut file).take(MAX_FILE_SIZE), &mut hasher)?;
    if expected != hexadecimal(&hasher.finalize()).as_bytes() {
        return Err(Unfit::Damaged);
    }
    file.seek(SeekFrom::Start(header_size as u64))?;
    let mut payload = Vec::new();
    file.take(size).read_to_end(&mut payload)?;
    rmp_serde::from_slice(&payload).map_err(|_| Unfit::OtherFields)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_a_file_has_its_own_message() {
        let folder = tempfile::tempdir().unwrap();
        let payload = [0x80];
        let checksum = hexadecimal(&Sha256::digest(payload));
        let with = |first: &str, payload: &[u8]| [first.as_bytes(), payload].concat();
        for (bytes, wanted) in [
            (Vec::new(), "is no checkpoint"),
            (
                with(&format!("emberlab checkpoint 4 {checksum}\n"), &payload),
                "has format 4 of another version of emberlab; this one reads format 6",
            ),
            (with("emberlab checkpoint 6 abc", &[]), "is truncated"),
            (with(&format!("emberlab checkpoint z {checksum}\n"), &payload), "is damaged in its first line"),
            (
                with(&format!("emberlab checkpoint 6 {checksum}\n"), &[0x81]),
                "is damaged: its checksum is another one",
            ),
            (
                with(&format!("emberlab checkpoint 6 {checksum}\n"), &payload),
                "holds other fields than a checkpoint of this version",
            ),
        ] {
            let path = folder.path().join("000000000001.ckpt");
            fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).unwrap_err().to_string(), wanted);
        }
    }
}
