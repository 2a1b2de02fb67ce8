//! Who is told how far a long task came.

/// Listens to a task that goes through phases one after another.
pub trait Progress: Sync {
    /// A phase begins: what is done, and how many bytes or items it is about, where that is known.
    fn begin(&self, phase: Phase, total: Option<u64>);

    /// The phase is so far.
    fn reach(&self, done: u64);

    /// The phase is over.
    fn end(&self);
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Bytes are fetched.
    Download,
    /// Bytes are compared with a checksum.
    Verify,
    /// Bytes of an archive are read.
    Unpack,
    /// Images are decoded.
    Decode,
    /// Samples are scored.
    Evaluate,
    /// Finite differences are taken.
    Differentiate,
}

impl Phase {
    /// The phase in a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Download => "downloading",
            Self::Verify => "verifying",
            Self::Unpack => "unpacking",
            Self::Decode => "decoding",
            Self::Evaluate => "evaluating",
            Self::Differentiate => "taking differences",
        }
    }
}

/// Listens to nothing.
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _phase: Phase, _total: Option<u64>) {}

    fn reach(&self, _done: u64) {}

    fn end(&self) {}
}
