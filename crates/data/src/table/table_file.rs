//! Reading a table from a file.

use super::cell::CellReader;
use super::column_ref::ColumnRef;
use super::content::{Content, MAX_SIZE, read_file, read_stream};
use super::dialect::{is_divided_by_whitespace, separator};
use super::dictionary::{Dictionary, words};
use super::encoding::TableEncoding;
use super::labels::Labels;
use super::layout::{Layout, Wanted};
use super::options::{Categories, Delimiter, Header, TableFormat, TableOptions};
use super::parquet;
use super::raw::{RowReader, Rows};
use super::read_table::Table;
use super::records::Records;
use super::schema::{ColumnEncoder, TableSchema};
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::{ParquetProblem, RowPlace, TableProblem};
use crate::text;
use std::io::Read;
use std::path::PathBuf;

/// A table in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// The file. A text may be compressed with gzip.
    pub path: PathBuf,
    /// The format of a file with labels. That of others shows when they are read.
    pub format: TableFormat,
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
    /// The line of each sample in its file, or its row in a Parquet file, from 1.
    pub lines: Vec<u64>,
    /// What is unusual about the rows but not an error, a line each.
    pub notes: Vec<String>,
}

impl TableFile {
    /// A file with a column `label` and the default options.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let options = TableOptions::default();
        Self {
            path: path.into(),
            format: TableFormat::Text,
            label: "label".into(),
            ignore: Vec::new(),
            options,
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] with the line and the column
    /// of the problem, such as a quote that is not closed, a cell that is missing or not a finite number, a header that
    /// lacks a column or has a name twice, or fewer than two classes.
    pub fn read(&self) -> Result<Table, DataError> {
        let content = read_file(&self.path)?;
        self.table(content).map_err(|problem| self.corrupt(problem))
    }

    /// Reads the file as another part of `train`. It must have the same columns, in any order, and no other labels.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and [`DataError::Corrupt`] for other columns or labels.
    pub fn read_like(&self, train: &Table) -> Result<Table, DataError> {
        let content = read_file(&self.path)?;
        self.table_like(content, train).map_err(|problem| self.corrupt(problem))
    }

    /// Reads the file as samples without labels for a schema. A column of labels is ignored.
    ///
    /// # Errors
    ///
    /// As for [`read_like`](Self::read_like).
    pub fn read_inputs(&self, schema: &TableSchema) -> Result<InputRows, DataError> {
        let content = read_file(&self.path)?;
        self.inputs(content, schema).map_err(|problem| self.corrupt(problem))
    }

    /// Like [`read_inputs`](Self::read_inputs), from a stream; messages name it by [`path`](Self::path).
    ///
    /// # Errors
    ///
    /// As for [`read_inputs`](Self::read_inputs).
    pub fn read_inputs_from(&self, stream: impl Read, schema: &TableSchema) -> Result<InputRows, DataError> {
        let content = read_stream(stream, &self.path)?;
        self.inputs(content, schema).map_err(|problem| self.corrupt(problem))
    }

    /// The rows of a file in any format, and how its cells and its header are written.
    fn records(&self, content: Content) -> Result<(Records, CellReader, Header), TableProblem> {
        match content {
            Content::Text(text) => {
                let separator = separator(&text, &self.options)?;
                let records = Records::new(text, separator, self.options.comment)?;
                Ok((records, CellReader::new(&self.options), self.options.header))
            }
            Content::Parquet(bytes) => {
                let options = TableOptions { decimal_comma: false, ..self.options.clone() };
                Ok((parquet::records(bytes, MAX_SIZE)?, CellReader::new(&options), Header::Present))
            }
        }
    }

    fn check_format(&self, content: &Content) -> Result<(), TableProblem> {
        match (content, self.format) {
            (Content::Text(_), TableFormat::Parquet) => Err(ParquetProblem::NotParquet.into()),
            (Content::Parquet(_), TableFormat::Text) => Err(ParquetProblem::NotText.into()),
            (Content::Text(_), TableFormat::Text) | (Content::Parquet(_), TableFormat::Parquet) => Ok(()),
        }
    }

    fn table(&self, content: Content) -> Result<Table, TableProblem> {
        self.check_format(&content)?;
        let start = match &content {
            Content::Text(text) => text[..text.len().min(1 << 16)].to_vec(),
            Content::Parquet(_) => Vec::new(),
        };
        let (records, cells, header) = self.records(content)?;
        let wanted = Wanted { header, label: &self.label, ignore: &self.ignore };
        let layout = Layout::new(&records, &cells, &wanted)
            .map_err(|problem| self.with_hint(problem, &start, &records))?;
        layout.check_readable(&records)?;
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
        let encoding = TableEncoding { path, test_path: None, schema, words: Vec::new(), missing, notes };
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

    fn table_like(&self, content: Content, train: &Table) -> Result<Table, TableProblem> {
        self.check_format(&content)?;
        let (records, cells, header) = self.records(content)?;
        let schema = &train.encoding.schema;
        let layout = Layout::like(&records, &cells, header, schema, "the training file")?;
        layout.check_readable(&records)?;
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

    fn inputs(&self, content: Content, schema: &TableSchema) -> Result<InputRows, TableProblem> {
        let (records, cells, header) = self.records(content)?;
        let layout = Layout::like(&records, &cells, header, schema, "the run's data")?;
        layout.check_readable(&records)?;
        let mut dictionaries: Vec<Option<Dictionary>> = schema
            .encoders
            .iter()
            .map(|encoder| matches!(encoder, ColumnEncoder::Categories { .. }).then(Dictionary::default))
            .collect();
        let Rows { values, places, dropped, .. } =
            self.reader(&records, &cells, &layout, false).read(&mut dictionaries, None)?;
        let (values, unknown) = schema.encode(values, &words(&dictionaries));
        let path = self.path.display();
        let dropped = dropped.first().map(|place| {
            let n = text::count(dropped.len(), "row");
            format!("`{path}`: {n} with a missing value left out, the first in {place}")
        });
        let unknown = unknown.iter().map(|unknown| {
            format!("`{path}`: {}, the first in {}", unknown.note(schema), places[unknown.row])
        });
        let notes = dropped.into_iter().chain(unknown).collect();
        let features = Features::Table { values, columns: schema.feature_names() };
        Ok(InputRows { features, lines: places.into_iter().map(RowPlace::number).collect(), notes })
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
