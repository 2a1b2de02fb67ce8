//! The length and checksum of a file at one moment of a run.

use emberlab_data::open_regular;
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The length of a file and the CRC-32C of its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// Length in bytes.
    pub size: u64,
    /// CRC-32C of the bytes.
    pub crc32c: u32,
}

/// A file that does not begin with the bytes of its mark. The message is the end of a sentence about the checkpoint that
/// holds the mark.
#[derive(Debug, thiserror::Error)]
#[error("does not fit `{name}`, {problem}")]
pub struct Mismatch {
    /// The file's name.
    pub name: String,
    /// How the file differs.
    pub problem: MismatchProblem,
}

/// How a file differs from its mark.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MismatchProblem {
    /// It does not exist.
    #[error("which is missing")]
    Missing,
    /// The operating system does not read it.
    #[error("which cannot be read: {0}")]
    Unreadable(io::Error),
    /// It is shorter than the mark.
    #[error("which has {size} bytes of {expected}")]
    Truncated {
        /// Its length in bytes.
        size: u64,
        /// The length of the mark in bytes.
        expected: u64,
    },
    /// It has other bytes.
    #[error("whose first {size} bytes have changed")]
    Changed {
        /// The length of the mark in bytes.
        size: u64,
    },
}

impl FileMark {
    /// The mark of the first `size` bytes of a file, or of the whole file if it is shorter.
    pub(crate) fn of(path: &Path, size: u64) -> io::Result<Self> {
        let mut reader = open_regular(path)?.take(size);
        let mut mark = Self::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(mark),
                Ok(n) => mark.extend(&buffer[..n]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Adds bytes that follow those of the mark.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.crc32c = crc32c::crc32c_append(self.crc32c, bytes);
    }

    /// Checks that the file begins with the bytes of this mark.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] when it is missing, unreadable, shorter or changed.
    pub fn check(&self, path: &Path) -> Result<(), Mismatch> {
        if self.size == 0 {
            return Ok(());
        }
        let problem = match Self::of(path, self.size) {
            Err(error) if error.kind() == ErrorKind::NotFound => MismatchProblem::Missing,
            Err(error) => MismatchProblem::Unreadable(error),
            Ok(found) if found.size < self.size => {
                MismatchProblem::Truncated { size: found.size, expected: self.size }
            }
            Ok(found) if found.crc32c != self.crc32c => MismatchProblem::Changed { size: self.size },
            Ok(_) => return Ok(()),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Err(Mismatch { name, problem })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_mark_fits_its_file_and_no_changed_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        let whole = b"split,epoch\ntrain,1\ntrain,2\n";
        fs::write(&path, whole).unwrap();
        let mark = FileMark::of(&path, 20).unwrap();
        // Bytes after the mark do not matter.
        mark.check(&path).unwrap();
        let problem = || mark.check(&path).unwrap_err();
        for bit in 0..8 * 20 {
            let mut flipped = whole.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, flipped).unwrap();
            assert!(matches!(problem().problem, MismatchProblem::Changed { size: 20 }));
        }
        assert_eq!(problem().to_string(), "does not fit `metrics.csv`, whose first 20 bytes have changed");
        fs::write(&path, &whole[..19]).unwrap();
        assert_eq!(problem().to_string(), "does not fit `metrics.csv`, which has 19 bytes of 20");
        fs::remove_file(&path).unwrap();
        assert!(matches!(problem().problem, MismatchProblem::Missing));
        assert_eq!(problem().to_string(), "does not fit `metrics.csv`, which is missing");
    }
}
