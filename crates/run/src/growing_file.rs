//! Files that grow during a run, with a checksum of their bytes.
//!
//! A checkpoint stores the [`FileMark`] of each such file. A resumed run first checks that the file still begins with the
//! marked bytes, and then truncates it to them.

use crate::error::Error;
use crate::file_mark::FileMark;
use emberlab_data::open_regular;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Reads the whole lines of a file. Leaves out a last line without a line break, which a full disk or a power failure cut
/// off.
///
/// # Errors
///
/// The operating system's.
pub fn whole_lines(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.read_to_end(&mut bytes)?;
    let size = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    bytes.truncate(size);
    Ok(bytes)
}

/// A file that is written from its beginning, or from a mark on.
#[derive(Debug)]
pub struct GrowingFile {
    path: PathBuf,
    file: BufWriter<File>,
    /// The mark of all bytes, including those in the buffer.
    mark: FileMark,
}

impl GrowingFile {
    /// Creates the file, replacing an existing one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], also if the path exists and is not a regular file.
    pub fn create(path: &Path) -> Result<Self, Error> {
        refuse_irregular(path)?;
        let file = File::create(path).map_err(Error::write(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), mark: FileMark::default() })
    }

    /// Continues an existing file after the bytes of `mark`.
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

    /// Continues an existing file at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn append(path: &Path) -> Result<Self, Error> {
        let mark = FileMark::of(path, u64::MAX).map_err(Error::write(path))?;
        Self::resume(path, mark)
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.mark.size == 0
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.mark.extend(bytes);
        self.file.write_all(bytes).map_err(Error::write(&self.path))
    }

    /// Flushes the buffer to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::write(&self.path))
    }

    /// Waits until all bytes are on the disk, and returns their mark.
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

/// Refuses a path that exists and is not a regular file. Opening a named pipe for writing would block.
///
/// # Errors
///
/// [`Error::Write`].
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
    fn a_file_continues_after_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        let mut file = GrowingFile::create(&path).unwrap();
        file.write(b"split,epoch\n").unwrap();
        file.write(b"train,1\n").unwrap();
        let mark = file.sync().unwrap();
        assert_eq!((mark.size, mark.crc32c), (20, crc32c::crc32c(b"split,epoch\ntrain,1\n")));
        file.write(b"train,2\n").unwrap();
        file.flush().unwrap();
        mark.check(&path).unwrap();
        let mut resumed = GrowingFile::resume(&path, mark).unwrap();
        resumed.write(b"train,3\n").unwrap();
        assert_eq!(resumed.sync().unwrap().crc32c, crc32c::crc32c(b"split,epoch\ntrain,1\ntrain,3\n"));
        assert_eq!(fs::read(&path).unwrap(), b"split,epoch\ntrain,1\ntrain,3\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_named_pipe_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(GrowingFile::create(&path).is_err());
        assert!(GrowingFile::append(&path).is_err());
        let mark = FileMark { size: 3, crc32c: 0 };
        assert!(GrowingFile::resume(&path, mark).is_err());
        assert!(mark.check(&path).unwrap_err().to_string().contains("is a named pipe"));
    }
}
