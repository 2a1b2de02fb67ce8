//! The content of a table's file: a Parquet file's bytes, or text, unpacked if it is gzip, without a byte order mark, and
//! UTF-8.

use super::parquet;
use crate::error::DataError;
use crate::problem::{Problem, TableProblem, TextProblem};
use crate::regular_file::open_regular;
use flate2::read::MultiGzDecoder;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The largest table that is read, in bytes, after unpacking.
pub(super) const MAX_SIZE: u64 = 4 << 30;

const GZIP: &[u8] = &[0x1f, 0x8b];
const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// The first bytes of files that are mistaken for tables, and of tables with a line of another kind.
const OTHER_KINDS: [(&[u8], &str); 12] = [
    (&[0xff, 0xfe], "is UTF-16 text, must be UTF-8; save it again as UTF-8"),
    (&[0xfe, 0xff], "is UTF-16 text, must be UTF-8; save it again as UTF-8"),
    (b"PK\x03\x04", "is a ZIP archive or an Excel workbook, not a CSV file; unpack it, or save it as CSV"),
    (parquet::MARK, "is a Parquet file that is packed with gzip; unpack it"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook, not a CSV file; save it as CSV"),
    (b"BZh", "is packed with bzip2; unpack it first, or pack it with gzip"),
    (b"\xfd7zXZ\0", "is packed with xz; unpack it first, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd; unpack it first, or pack it with gzip"),
    (b"<!DOCTYPE", "is an HTML page, not a CSV file"),
    (b"<html", "is an HTML page, not a CSV file"),
    (b"sep=", "has a first line, `sep=`, that is for Excel alone; delete it"),
    (b"version https://git-lfs", "is a Git LFS pointer, not the file itself; run `git lfs pull`"),
];

/// What a table's file holds.
pub(super) enum Content {
    /// The text of the table.
    Text(Vec<u8>),
    /// The bytes of a Parquet file.
    Parquet(Vec<u8>),
}

/// Reads a regular file.
pub(super) fn read_file(path: &Path) -> Result<Content, DataError> {
    match open_regular(path) {
        Ok(file) => read_stream(file, path),
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            Err(corrupt(path)(TextProblem::NotRegular { reason: error.to_string() }))
        }
        Err(error) => Err(DataError::open(path)(error)),
    }
}

/// Reads a stream to its end.
pub(super) fn read_stream(stream: impl Read, path: &Path) -> Result<Content, DataError> {
    let mut bytes = Vec::new();
    let read = stream.take(MAX_SIZE + 1).read_to_end(&mut bytes);
    read.map_err(DataError::read(path))?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(DataError::corrupt(path, Problem::TooLarge { max: MAX_SIZE }));
    }
    if bytes.starts_with(parquet::MARK) {
        return Ok(Content::Parquet(bytes));
    }
    text(bytes).map(Content::Text).map_err(corrupt(path))
}

fn corrupt(path: &Path) -> impl Fn(TextProblem) -> DataError {
    move |problem| DataError::corrupt(path, TableProblem::Text(problem))
}

/// Decodes bytes as UTF-8 text, unpacked if they are gzip.
fn text(mut bytes: Vec<u8>) -> Result<Vec<u8>, TextProblem> {
    if bytes.starts_with(GZIP) {
        bytes = unpack(&bytes)?;
    }
    if bytes.starts_with(UTF8_MARK) {
        bytes.drain(..UTF8_MARK.len());
    }
    if let Some((_, description)) = OTHER_KINDS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(TextProblem::OtherFormat { description });
    }
    if let Some(place) = bytes.iter().position(|&byte| byte == 0) {
        return Err(TextProblem::NulByte { line: line_at(&bytes, place) });
    }
    match std::str::from_utf8(&bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(TextProblem::NotUtf8 { line: line_at(&bytes, error.valid_up_to()) }),
    }
}

/// Unpacks gzip to its end, so that the checksum of each member is verified.
fn unpack(packed: &[u8]) -> Result<Vec<u8>, TextProblem> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(packed).take(MAX_SIZE + 1).read_to_end(&mut bytes);
    match read {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(TextProblem::GzipCutOff),
        Err(error) => Err(TextProblem::GzipDamaged { reason: error.to_string() }),
        Ok(size) if size as u64 > MAX_SIZE => Err(TextProblem::TooLargeUnpacked { max: MAX_SIZE }),
        Ok(_) => Ok(bytes),
    }
}

/// The line of the byte at `place`, from 1.
fn line_at(bytes: &[u8], place: usize) -> u64 {
    let before = &bytes[..place.min(bytes.len())];
    let ends = before.iter().enumerate().filter(|&(index, &byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(index + 1) != Some(&b'\n'),
        _ => false,
    });
    1 + ends.count() as u64
}
