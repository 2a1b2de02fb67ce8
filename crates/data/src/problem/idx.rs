//! Problems of IDX files, the format of MNIST.

/// What is wrong with an IDX file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum IdxProblem {
    /// The first bytes are not those of an IDX file.
    #[error("is not an IDX file: it must begin with two zero bytes, plain or compressed with gzip")]
    NotIdx,
    /// The file ends in its header.
    #[error("is truncated: its header has {found} of {expected} bytes; get the file again")]
    TruncatedHeader { found: usize, expected: usize },
    /// The numbers are not bytes.
    #[error("holds numbers of type 0x{code:02x}, must be unsigned bytes, 0x08")]
    ElementType { code: u8 },
    /// Another number of dimensions.
    #[error("has {found} dimensions, must have {expected} for {kind}")]
    Dimensions { found: u8, expected: usize, kind: &'static str },
    /// Images of another size.
    #[error("holds images of {height} × {width} pixels, must be {expected_height} × {expected_width}")]
    ImageSize { height: u32, width: u32, expected_height: usize, expected_width: usize },
    /// No item, or too many.
    #[error("holds {found} {kind}, must be from 1 to {max}")]
    Count { found: u32, kind: &'static str, max: u32 },
    /// The file ends before its last item.
    #[error("is truncated: {found} of {expected} bytes follow its header; get the file again")]
    Truncated { found: usize, expected: usize },
    /// The file goes on after its last item.
    #[error("has more than the {expected} bytes that its header announces")]
    TooLong { expected: usize },
    /// The compressed data is damaged.
    #[error("is damaged: {reason}; get the file again")]
    Damaged { reason: String },
    /// A label that is no class.
    #[error("has label {label} at index {index}, must be 0 to {last}; get the file again")]
    Label { label: u8, index: usize, last: usize },
    /// Another number of labels than of images.
    #[error("holds {labels} labels for {images} images in `{file}`")]
    LabelCount { labels: usize, images: usize, file: String },
    /// The file has fewer images than the index asks for.
    #[error("has no image {index}, its last is {last}")]
    NoImage { index: u64, last: usize },
}
