//! Problems of the files of CIFAR-10 and CIFAR-100.

/// What is wrong with a file of CIFAR-10 or CIFAR-100 in its binary layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum RecordProblem {
    /// A training file is missing although one with a higher number exists.
    #[error("is missing, though `data_batch_{found}.bin` is there; get the set again")]
    MissingBatch { found: u32 },
    /// A file has fewer records than the index asks for.
    #[error("has no record {index}, its last is {last}")]
    NoRecord { index: u64, last: u64 },
    /// The list of class names has a wrong length.
    #[error("lists {found} class names, must be {expected}")]
    ClassNames { found: usize, expected: usize },
    /// A label that is no class.
    #[error("has label {label} in record {record}, must be 0 to {last}; get the file again")]
    Label { label: u8, record: u64, last: usize },
    /// A file that does not end with a whole record.
    #[error(
        "is truncated: {bytes} bytes are {records} records of {record_size} bytes and {rest} bytes over; get the file again"
    )]
    Truncated { bytes: u64, records: u64, record_size: usize, rest: usize },
    /// A file that lost its end while it was read.
    #[error("was changed while it was read; read it again")]
    Shortened,
    /// A file without a record.
    #[error("is empty, must hold at least one record")]
    Empty,
}
