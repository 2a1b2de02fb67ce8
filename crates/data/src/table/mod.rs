//! Tables in text files: rows of cells, one column of labels, and columns of numbers or words.
//!
//! A file is read in four steps: its bytes become text (`content`), the text becomes rows (`records`), the first rows
//! determine the columns (`dialect`, `layout`), and cells become numbers (`raw`). Words and missing values are encoded
//! after the table is divided, because their encoding depends on the training part (`encoding`). The resulting
//! [`TableSchema`] reads other files, such as those to predict.
//!
//! Labels are whole numbers or words. The classes are the labels that occur, sorted as numbers if all are whole numbers,
//! otherwise alphabetically.

mod cell;
mod cleaner;
mod column_ref;
mod content;
mod dialect;
mod dictionary;
mod encoding;
mod encoding_notes;
mod file_notes;
mod fit;
mod labels;
mod layout;
mod one_hot;
mod options;
mod parquet;
mod raw;
mod read_table;
mod records;
mod schema;
mod table_file;

pub use column_ref::ColumnRef;
pub use encoding::{EncodedTable, TableEncoding};
pub use options::{Categories, Delimiter, Header, MISSING_VALUES, MissingPolicy, TableFormat, TableOptions};
pub use read_table::Table;
pub use schema::{ColumnEncoder, TableSchema};
pub use table_file::{InputRows, TableFile};
