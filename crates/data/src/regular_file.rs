//! Opening regular files, and refusing named pipes, devices, sockets and folders.

use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Opens a regular file, or a symbolic link to one, for reading.
///
/// [`File::open`] blocks on a named pipe without a writer, and a device may never end. This function checks the kind of
/// the file before it opens it.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] and the like as for [`File::open`]; [`ErrorKind::InvalidInput`] with a message such
/// as "is a named pipe, must be a regular file" for anything else that is there.
pub fn open_regular(path: &Path) -> io::Result<File> {
    check_kind(fs::metadata(path)?.file_type())?;
    File::open(path)
}

/// Checks that a regular file is at `path`, or nothing.
///
/// # Errors
///
/// As for [`open_regular`].
pub(crate) fn check_regular(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) => check_kind(metadata.file_type()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn check_kind(kind: FileType) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    let message = format!("is {}, must be a regular file", name_of(kind));
    Err(io::Error::new(ErrorKind::InvalidInput, message))
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "no file",
    }
}

#[cfg(not(unix))]
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "no file" }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_and_a_link_to_one_are_opened() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "content").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for path in [path, link] {
            let mut text = String::new();
            open_regular(&path).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "content");
        }
    }

    #[test]
    fn everything_else_is_refused_without_waiting() {
        let folder = tempfile::TempDir::new().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        for (path, wanted) in [
            (pipe, "is a named pipe, must be a regular file"),
            (folder.path().join("socket"), "is a socket, must be a regular file"),
            ("/dev/zero".into(), "is a device, must be a regular file"),
            (folder.path().into(), "is a folder, must be a regular file"),
        ] {
            let error = open_regular(&path).unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidInput, wanted));
        }
        assert_eq!(open_regular(&folder.path().join("none")).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
