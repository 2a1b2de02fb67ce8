//! A table in a file, and what is read from it.

use super::cell::CellReader;
use super::column_ref::ColumnRef;
use super::content::{read_file, read_stream};
use super::dialect::{is_divided_by_whitespace, separator};
use super::encoding::TableEncoding;
use super::labels::Labels;
use super::layout::{Layout, Wanted};
use super::options::{Categories, Delimiter, MissingPolicy, TableOptions};
use super::raw::{Dictionary, RowReader, Rows};
use super::records::Records;
use super::schema::{ColumnEncoder, TableSchema};
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::TableProblem;
use crate::random_state::RandomState;
use crate::splits::{Part, Splits};
use crate::text::{self, MAX_ITEMS};
use crate::train_test_split::TrainTestSplit;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Names of columns that number the rows.
const ROW_NUMBERS: [&str; 5] = ["Unnamed: 0", "id", "index", "row", "no"];

/// Where the samples are in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFile {
    /// The file; gzip is unpacked.
    pub path: PathBuf,
    /// The column of labels.
    pub label: ColumnRef,
    /// Columns that are left out.
    pub ignore: Vec<ColumnRef>,
    /// How it is written, and what is done with what is no number.
    pub options: TableOptions,
}

/// A table that was read, before it is divided.
#[derive(Clone, Debug)]
pub struct Table {
    samples: LabelledData,
    /// The place of each sample in the file, from 0.
    rows: Vec<usize>,
    dictionaries: Vec<Option<Dictionary>>,
    encoding: TableEncoding,
}

/// Samples without labels, to be predicted.
#[derive(Clone, Debug)]
pub struct InputRows {
    /// A row for each sample.
    pub features: Features,
    /// The line of each sample in its file.
    pub lines: Vec<u64>,
    /// What is unusual about the rows, a line each.
    pub notes: Vec<String>,
}

impl CsvFile {
    /// A file with a column `label` that is written in the usual way.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let options = TableOptions::default();
        Self { path: path.into(), label: "label".into(), ignore: Vec::new(), options }
    }

    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] with the line and the column
    /// of what cannot be read: a quote that is not closed, a cell that is missing or no finite number, a
    /// header without the columns that are named or with a name twice, fewer than two classes.
    pub fn read(&self) -> Result<Table, DataError> {
        let text = read_file(&self.path)?;
        self.table(text).map_err(|problem| self.corrupt(problem))
    }

    /// Reads the file as another part of `train`: the same columns, in any order, and no other labels.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and [`DataError::Corrupt`] for other columns or labels.
    pub fn read_like(&self, train: &Table) -> Result<Table, DataError> {
        let text = read_file(&self.path)?;
        self.table_like(text, train).map_err(|problem| self.corrupt(problem))
    }

    /// Reads the file as samples without labels for a schema. The label's column is passed over.
    ///
    /// # Errors
    ///
    /// As for [`read_like`](Self::read_like).
    pub fn read_inputs(&self, schema: &TableSchema) -> Result<InputRows, DataError> {
        let text = read_file(&self.path)?;
        self.inputs(text, schema).map_err(|problem| self.corrupt(problem))
    }

    /// The same from a stream, for which [`path`](Self::path) is a name.
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
        // An error about one word is told as one about the columns of words.
        let rows =
            rows.map_err(|problem| reader.word_columns(self.options.categories).err().unwrap_or(problem))?;
        let title = layout.label.map(|label| layout.columns.title(label)).unwrap_or_default();
        let class_names = labels.classes(&title)?;
        let mut notes = self.column_notes(&layout);
        notes.extend(self.row_number_note(&rows, &layout, &is_words));
        notes.extend(self.missing_notes(&rows, &layout));
        let encoders = is_words.iter().map(|&is_words| match is_words {
            true => ColumnEncoder::Categories { words: Vec::new(), missing: false },
            false => ColumnEncoder::Number { fill: None },
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

    fn column_notes(&self, layout: &Layout) -> Vec<String> {
        let path = self.path.display();
        let columns = &layout.columns;
        let mut notes = Vec::new();
        if columns.n < columns.names.len() && !self.ignore.contains(&"".into()) {
            notes.push(format!("`{path}`: column {} has no name and no value and is left out", columns.n));
        }
        let unnamed =
            layout.inputs.iter().find(|&&column| columns.header && columns.names[column].is_empty());
        if let Some(column) = unnamed {
            notes.push(format!(
                "`{path}`: column {column} has no name and is an input; if it numbers the rows, leave it out with \
                 `ignore = [\"\"]`"
            ));
        }
        notes
    }

    /// Tells an input that numbers the rows, as pandas and collections of tables write it.
    fn row_number_note(&self, rows: &Rows, layout: &Layout, is_words: &[bool]) -> Option<String> {
        let n_inputs = layout.inputs.len();
        let numbers_rows = |input: usize| {
            let values = rows.values.iter().skip(input).step_by(n_inputs).zip(&rows.rows);
            let mut first = values.map(|(value, &row)| value - row as f64);
            let start = first.next().unwrap_or(f64::NAN);
            (start == 0.0 || start == 1.0) && first.all(|difference| difference == start)
        };
        let columns = &layout.columns;
        let named = |column: usize| {
            columns.header && ROW_NUMBERS.iter().any(|name| columns.names[column].eq_ignore_ascii_case(name))
        };
        let found = (0..n_inputs)
            .find(|&input| named(layout.inputs[input]) && !is_words[input] && numbers_rows(input))?;
        let (path, title) = (self.path.display(), columns.title(layout.inputs[found]));
        Some(format!("`{path}`: {title} numbers the rows and is an input; leave it out with `ignore`"))
    }

    fn missing_notes<'a>(&'a self, rows: &'a Rows, layout: &'a Layout) -> impl Iterator<Item = String> + 'a {
        let path = self.path.display();
        let all = rows.rows.len() + rows.dropped.len();
        let dropped = rows.dropped.first().map(move |line| {
            let n = rows.dropped.len();
            let verb = if n == 1 { "has a missing value and is" } else { "have a missing value and are" };
            format!("`{path}`: {n} of {} {verb} left out, the first in line {line}", text::count(all, "row"))
        });
        let counts = rows.missing.iter().zip(&layout.inputs).filter(|(count, _)| **count > 0);
        let counts: Vec<String> =
            counts.map(|(count, &column)| format!("{count} in {}", layout.columns.title(column))).collect();
        let word = match self.options.missing {
            MissingPolicy::Median => "median",
            _ => "mean",
        };
        let path = self.path.display();
        let filled = (!counts.is_empty()).then(|| {
            format!(
                "`{path}`: missing numbers become the {word} of the training part, missing words a category: {}",
                text::first(counts.iter(), MAX_ITEMS)
            )
        });
        dropped.into_iter().chain(filled)
    }

    fn corrupt(&self, problem: TableProblem) -> DataError {
        DataError::corrupt(&self.path, problem)
    }
}

