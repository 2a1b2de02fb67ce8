//! Tables in text files: rows of cells, one column of labels, and columns of numbers or words.
//!
//! A file is read in four steps: its bytes become text (`content`), the text becomes rows (`records`), the
//! first rows tell which columns there are (`dialect`, `layout`), and cells become numbers (`raw`). Words
//! and missing values become inputs only when the parts are divided, for that depends on the training part
//! (`encoding`); the [`TableSchema`] that results reads other files, such as those to predict.
//!
//! Labels are whole numbers or words. Classes are the labels that occur, in order of their numbers where
//! all are whole numbers, else in alphabetical order.

mod cell;
mod column_ref;
mod content;
mod csv_file;
mod dialect;
mod encoding;
mod labels;
mod layout;
mod options;
mod raw;
mod records;
mod schema;

pub use column_ref::ColumnRef;
pub use csv_file::{CsvFile, InputRows, Table};
pub use encoding::{EncodedTable, TableEncoding};
pub use options::{Categories, Delimiter, Header, MISSING_VALUES, MissingPolicy, TableOptions};
pub use schema::{ColumnEncoder, TableSchema};
