//! Tables in CSV files: a header, a column of labels, and columns of numbers.
//!
//! Labels are whole numbers or words. Classes are the labels that occur, in order of their numbers
//! where all are whole numbers, else in alphabetical order.

use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use csv::{ReaderBuilder, StringRecord, Trim};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Take};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
const MAX_FILE_SIZE: u64 = 4 << 30;

/// More different labels are taken for a column of something else.
const MAX_CLASSES: usize = 10_000;

/// Where the samples are in a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFile {
    /// The file.
    pub path: PathBuf,
    /// The column of labels.
    pub label: String,
    /// Columns that are left out.
    pub ignore: Vec<String>,
}

/// Where a row begins, in bytes from the file's start; empty lines before it count to it.
type Place = u64;

/// A table whose labels are still words.
struct Table {
    columns: Vec<String>,
    values: Vec<f64>,
    /// Each with the place of its row.
    labels: Vec<(String, Place)>,
}

impl CsvFile {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] with the line and the
    /// column of the first cell that is missing or no finite number, for a header without the columns
    /// that are named, and for fewer than two classes.
    pub fn read(&self) -> Result<LabelledData, DataError> {
        let table = self.table()?;
        let class_names = class_names(&table.labels);
        if class_names.len() < 2 {
            let problem = format!(
                "has {} different labels in column `{}`, must have two or more",
                class_names.len(),
                self.label
            );
            return Err(self.corrupt(problem));
        }
        if class_names.len() > MAX_CLASSES {
            let problem = format!(
                "has {} different labels in column `{}`, must have at most {MAX_CLASSES}; is it the right column?",
                class_names.len(),
                self.label
            );
            return Err(self.corrupt(problem));
        }
        self.labelled(table, class_names)
    }

    /// Reads the file as another part of `train`: the same columns, in any order, and no other labels.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and [`DataError::Corrupt`] for other columns or labels.
    pub fn read_like(&self, train: &LabelledData) -> Result<LabelledData, DataError> {
        let mut table = self.table()?;
        if let Features::Table { columns, .. } = &train.features {
            table = self.reordered(table, columns)?;
        }
        self.labelled(table, train.class_names.clone())
    }

    fn table(&self) -> Result<Table, DataError> {
        let mut reader = open(&self.path)?;
        let header = reader.headers().map_err(|error| self.bad(&error))?.clone();
        let label = self.column(&header, &self.label, "label")?;
        let mut ignored = BTreeSet::from([label]);
        for name in &self.ignore {
            ignored.insert(self.column(&header, name, "ignore")?);
        }
        let used: Vec<usize> = (0..header.len()).filter(|column| !ignored.contains(column)).collect();
        let columns: Vec<String> = used.iter().map(|&column| header[column].to_owned()).collect();
        if columns.is_empty() {
            return Err(self.corrupt("has no column of numbers beside the label".into()));
        }
        if let Some(twice) =
            columns.iter().enumerate().find_map(|(i, name)| columns[..i].contains(name).then_some(name))
        {
            return Err(self.corrupt(format!("has two columns `{twice}`")));
        }
        let mut table = Table { columns, values: Vec::new(), labels: Vec::new() };
        let mut row = StringRecord::new();
        while reader.read_record(&mut row).map_err(|error| self.bad(&error))? {
            let place = row.position().map_or(0, csv::Position::byte);
            if row[label].is_empty() {
                let line = self.line(place);
                return Err(self.corrupt(format!("has no label in line {line}, column `{}`", self.label)));
            }
            table.labels.push((row[label].to_owned(), place));
            for &column in &used {
                table.values.push(self.number(&row[column], place, &header[column])?);
            }
        }
        match table.labels.is_empty() {
            true => Err(self.corrupt("has no row under its header".into())),
            false => Ok(table),
        }
    }

    fn number(&self, cell: &str, place: Place, column: &str) -> Result<f64, DataError> {
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => {
                let what = if cell.is_empty() { "no number".to_owned() } else { format!("{cell:?}") };
                let must = if cell.is_empty() { "" } else { ", must be a finite number" };
                let line = self.line(place);
                Err(self.corrupt(format!("has {what} in line {line}, column `{column}`{must}")))
            }
        }
    }

    fn column(&self, header: &StringRecord, name: &str, key: &str) -> Result<usize, DataError> {
        header.iter().position(|column| column == name).ok_or_else(|| {
            let columns: Vec<String> = header.iter().map(|column| format!("`{column}`")).collect();
            self.corrupt(format!(
                "has no column `{name}`, as `{key}` says; its columns are {}",
                columns.join(", ")
            ))
        })
    }

    fn reordered(&self, table: Table, columns: &[String]) -> Result<Table, DataError> {
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let place = table.columns.iter().position(|name| name == column);
            places.push(place.ok_or_else(|| {
                self.corrupt(format!("has no column `{column}`, which the training file has"))
            })?);
        }
        if let Some(extra) = table.columns.iter().find(|name| !columns.contains(name)) {
            return Err(self.corrupt(format!("has a column `{extra}`, which the training file has not")));
        }
        let rows = table.values.chunks_exact(columns.len().max(1));
        let values = rows.flat_map(|row| places.iter().map(|&place| row[place])).collect();
        Ok(Table { columns: columns.to_vec(), values, labels: table.labels })
    }

    fn labelled(&self, table: Table, class_names: Vec<String>) -> Result<LabelledData, DataError> {
        let Table { columns, values, labels } = table;
        let label = |(name, place): (String, Place)| {
            let class = class_names.iter().position(|class| *class == name);
            class.map(|class| class as u32).ok_or_else(|| {
                let line = self.line(place);
                let problem =
                    format!("has the label {name:?} in line {line}, which the training file has not");
                self.corrupt(problem)
            })
        };
        let labels = labels.into_iter().map(label).collect::<Result<_, _>>()?;
        Ok(LabelledData { features: Features::Table { values, columns }, labels, class_names })
    }

    fn bad(&self, error: &csv::Error) -> DataError {
        let line =
            |position: &Option<csv::Position>| self.line(position.as_ref().map_or(0, csv::Position::byte));
        match error.kind() {
            csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
                let problem =
                    format!("has {len} cells in line {}, must have {expected_len}, as its header", line(pos));
                self.corrupt(problem)
            }
            csv::ErrorKind::Utf8 { pos, .. } => {
                self.corrupt(format!("is not UTF-8 text in line {}", line(pos)))
            }
            _ => self.corrupt(format!("cannot be read as CSV: {error}")),
        }
    }

    /// The line, from 1, of the row at a place. Only an error needs it, and then the file is read again.
    fn line(&self, place: Place) -> u64 {
        let Ok(file) = File::open(&self.path) else { return 0 };
        let mut line = 1;
        for (position, byte) in (0..).zip(BufReader::new(file).bytes()) {
            match byte {
                Ok(b'\n') => line += 1,
                Ok(b'\r') => (),
                Ok(_) if position < place => (),
                _ => break,
            }
        }
        line
    }

    fn corrupt(&self, problem: String) -> DataError {
        DataError::Corrupt { path: self.path.clone(), problem }
    }
}

fn class_names(labels: &[(String, Place)]) -> Vec<String> {
    let names: BTreeSet<&str> = labels.iter().map(|(name, _)| name.as_str()).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
    if numbers.is_some() {
        names.sort_by_key(|name| name.parse::<i64>().unwrap_or(i64::MAX));
    }
    names.into_iter().map(str::to_owned).collect()
}

/// Opens a regular file; a device or a pipe could go on for ever.
fn open(path: &Path) -> Result<csv::Reader<Take<File>>, DataError> {
    let unreadable = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound => DataError::Missing { path: path.to_owned() },
        _ => DataError::Read { path: path.to_owned(), source },
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let corrupt = |problem: String| DataError::Corrupt { path: path.to_owned(), problem };
    if !metadata.is_file() {
        return Err(corrupt("is no regular file".into()));
    }
    if metadata.len() > MAX_FILE_SIZE {
        return Err(corrupt(format!("is larger than {MAX_FILE_SIZE} bytes")));
    }
    Ok(ReaderBuilder::new().trim(Trim::All).from_reader(file.take(MAX_FILE_SIZE)))
}