/// The words of each dictionary.
fn words(dictionaries: &[Option<Dictionary>]) -> Vec<Vec<String>> {
    let words = |dictionary: &Option<Dictionary>| match dictionary {
        Some(dictionary) => dictionary.words.clone(),
        None => Vec::new(),
    };
    dictionaries.iter().map(words).collect()
}

impl Table {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Divides the table into training and test part, as [`Splits::divide`].
    ///
    /// # Errors
    ///
    /// As for [`Splits::divide`].
    pub fn divide(
        self,
        split: &TrainTestSplit,
        split_seed: u32,
    ) -> Result<(Splits, TableEncoding), DataError> {
        let (train, test) = split.rows_of(&self.samples, &mut RandomState::new(split_seed))?;
        let part = |chosen: Vec<usize>| {
            let rows = chosen.iter().map(|&row| self.rows[row]).collect();
            Ok::<_, DataError>(Part { samples: self.samples.select(&chosen)?, rows })
        };
        let splits = Splits { train: part(train)?, validation: None, test: part(test)? };
        Ok((splits, TableEncoding { words: words(&self.dictionaries), ..self.encoding }))
    }

    /// Takes the whole table as training part, and another that was [read like it](CsvFile::read_like) as
    /// test part.
    pub fn with_test(self, test: Self) -> (Splits, TableEncoding) {
        let words = words(&test.dictionaries);
        let notes = self.encoding.notes.into_iter().chain(test.encoding.notes).collect();
        let part = |samples: LabelledData, rows: Vec<usize>| Part { samples, rows };
        let splits = Splits {
            train: part(self.samples, self.rows),
            validation: None,
            test: part(test.samples, test.rows),
        };
        (splits, TableEncoding { words, notes, ..self.encoding })
    }

    /// The name of the table's file.
    pub fn path(&self) -> &Path {
        &self.encoding.path
    }
}
