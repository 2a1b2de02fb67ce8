//! Problems of image files.

use crate::image_kind::IMAGE_FORMATS;

/// What is wrong with an image file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum ImageProblem {
    /// A format that is known and not supported.
    #[error("is an image of the format {format}, must be {IMAGE_FORMATS}; convert it")]
    UnsupportedFormat { format: &'static str },
    /// An empty file.
    #[error("is no image: the file is empty")]
    Empty,
    /// Content of no known format.
    #[error("is no image: its content is none of {IMAGE_FORMATS}")]
    NotAnImage,
    /// A file that a decoder refuses.
    #[error("is a {why}: {reason}")]
    Decoder { why: CannotDecode, reason: String },
    /// An image with too many pixels.
    #[error("is {kind} of {width} × {height} pixels, which are too many")]
    TooManyPixels { kind: &'static str, width: usize, height: usize },
    /// A JPEG file without its end-of-image marker.
    #[error("is cut off: its JPEG data ends before the end-of-image marker")]
    CutOff,
    /// A JPEG file without dimensions.
    #[error("is a JPEG image without a size")]
    NoSize,
    /// A JPEG file whose pixels do not match its dimensions.
    #[error("is a JPEG image of another size than it says")]
    WrongSize,
    /// A link whose target is missing.
    #[error("is a link to a file that does not exist")]
    BrokenLink,
    /// A file that was deleted while the folder was read.
    #[error("does not exist")]
    Missing,
    /// A file that the system cannot read, or that is not a regular file.
    #[error("{reason}")]
    Unreadable { reason: String },
}

/// Why a decoder refuses an image; `format` is the format's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum CannotDecode {
    /// More pixels than the decoder's limits allow.
    #[error("{format} image that is too large")]
    TooLarge { format: String },
    /// A variant of the format that the decoder does not know.
    #[error("{format} image that cannot be read")]
    Unsupported { format: String },
    /// Damaged data. For JPEG this includes data that other decoders tolerate.
    #[error("damaged {format} image")]
    Damaged { format: String },
}
