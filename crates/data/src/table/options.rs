//! How a table is written in its file, and what is done with missing values and words.

/// The words that stand for a missing value unless a configuration says otherwise.
pub const MISSING_VALUES: [&str; 7] = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

/// What divides the cells of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// Found among comma, semicolon, tab and vertical bar.
    #[default]
    Auto,
    /// One ASCII character.
    Character(u8),
    /// One or more spaces and tabs; those at the ends of a line do not count.
    Whitespace,
}

/// Whether the first row names the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// Found from the content.
    #[default]
    Auto,
    /// It does.
    Present,
    /// It holds a sample.
    Absent,
}

/// What is done with missing values.
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

/// What is done with columns of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Categories {
    /// They are an error.
    #[default]
    Error,
    /// Each word of the training part becomes an input that is 0 or 1.
    OneHot,
}

/// How a table is written, and what is done with what is no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// What divides the cells of a row.
    pub delimiter: Delimiter,
    /// Whether the first row names the columns.
    pub header: Header,
    /// Cells that stand for a missing value. An empty cell always does. One that is a number stands for
    /// every spelling of that number.
    pub missing_values: Vec<String>,
    /// What is done with missing values.
    pub missing: MissingPolicy,
    /// What is done with columns of words.
    pub categories: Categories,
    /// Whether numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// The rest of a line is left out from this ASCII character on, outside of quotes.
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
