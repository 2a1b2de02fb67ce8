//! Progress of long tasks.

use std::io::{self, Read};

/// Receives the progress of a task that has several phases.
pub trait Progress: Sync {
    /// A phase begins, with the number of its bytes or items where that is known.
    fn begin(&self, phase: Phase, total: Option<u64>);

    /// `done` bytes or items of the phase are done.
    fn reach(&self, done: u64);

    /// The phase ends.
    fn end(&self);
}

/// A phase of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Downloads a file.
    Download,
    /// Computes a checksum.
    Verify,
    /// Unpacks an archive.
    Unpack,
    /// Reads a file.
    Read,
    /// Decodes images.
    Decode,
    /// Evaluates samples.
    Evaluate,
    /// Takes finite differences.
    Differentiate,
    /// Trains one run after another.
    Train,
    /// Checks the work of one student after another.
    Grade,
}

impl Phase {
    /// The phase's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Download => "downloading",
            Self::Verify => "verifying",
            Self::Unpack => "unpacking",
            Self::Read => "reading",
            Self::Decode => "decoding",
            Self::Evaluate => "evaluating",
            Self::Differentiate => "taking differences",
            Self::Train => "training",
            Self::Grade => "grading",
        }
    }
}

/// Ignores all progress.
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _phase: Phase, _total: Option<u64>) {}

    fn reach(&self, _done: u64) {}

    fn end(&self) {}
}

/// A reader that reports the number of bytes read.
pub(crate) struct ProgressReader<'a, R> {
    inner: R,
    read: u64,
    progress: &'a dyn Progress,
}

impl<'a, R> ProgressReader<'a, R> {
    pub fn new(inner: R, progress: &'a dyn Progress) -> Self {
        Self { inner, read: 0, progress }
    }
}

impl<R: Read> Read for ProgressReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        self.progress.reach(self.read);
        Ok(read)
    }
}
