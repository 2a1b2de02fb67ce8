//! Problems of the files that a set is published in.

/// What is wrong with a file that a set is published in, or with the folder that it was unpacked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum ArchiveProblem {
    /// The size is not that of the official file.
    #[error("is not the official {}: it has {found} bytes, must have {expected}; {}",
        if *.is_archive { "archive" } else { "file" },
        if *.is_archive {
            "for another one give its checksum with `--sha256`, or waive it with `--no-verify`"
        } else {
            "for another one waive its checksum with `--no-verify`"
        }
    )]
    NotOfficial { found: u64, expected: u64, is_archive: bool },
    /// The SHA-256 differs.
    #[error("is another file than expected: its SHA-256 is {found}, must be {expected}")]
    Checksum { found: String, expected: String },
    /// The compressed data or the archive's structure is damaged.
    #[error("is damaged or no `.tar.gz`: {reason}")]
    Damaged { reason: String },
    /// The data of an entry is damaged.
    #[error("is damaged: {reason}")]
    DamagedEntry { reason: String },
    /// The path of an entry cannot be read.
    #[error("holds an invalid entry path: {reason}")]
    InvalidPath { reason: String },
    /// The path of an entry leads out of the folder that it is unpacked to.
    #[error("holds `{entry}`, which lies outside of its folder")]
    OutsideFolder { entry: String },
    /// An entry is a symbolic or hard link.
    #[error("holds `{entry}`, which is a link")]
    Link { entry: String },
    /// An entry is not part of the set.
    #[error("holds `{entry}`, which is no file of {set}")]
    UnknownEntry { entry: String, set: &'static str },
    /// An entry is larger than the official file.
    #[error("holds `{entry}` with {size} bytes, must have at most {max}")]
    EntryTooLarge { entry: String, size: u64, max: u64 },
    /// An entry occurs twice.
    #[error("holds `{name}` twice")]
    Duplicate { name: &'static str },
    /// A file of the set is not in the archive.
    #[error("does not hold `{path}`")]
    MissingEntry { path: String },
    /// The archive unpacks to more than the set.
    #[error("unpacks to more than {max} bytes")]
    TooLarge { max: u64 },
    /// The folder exists already and cannot be read as a set.
    #[error("is there and damaged: {reason}; move it away and fetch the set again")]
    DamagedSet { reason: String },
}
