//! The checkpoints of a run.

use super::{Checkpoint, RunIdentity, StoredCheckpoint};
use crate::error::Error;
use emberlab_data::open_regular;
use emberlab_run::atomic;
use emberlab_run::hexadecimal;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The beginning of a checkpoint's first line; the format's number, a space and a checksum follow.
const MAGIC: &[u8] = b"emberlab checkpoint ";
/// The number of this format.
const FORMAT: &str = "4";
/// Hexadecimal digits of a SHA-256.
const CHECKSUM_SIZE: usize = 64;
/// The largest file that is read: weights, two moments and the best weights of the largest network.
const MAX_FILE_SIZE: u64 = 1 << 33;
/// The beginning of a reason that is the system's, and not damage.
pub const CANNOT_BE_READ: &str = "cannot be read: ";
/// The ending of a checkpoint's name.
const EXTENSION: &str = "ckpt";

/// The folder of a run's checkpoints.
#[derive(Clone, Debug)]
pub struct CheckpointStore {
    folder: PathBuf,
    keep: usize,
}

/// What there is to go on from.
#[derive(Debug)]
pub struct Newest {
    /// The newest checkpoint that can be used, if there is one.
    pub checkpoint: Option<StoredCheckpoint>,
    /// The newer ones that cannot, each with the reason as the end of a sentence, the newest first.
    pub unfit: Vec<(PathBuf, String)>,
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

    /// Writes a checkpoint and deletes those that are too many: the oldest beyond `keep`, and all of later updates
    /// than this one, which were passed over because they cannot be used.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; the earlier checkpoints are then untouched.
    pub fn save(&self, run: &RunIdentity, checkpoint: &Checkpoint) -> Result<(), Error> {
        fs::create_dir_all(&self.folder).map_err(Error::write(&self.folder))?;
        let payload = rmp_serde::to_vec_named(&Stored { run, training: checkpoint })
            .map_err(|error| Error::Training(format!("cannot encode a checkpoint: {error}")))?;
        let checksum = hexadecimal(&Sha256::digest(&payload));
        let bytes = [MAGIC, format!("{FORMAT} {checksum}\n").as_bytes(), &payload].concat();
        let path = self.folder.join(format!("{:012}.{EXTENSION}", checkpoint.state.updates));
        atomic::write(&path, &bytes)?;
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
    /// [`Error::Artifact`] when the folder cannot be read, and the errors of `fits`.
    pub fn newest(
        &self,
        mut fits: impl FnMut(&StoredCheckpoint) -> Result<Result<(), String>, Error>,
    ) -> Result<Newest, Error> {
        let mut unfit = Vec::new();
        for path in self.paths()? {
            let reason = match read(&path) {
                Ok(checkpoint) => match fits(&checkpoint)? {
                    Ok(()) => return Ok(Newest { checkpoint: Some(checkpoint), unfit }),
                    Err(reason) => reason,
                },
                Err(reason) => reason,
            };
            unfit.push((path, reason));
        }
        Ok(Newest { checkpoint: None, unfit })
    }

    /// The checkpoints there are, the newest first.
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

/// Reads a checkpoint. Its checksum is compared before any of it is kept in memory.
fn read(path: &Path) -> Result<StoredCheckpoint, String> {
    let unreadable = |error: io::Error| format!("{CANNOT_BE_READ}{error}");
    let mut file = open_regular(path).map_err(unreadable)?;
    let mut header = Vec::new();
    let header_size = MAGIC.len() + FORMAT.len() + 1 + CHECKSUM_SIZE + 1;
    (&mut file).take(header_size as u64).read_to_end(&mut header).map_err(unreadable)?;
    let rest = header.strip_prefix(MAGIC).ok_or("is no checkpoint")?;
    let format = rest.split(|byte| *byte == b' ').next().unwrap_or_default();
    if format != FORMAT.as_bytes() {
        let number = std::str::from_utf8(format).ok().filter(|text| text.parse::<u16>().is_ok());
        return Err(match number {
            Some(number) => {
                format!("has format {number} of another version of emberlab; this one reads format {FORMAT}")
            }
            None => "is damaged in its first line".to_owned(),
        });
    }
    if header.len() < header_size {
        return Err("is truncated".into());
    }
    let expected = &rest[FORMAT.len() + 1..][..CHECKSUM_SIZE];
    let mut hasher = Sha256::new();
    let size = io::copy(&mut (&mut file).take(MAX_FILE_SIZE), &mut hasher).map_err(unreadable)?;
    if expected != hexadecimal(&hasher.finalize()).as_bytes() {
        return Err("is damaged: its checksum is another one".into());
    }
    file.seek(SeekFrom::Start(header_size as u64)).map_err(unreadable)?;
    let mut payload = Vec::new();
    file.take(size).read_to_end(&mut payload).map_err(unreadable)?;
    rmp_serde::from_slice(&payload)
        .map_err(|_| "holds other fields than a checkpoint of this version".to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_file_is_told_in_words_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let payload = [0x80];
        let checksum = hexadecimal(&Sha256::digest(payload));
        let with = |first: &str, payload: &[u8]| [first.as_bytes(), payload].concat();
        for (bytes, wanted) in [
            (Vec::new(), "is no checkpoint"),
            (
                with(&format!("emberlab checkpoint 3 {checksum}\n"), &payload),
                "has format 3 of another version of emberlab; this one reads format 4",
            ),
            (with("emberlab checkpoint 4 abc", &[]), "is truncated"),
            (with(&format!("emberlab checkpoint z {checksum}\n"), &payload), "is damaged in its first line"),
            (
                with(&format!("emberlab checkpoint 4 {checksum}\n"), &[0x81]),
                "is damaged: its checksum is another one",
            ),
            (
                with(&format!("emberlab checkpoint 4 {checksum}\n"), &payload),
                "holds other fields than a checkpoint of this version",
            ),
        ] {
            let path = folder.path().join("000000000001.ckpt");
            fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).unwrap_err(), wanted);
        }
    }
}
