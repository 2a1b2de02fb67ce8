//! The checkpoints of a run.

use super::Checkpoint;
use crate::atomic;
use crate::error::Error;
use crate::fingerprint::hexadecimal;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The beginning of a checkpoint's first line; a checksum follows.
const MAGIC: &str = "emberlab checkpoint 2 ";
/// Hexadecimal digits of a SHA-256.
const CHECKSUM_SIZE: usize = 64;
/// The largest file that is read: weights, two moments and the best weights of the largest network.
const MAX_FILE_SIZE: u64 = 1 << 33;

/// The folder of a run's checkpoints.
#[derive(Clone, Debug)]
pub struct CheckpointStore {
    folder: PathBuf,
    keep: usize,
}

impl CheckpointStore {
    /// The checkpoints in `folder`, of which the newest `keep` are kept. Nothing is written yet.
    pub fn new(folder: PathBuf, keep: usize) -> Self {
        Self { folder, keep }
    }

    /// Writes a checkpoint and deletes those that are too many.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; the earlier checkpoints are then untouched.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        fs::create_dir_all(&self.folder).map_err(Error::write(&self.folder))?;
        let payload = rmp_serde::to_vec_named(checkpoint)
            .map_err(|error| Error::Training(format!("cannot encode a checkpoint: {error}")))?;
        let bytes = [format!("{MAGIC}{}\n", checksum(&payload)).into_bytes(), payload].concat();
        atomic::write(&self.folder.join(format!("{:012}.ckpt", checkpoint.state.updates)), &bytes)?;
        for old in self.paths()?.into_iter().skip(self.keep) {
            fs::remove_file(&old).map_err(Error::write(&old))?;
        }
        Ok(())
    }

    /// The newest whole checkpoint for which `fits` holds, if there is one; `warn` is told of those that
    /// are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when the folder cannot be read.
    pub fn newest(
        &self,
        fits: impl Fn(&Checkpoint) -> Result<(), String>,
        mut warn: impl FnMut(&Path, &str),
    ) -> Result<Option<Checkpoint>, Error> {
        for path in self.paths()? {
            match read(&path).and_then(|checkpoint| fits(&checkpoint).map(|()| checkpoint)) {
                Ok(checkpoint) => return Ok(Some(checkpoint)),
                Err(reason) => warn(&path, &reason),
            }
        }
        Ok(None)
    }

    /// The checkpoints there are, the newest first.
    fn paths(&self) -> Result<Vec<PathBuf>, Error> {
        let unreadable = |error: std::io::Error| Error::Artifact {
            path: self.folder.clone(),
            reason: format!("cannot be read: {error}"),
        };
        let mut paths = Vec::new();
        match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(paths),
            entries => {
                for entry in entries.map_err(unreadable)? {
                    paths.push(entry.map_err(unreadable)?.path());
                }
            }
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "ckpt"));
        paths.sort();
        paths.reverse();
        Ok(paths)
    }
}

fn read(path: &Path) -> Result<Checkpoint, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE_SIZE).read_to_end(&mut bytes).map_err(unreadable)?;
    let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or("is no checkpoint of this version")?;
    let (expected, payload) = rest.split_at_checked(CHECKSUM_SIZE + 1).ok_or("is truncated")?;
    if expected[..CHECKSUM_SIZE] != *checksum(payload).as_bytes() {
        return Err("is damaged: its checksum is another one".into());
    }
    rmp_serde::from_slice(payload).map_err(|error| format!("is damaged: {error}"))
}

fn checksum(payload: &[u8]) -> String {
    hexadecimal(&Sha256::digest(payload))
}
