//! Files that a student hands in.

use crate::error::Error;
use emberlab_data::open_regular;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Bytes of a file that are read.
const MAX_FILE: u64 = 1 << 20;

/// The text of a file that a student handed in, as far as it is read.
pub fn handed_in(path: &Path) -> Result<Option<String>, Error> {
    let mut bytes = Vec::new();
    match open_regular(path).and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => Ok(None),
        Err(error) => Err(Error::read(path)(error)),
    }
}
