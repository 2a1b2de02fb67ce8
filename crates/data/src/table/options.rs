//! A table's format, and how missing values and words are handled.

/// The words that stand for a missing value by default.
pub const MISSING_VALUES: [&str; 7] = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

/// The delimiter of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// Detected among comma, semicolon, tab and vertical bar.
    #[default]
    Auto,
    /// One ASCII character.
    Character(u8),
    /// One or more spaces and tabs; those at the ends of a line are ignored.
    Whitespace,
}

/// Whether the first row names the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// Detected from the content.
    #[default]
    Auto,
    /// It does.
    Present,
    /// It holds a sample.
    Absent,
}

/// The format of a table's file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableFormat {
    /// Cells between delimiters, as in CSV.
    #[default]
    Text,
    /// Apache Parquet.
    Parquet,
}

/// How missing values are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingPolicy {
    /// They are an error.
    #[default]
    Error,
    /// Rows with one are left out.
    Drop,
    /// Filled with the mean of the column in the training part.
    Mean,
    /// Filled with the median of the column in the training part.
    Median,
}

/// How columns of words are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Categories {
    /// They are an error.
    #[default]
    Error,
    /// Each word of the training part becomes an input that is 0 or 1.
    OneHot,
}

/// A table's format, and how missing values and words are handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// The delimiter of cells.
    pub delimiter: Delimiter,
    /// Whether the first row names the columns.
    pub header: Header,
    /// Cells that stand for a missing value. An empty cell always does. One that is a number stands for
    /// every spelling of that number.
    pub missing_values: Vec<String>,
    /// How missing values are handled.
    pub missing: MissingPolicy,
    /// How columns of words are handled.
    pub categories: Categories,
    /// Whether numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// The ASCII character that begins a comment, outside of quotes.
    pub comment: Option<u8>,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            delimiter: Delimiter::default(),
            header: Header::default(),
            missing_values: MISSING_VALUES.map(str::to_owned).to_vec(),
            missing: MissingPolicy::default(),
            categories: Categories::default(),
            decimal_comma: false,
            comment: None,
        }
    }
}
