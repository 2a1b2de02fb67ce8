//! Reading a table from a file.

use super::cell::CellReader;
use super::column_ref::ColumnRef;
use super::content::{read_file, read_stream};
use super::dialect::{is_divided_by_whitespace, separator};
use super::dictionary::{Dictionary, words};
use super::encoding::TableEncoding;
use super::labels::Labels;
use super::layout::{Layout, Wanted};
use super::options::{Categories, Delimiter, TableOptions};
use super::raw::{RowReader, Rows};
use super::read_table::Table;
use super::records::Records;
use super::schema::{ColumnEncoder, TableSchema};
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::TableProblem;
use crate::text;
use std::io::Read;
use std::path::PathBuf;

/// A table in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// The file, which may be compressed with gzip.
    pub path: PathBuf,
    /// The column of labels.
    pub label: ColumnRef,
    /// Columns that are left out.
    pub ignore: Vec<ColumnRef>,
    /// The file's format, and how missing values and words are handled.
    pub options: TableOptions,
}

/// Samples without labels, for prediction.
#[derive(Clone, Debug)]
pub struct InputRows {
    /// A row for each sample.
    pub features: Features,
    /// The line of each sample in its file.
    pub lines: Vec<u64>,
    /// What is unusual about the rows but not an error, a line each.
    pub notes: Vec<String>,
}

