//! The text of a table's file: unpacked where it is gzip, without a byte order mark, and UTF-8.

use crate::error::DataError;
use crate::regular_file::open_regular;
use flate2::read::MultiGzDecoder;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The largest table that is read, in bytes, after unpacking.
const MAX_SIZE: u64 = 4 << 30;

const GZIP: &[u8] = &[0x1f, 0x8b];
const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// The first bytes of files that are taken for tables, and of tables with more than their rows.
const OTHER_KINDS: [(&[u8], &str); 12] = [
    (&[0xff, 0xfe], "is UTF-16 text, must be UTF-8; save it again as UTF-8"),
    (&[0xfe, 0xff], "is UTF-16 text, must be UTF-8; save it again as UTF-8"),
    (b"PK\x03\x04", "is a ZIP archive or an Excel workbook, not a CSV file; unpack it, or save it as CSV"),
    (b"PAR1", "is a Parquet file, not a CSV file"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook, not a CSV file; save it as CSV"),
    (b"BZh", "is packed with bzip2; unpack it first, or pack it with gzip"),
    (b"\xfd7zXZ\0", "is packed with xz; unpack it first, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd; unpack it first, or pack it with gzip"),
    (b"<!DOCTYPE", "is an HTML page, not a CSV file"),
    (b"<html", "is an HTML page, not a CSV file"),
    (b"sep=", "has a first line, `sep=`, that is for Excel alone; delete it"),
    (b"version https://git-lfs", "is a Git LFS pointer, not the file itself; run `git lfs pull`"),
];

/// Reads a regular file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, DataError> {
    let file = open_regular(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => DataError::Missing { path: path.to_owned() },
        ErrorKind::InvalidInput => DataError::Corrupt { path: path.to_owned(), problem: source.to_string() },
        _ => DataError::Read { path: path.to_owned(), source },
    })?;
    read_stream(file, path)
}

/// Reads a stream to its end.
pub(super) fn read_stream(stream: impl Read, path: &Path) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    let read = stream.take(MAX_SIZE + 1).read_to_end(&mut bytes);
    read.map_err(|source| DataError::Read { path: path.to_owned(), source })?;
    let corrupt = |problem: String| DataError::Corrupt { path: path.to_owned(), problem };
    if bytes.len() as u64 > MAX_SIZE {
        return Err(corrupt(format!("is larger than {MAX_SIZE} bytes")));
    }
    text(bytes).map_err(corrupt)
}

/// The UTF-8 text that bytes hold, unpacked where they are gzip.
fn text(mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if bytes.starts_with(GZIP) {
        bytes = unpacked(&bytes)?;
    }
    if bytes.starts_with(UTF8_MARK) {
        bytes.drain(..UTF8_MARK.len());
    }
    if let Some((_, problem)) = OTHER_KINDS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err((*problem).to_owned());
    }
    if let Some(place) = bytes.iter().position(|&byte| byte == 0) {
        let line = line_at(&bytes, place);
        return Err(format!(
            "has a NUL byte in line {line}, so it is UTF-16 or no text; save it again as UTF-8"
        ));
    }
    match std::str::from_utf8(&bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let line = line_at(&bytes, error.valid_up_to());
            Err(format!(
                "is not UTF-8 text in line {line}; if it is Latin-1 or Windows-1252, convert it: \
                 `iconv -f WINDOWS-1252 -t UTF-8`"
            ))
        }
    }
}

/// Reads gzip to its end, so that the checksum of each member is compared.
fn unpacked(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(packed).take(MAX_SIZE + 1).read_to_end(&mut bytes);
    match read {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err("is a gzip file that is cut off; get it again".into())
        }
        Err(error) => Err(format!("is a damaged gzip file: {error}; get it again")),
        Ok(size) if size as u64 > MAX_SIZE => Err(format!("is larger than {MAX_SIZE} bytes when unpacked")),
        Ok(_) => Ok(bytes),
    }
}

/// The line, from 1, of a byte.
pub(super) fn line_at(bytes: &[u8], place: usize) -> u64 {
    let before = &bytes[..place.min(bytes.len())];
    let ends = before.iter().enumerate().filter(|&(index, &byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(index + 1) != Some(&b'\n'),
        _ => false,
    });
    1 + ends.count() as u64
}
