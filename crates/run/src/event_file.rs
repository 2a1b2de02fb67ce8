//! Writes scalars for TensorBoard.
//!
//! An event file is a sequence of records: length, checksum of the length, event, checksum of the event (TensorFlow's
//! TFRecord; the checksum is CRC-32C, rotated right by 15 bits, plus a constant). An event is a protocol buffer. Three of its
//! fields are written: time, step, and a summary of one tag and one number (`tensorflow/core/util/event.proto`).

use crate::error::Error;
use crate::growing_file::refuse_irregular;
use crate::metrics_file::MetricRow;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The file's name; TensorBoard looks for `tfevents`.
const NAME: &str = "events.out.tfevents.0.emberlab";

/// An event file that grows during the run.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: BufWriter<File>,
}

impl EventFile {
    /// Creates the file in `folder`, replacing an existing one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn create(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
        let path = folder.join(NAME);
        refuse_irregular(&path)?;
        let file = File::create(&path).map_err(Error::write(&path))?;
        let mut events = Self { path, file: BufWriter::new(file) };
        let version = field_bytes(3, b"brain.Event:2");
        events.event(0, version)?;
        Ok(events)
    }

    /// Writes one number under the tag `<split>/<metric>`, at the step of its update.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn scalar(&mut self, row: &MetricRow) -> Result<(), Error> {
        let tag = format!("{}/{}", row.split, row.metric);
        let mut value = field_bytes(1, tag.as_bytes());
        value.push(2 << 3 | 5);
        value.extend((row.value as f32).to_le_bytes());
        self.event(row.iteration as u64, field_bytes(5, &field_bytes(1, &value)))
    }

    /// Flushes the buffer to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::write(&self.path))
    }

    fn event(&mut self, step: u64, content: Vec<u8>) -> Result<(), Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
        let mut event = vec![1 << 3 | 1];
        event.extend(now.to_le_bytes());
        event.push(2 << 3);
        event.extend(varint(step));
        event.extend(content);
        let length = (event.len() as u64).to_le_bytes();
        let record = [&length[..], &checksum(&length), &event, &checksum(&event)].concat();
        self.file.write_all(&record).map_err(Error::write(&self.path))
    }
}

/// Encodes a field of bytes, text, or another message.
fn field_bytes(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    field.extend(varint(bytes.len() as u64));
    field.extend(bytes);
    field
}

/// Encodes a number with seven bits in each byte, the lowest first.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let crc = crc32c::crc32c(bytes);
    crc.rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}