impl TableFile {
    /// A file with a column `label` and the default options.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let options = TableOptions::default();
        Self { path: path.into(), label: "label".into(), ignore: Vec::new(), options }
    }

    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] with the line and the column
    /// of the problem, such as a quote that is not closed, a cell that is missing or not a finite number, a header that
    /// lacks a column or has a name twice, or fewer than two classes.
    pub fn read(&self) -> Result<Table, DataError> {
        let text = read_file(&self.path)?;
        self.table(text).map_err(|problem| self.corrupt(problem))
    }

    /// Reads the file as another part of `train`. It must have the same columns, in any order, and no other labels.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and [`DataError::Corrupt`] for other columns or labels.
    pub fn read_like(&self, train: &Table) -> Result<Table, DataError> {
        let text = read_file(&self.path)?;
        self.table_like(text, train).map_err(|problem| self.corrupt(problem))
    }

    /// Reads the file as samples without labels for a schema. A column of labels is ignored.
    ///
    /// # Errors
    ///
    /// As for [`read_like`](Self::read_like).
    pub fn read_inputs(&self, schema: &TableSchema) -> Result<InputRows, DataError> {
        let text = read_file(&self.path)?;
        self.inputs(text, schema).map_err(|problem| self.corrupt(problem))
    }

    /// Like [`read_inputs`](Self::read_inputs), from a stream; messages name it by [`path`](Self::path).
    ///
    /// # Errors
    ///
    /// As for [`read_inputs`](Self::read_inputs).
    pub fn read_inputs_from(&self, stream: impl Read, schema: &TableSchema) -> Result<InputRows, DataError> {
        let text = read_stream(stream, &self.path)?;
        self.inputs(text, schema).map_err(|problem| self.corrupt(problem))
    }

    fn records(&self, text: Vec<u8>) -> Result<Records, TableProblem> {
        let separator = separator(&text, &self.options)?;
        Records::new(text, separator, self.options.comment)
    }

    fn table(&self, text: Vec<u8>) -> Result<Table, TableProblem> {
        let start = text[..text.len().min(1 << 16)].to_vec();
        let records = self.records(text)?;
        let cells = CellReader::new(&self.options);
        let wanted = Wanted { header: self.options.header, label: &self.label, ignore: &self.ignore };
        let layout = Layout::new(&records, &cells, &wanted)
            .map_err(|problem| self.with_hint(problem, &start, &records))?;
        let reader = self.reader(&records, &cells, &layout, true);
        let is_words = match self.options.categories {
            Categories::OneHot => reader.word_columns(Categories::OneHot)?,
            Categories::Error => vec![false; layout.inputs.len()],
        };
        let mut dictionaries: Vec<Option<Dictionary>> =
            is_words.iter().map(|&is_words| is_words.then(Dictionary::default)).collect();
        let mut labels = Labels::default();
        let rows = reader.read(&mut dictionaries, Some(&mut labels));
        // An error about one word is reported as one about all columns of words.
        let rows =
            rows.map_err(|problem| reader.word_columns(self.options.categories).err().unwrap_or(problem))?;
        let title = layout.label.map(|label| layout.columns.title(label)).unwrap_or_default();
        let class_names = labels.classes(&title)?;
        let mut notes = self.column_notes(&layout);
        notes.extend(self.row_number_note(&rows, &layout, &is_words));
        notes.extend(self.missing_notes(&rows, &layout));
        let encoders = is_words.iter().map(|&is_words| {
            if is_words {
                ColumnEncoder::Categories { words: Vec::new(), missing: false }
            } else {
                ColumnEncoder::Number { fill: None }
            }
        });
        let schema = TableSchema {
            header: Some(layout.columns.header),
            columns: layout.columns.names[..layout.columns.n].to_vec(),
            label: layout.label,
            inputs: layout.inputs.clone(),
            encoders: encoders.collect(),
        };
        let (path, missing) = (self.path.clone(), self.options.missing);
        let encoding = TableEncoding { path, schema, words: Vec::new(), missing, notes };
        self.finish(rows, &labels, class_names, dictionaries, encoding)
    }

    /// Adds a hint that the look of the text suggests to a problem with its columns.
    fn with_hint(&self, problem: TableProblem, start: &[u8], records: &Records) -> TableProblem {
        let one_column = records.first(1).is_ok_and(|rows| rows.first().is_some_and(|row| row.len() == 1));
        let auto = self.options.delimiter == Delimiter::Auto;
        let hint = if self.options.comment.is_none() && start.starts_with(b"#") {
            "if its first line is a comment, set `comment = \"#\"`"
        } else if auto && one_column && is_divided_by_whitespace(start, &self.options) {
            "its cells seem to be divided by blanks: set `delimiter = \"whitespace\"`"
        } else {
            return problem;
        };
        TableProblem::WithHint { problem: Box::new(problem), hint }
    }

    fn table_like(&self, text: Vec<u8>, train: &Table) -> Result<Table, TableProblem> {
        let records = self.records(text)?;
        let cells = CellReader::new(&self.options);
        let schema = &train.encoding.schema;
        let layout = Layout::like(&records, &cells, self.options.header, schema, "the training file")?;
        if layout.label.is_none() {
            let label = schema.label.map(|label| schema.columns[label].clone()).unwrap_or_default();
            return Err(TableProblem::NoLabelColumn { name: label });
        }
        let mut dictionaries = train.dictionaries.clone();
        let mut labels = Labels::default();
        let rows = self.reader(&records, &cells, &layout, true).read(&mut dictionaries, Some(&mut labels))?;
        let encoding = TableEncoding {
            path: self.path.clone(),
            notes: self.missing_notes(&rows, &layout).collect(),
            ..train.encoding.clone()
        };
        self.finish(rows, &labels, train.samples.class_names.clone(), dictionaries, encoding)
    }

    fn inputs(&self, text: Vec<u8>, schema: &TableSchema) -> Result<InputRows, TableProblem> {
        let records = self.records(text)?;
        let cells = CellReader::new(&self.options);
        let layout = Layout::like(&records, &cells, self.options.header, schema, "the run's data")?;
        let mut dictionaries: Vec<Option<Dictionary>> = schema
            .encoders
            .iter()
            .map(|encoder| matches!(encoder, ColumnEncoder::Categories { .. }).then(Dictionary::default))
            .collect();
        let Rows { values, lines, dropped, .. } =
            self.reader(&records, &cells, &layout, false).read(&mut dictionaries, None)?;
        let (values, unknown) = schema.encode(values, &words(&dictionaries));
        let path = self.path.display();
        let dropped = dropped.first().map(|line| {
            let n = text::count(dropped.len(), "row");
            format!("`{path}`: {n} with a missing value left out, the first in line {line}")
        });
        let unknown = unknown.iter().map(|unknown| {
            format!("`{path}`: {}, the first in line {}", unknown.note(schema), lines[unknown.row])
        });
        let notes = dropped.into_iter().chain(unknown).collect();
        Ok(InputRows { features: Features::Table { values, columns: schema.feature_names() }, lines, notes })
    }

    fn reader<'a>(
        &self,
        records: &'a Records,
        cells: &'a CellReader,
        layout: &'a Layout,
        advise: bool,
    ) -> RowReader<'a> {
        RowReader { records, cells, layout, missing: self.options.missing, advise }
    }

    fn finish(
        &self,
        rows: Rows,
        labels: &Labels,
        class_names: Vec<String>,
        dictionaries: Vec<Option<Dictionary>>,
        encoding: TableEncoding,
    ) -> Result<Table, TableProblem> {
        let places = labels.places(&class_names)?;
        let labels = rows.labels.iter().map(|&code| places[code as usize]).collect();
        let features = Features::table(rows.values, encoding.schema.inputs.len());
        Ok(Table {
            samples: LabelledData { features, labels, class_names },
            rows: rows.rows,
            dictionaries,
            encoding,
        })
    }

    fn corrupt(&self, problem: TableProblem) -> DataError {
        DataError::corrupt(&self.path, problem)
    }
}
