//! Files that grow as a run does, with a checksum of all that was written.
//!
//! A checkpoint keeps the [`FileMark`] of each such file. A run that goes on first checks that the file still begins
//! with those bytes, so that a changed bit is found, and cuts off what came after them.

use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// How far a file had grown: its length and the CRC-32C of all its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// Length in bytes.
    pub size: u64,
    /// CRC-32C of the bytes.
    pub crc32c: u32,
}

impl FileMark {
    /// The mark of the first `size` bytes of a file, or of all of a shorter one.
    fn of(path: &Path, size: u64) -> io::Result<Self> {
        let mut reader = emberlab_data::open_regular(path)?.take(size);
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

    fn extend(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.crc32c = crc32c::crc32c_append(self.crc32c, bytes);
    }

    /// Checks that the file begins with the bytes of this mark.
    ///
    /// # Errors
    ///
    /// What is wrong, as the end of a sentence about the checkpoint that holds the mark.
    pub fn check(&self, path: &Path) -> Result<(), String> {
        if self.size == 0 {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let found = match Self::of(path, self.size) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(format!("does not fit `{name}`, which is missing"));
            }
            Err(error) => return Err(format!("does not fit `{name}`, which cannot be read: {error}")),
        };
        if found.size < self.size {
            let (has, size) = (found.size, self.size);
            return Err(format!("does not fit `{name}`, which has {has} bytes of {size}"));
        }
        if found.crc32c != self.crc32c {
            return Err(format!("does not fit `{name}`, whose first {} bytes have changed", self.size));
        }
        Ok(())
    }
}

/// The whole lines of a file. A last line without its end is left out: a full disk or a loss of power has cut it off.
///
/// # Errors
///
/// Those of the system.
pub fn whole_lines(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    emberlab_data::open_regular(path)?.read_to_end(&mut bytes)?;
    let size = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    bytes.truncate(size);
    Ok(bytes)
}

/// A file that is written from its beginning, or on from a mark.
#[derive(Debug)]
pub struct GrowingFile {
    path: PathBuf,
    file: BufWriter<File>,
    /// Of all bytes, those still in the buffer included.
    mark: FileMark,
}

impl GrowingFile {
    /// Creates the file, in place of one that is there.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], also where something that is no regular file is there.
    pub fn create(path: &Path) -> Result<Self, Error> {
        refuse_irregular(path)?;
        let file = File::create(path).map_err(Error::write(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), mark: FileMark::default() })
    }

    /// Goes on with a file that is there, after the bytes of `mark`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn resume(path: &Path, mark: FileMark) -> Result<Self, Error> {
        if mark.size == 0 {
            return Self::create(path);
        }
        refuse_irregular(path)?;
        let resume = || {
            let file = File::options().append(true).open(path)?;
            file.set_len(mark.size)?;
            Ok(Self { path: path.to_owned(), file: BufWriter::new(file), mark })
        };
        resume().map_err(Error::write(path))
    }

    /// Goes on with a file that is there, at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn append(path: &Path) -> Result<Self, Error> {
        let mark = FileMark::of(path, u64::MAX).map_err(Error::write(path))?;
        Self::resume(path, mark)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.mark.size == 0
    }

    /// Writes bytes at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.mark.extend(bytes);
        self.file.write_all(bytes).map_err(Error::write(&self.path))
    }

    /// Hands what was written to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::write(&self.path))
    }

    /// Waits until the disk has all that was written, and returns the mark of it.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn sync(&mut self) -> Result<FileMark, Error> {
        self.flush()?;
        self.file.get_ref().sync_data().map_err(Error::write(&self.path))?;
        Ok(self.mark)
    }
}

/// Opening a named pipe for writing waits for ever.
///
/// # Errors
///
/// [`Error::Write`] where something is there that is no regular file.
pub fn refuse_irregular(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            let reason =
                io::Error::new(ErrorKind::InvalidInput, "something that is no regular file is there");
            Err(Error::write(path)(reason))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_mark_fits_its_file_and_no_changed_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        let mut file = GrowingFile::create(&path).unwrap();
        file.write(b"split,epoch\n").unwrap();
        file.write(b"train,1\n").unwrap();
        let mark = file.sync().unwrap();
        file.write(b"train,2\n").unwrap();
        file.flush().unwrap();
        // What comes after the mark does not matter.
        assert_eq!(mark.check(&path), Ok(()));
        assert_eq!((mark.size, mark.crc32c), (20, crc32c::crc32c(b"split,epoch\ntrain,1\n")));
        let whole = fs::read(&path).unwrap();
        for bit in 0..8 * 20 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, flipped).unwrap();
            assert_eq!(
                mark.check(&path),
                Err("does not fit `metrics.csv`, whose first 20 bytes have changed".to_owned())
            );
        }
        fs::write(&path, &whole[..19]).unwrap();
        assert_eq!(mark.check(&path), Err("does not fit `metrics.csv`, which has 19 bytes of 20".to_owned()));
        fs::remove_file(&path).unwrap();
        assert_eq!(mark.check(&path), Err("does not fit `metrics.csv`, which is missing".to_owned()));
        fs::write(&path, &whole).unwrap();
        let mut resumed = GrowingFile::resume(&path, mark).unwrap();
        resumed.write(b"train,3\n").unwrap();
        assert_eq!(resumed.sync().unwrap().crc32c, crc32c::crc32c(b"split,epoch\ntrain,1\ntrain,3\n"));
        assert_eq!(fs::read(&path).unwrap(), b"split,epoch\ntrain,1\ntrain,3\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_named_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(GrowingFile::create(&path).is_err());
        assert!(GrowingFile::append(&path).is_err());
        let mark = FileMark { size: 3, crc32c: 0 };
        assert!(GrowingFile::resume(&path, mark).is_err());
        assert!(mark.check(&path).unwrap_err().contains("is a named pipe"));
    }
}
