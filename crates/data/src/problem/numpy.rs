//! Problems of arrays that NumPy saved.

use crate::text::{MAX_ITEMS, backticked, first};

/// What is wrong with a set of arrays, or with one array.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum NumpyProblem {
    /// A problem of one array of the set.
    #[error("has the array `{array}`, which {problem}")]
    Array { array: String, problem: Box<NumpyProblem> },
    /// A named pipe, a device or a socket.
    #[error("{reason}")]
    NotRegular { reason: String },
    /// A file that is neither.
    #[error("is neither a `.npz` file nor a folder of `.npy` files")]
    NotNpz,
    /// One array where a set is needed.
    #[error(
        "is a single array; give a folder of `.npy` files, or save inputs and labels in one file with `numpy.savez`"
    )]
    SingleArray,
    /// A damaged ZIP archive, or damaged compressed data.
    #[error("is damaged: {reason}; save it again")]
    Damaged { reason: String },
    /// An entry whose name leads elsewhere.
    #[error("holds an entry with the name {name:?}, must be the plain name of an array")]
    EntryName { name: String },
    /// Two entries of one name.
    #[error("holds two entries of the same name; save it again")]
    Duplicate,
    /// An encrypted entry.
    #[error("is encrypted; save it without a password")]
    Encrypted,
    /// An entry packed in another way.
    #[error(
        "is packed with {method}, must be stored or deflated, as `numpy.savez` and `numpy.savez_compressed` do"
    )]
    Compression { method: String },
    /// No array of a name.
    #[error("has no array `{wanted}`; it has {}", names(.found))]
    NoArray { wanted: String, found: Vec<String> },
    /// No pair of arrays under usual names.
    #[error(
        "has no inputs and labels under usual names, such as `x_train` and `y_train`; it has {}; name them with \
         `data.train_inputs` and `data.train_labels`",
        names(.found)
    )]
    NoTraining { found: Vec<String> },
    /// Several arrays where one is needed.
    #[error("has {}; name one, as `FILE.npz:NAME`", names(.found))]
    NotOne { found: Vec<String> },

    /// The first bytes are not those of an array.
    #[error("is no array: it must begin with the bytes `\\x93NUMPY`")]
    NotNpy,
    /// A version of the format that does not exist.
    #[error("has version {major}.{minor} of the format, must be 1.0, 2.0 or 3.0")]
    Version { major: u8, minor: u8 },
    /// A header that is too long.
    #[error("has a header of {found} bytes, must be at most {max}")]
    HeaderLength { found: usize, max: usize },
    /// A header that cannot be read.
    #[error("has a header that is no dictionary of `descr`, `fortran_order` and `shape`")]
    Header,
    /// An array of Python objects.
    #[error(
        "holds Python objects, which are never read because loading them can run programs; convert it with \
         `numpy.asarray(array, dtype=…)` to numbers or text and save it again"
    )]
    Objects,
    /// An array of records.
    #[error("holds records of several fields; save each field as an array of its own")]
    Structured,
    /// Another type.
    #[error(
        "has the type `{descr}`, must be bool, integers of up to 8 bytes, float16, float32, float64 or text"
    )]
    ElementType { descr: String },
    /// More bytes than are read.
    #[error("is larger than {max} bytes")]
    TooLarge { max: u64 },
    /// More numbers than fit into the same bytes as floats of eight bytes.
    #[error("holds {found} numbers, must be at most {max}")]
    TooMany { found: usize, max: usize },
    /// Too many dimensions.
    #[error("has {found} dimensions, must have at most {max}")]
    Dimensions { found: usize, max: usize },
    /// The data ends early.
    #[error("is truncated: {found} of {expected} bytes follow its header; save it again")]
    Truncated { found: usize, expected: usize },
    /// The data goes on.
    #[error("has more than the {expected} bytes that its header announces")]
    TooLong { expected: usize },

    /// No sample.
    #[error("has the shape {shape}, must hold at least one number")]
    Empty { shape: String },
    /// Text where numbers are needed.
    #[error("holds text, must hold numbers")]
    Text,
    /// A number that is not finite, or beyond single precision.
    #[error("is {value} at {place}, must be a finite number between -3.4e38 and 3.4e38")]
    NotFinite { value: String, place: String },
    /// An array of images without the key that says so.
    #[error("has the shape {shape}; for images set `data.image_shape = {suggested}`")]
    NeedsImageShape { shape: String, suggested: String },
    /// An array of more dimensions that is no array of images.
    #[error(
        "has the shape {shape}, must have a row of numbers for each sample: save `X.reshape(len(X), -1)`"
    )]
    NeedsRows { shape: String },
    /// Another shape than the configuration gives.
    #[error("has the shape {shape}, must be {expected}")]
    Shape { shape: String, expected: String },
    /// A number that is no pixel.
    #[error(
        "is {value} at {place}, must be a pixel: all numbers whole ones from 0 to 255, or all of them such numbers \
         divided by 255"
    )]
    Pixel { value: String, place: String },
    /// Labels of another shape.
    #[error(
        "has the shape {shape}, must be {expected}: a label, or a 1 in the column of the class, for each sample"
    )]
    LabelShape { shape: String, expected: String },
    /// Labels with other columns than those of the training part.
    #[error(
        "has {found} columns of labels, the training part {expected}: columns must stand for the same classes"
    )]
    LabelColumns { found: usize, expected: usize },
    /// A label that is no class.
    #[error("is {value} at {place}, must be a whole number or text")]
    Label { value: String, place: String },
    /// A row without exactly one 1.
    #[error("is {value} in row {row}, must be 0 in each column but one, and 1 there")]
    OneHot { value: String, row: usize },
    /// Text that is not valid.
    #[error("has text that is not valid Unicode at {place}")]
    NotUnicode { place: String },
    /// Fewer than two classes, or too many.
    #[error("has {found} different labels, must have from 2 to {max}")]
    Classes { found: usize, max: usize },
    /// A label that the training part does not have.
    #[error("has the label {label:?} at {place}, which the training part does not have")]
    UnknownLabel { label: String, place: String },
    /// Other features than the training part or the run has.
    #[error("has {found} features, must have {expected}")]
    Features { found: usize, expected: usize },
}

fn names(found: &[String]) -> String {
    if found.is_empty() {
        return "no arrays".to_owned();
    }
    first(found.iter().map(|name| backticked(name)), MAX_ITEMS)
}
