//! Writing a file whole or not at all.

use crate::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes `bytes` under a temporary name beside `path`, then renames.
///
/// # Errors
///
/// [`Error::Write`]; whatever was at `path` is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes what `fill` writes under a temporary name beside `path`, then renames, so that it is never all in memory.
///
/// # Errors
///
/// [`Error::Write`]; whatever was at `path` is then untouched.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = builder().tempfile_in(folder)?;
        let mut buffered = BufWriter::new(file.as_file_mut());
        fill(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(Error::write(path))
}

/// The beginning of temporary names.
const PREFIX: &str = ".emberlab-";

/// Deletes what processes that were killed while they wrote left in `folder`. Nobody else may write there.
///
/// # Errors
///
/// [`Error::Write`].
pub fn remove_leftovers(folder: &Path) -> Result<(), Error> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(Error::write(folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(Error::write(folder))?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            std::fs::remove_file(entry.path()).map_err(Error::write(entry.path()))?;
        }
    }
    Ok(())
}

/// Temporary files are private by default; runs are as readable as other files of the user.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}
