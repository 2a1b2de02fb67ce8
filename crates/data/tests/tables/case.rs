//! A table of a test.

use emberlab_data::{
    Categories, ColumnRef, DataError, EncodedTable, Features, InputRows, LabelledData, MissingPolicy,
    TableFile, TableFormat, TableOptions,
};
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// A table and how it is read.
pub struct Case {
    pub content: Vec<u8>,
    pub label: ColumnRef,
    pub ignore: Vec<ColumnRef>,
    pub options: TableOptions,
}

pub fn case(content: impl AsRef<[u8]>) -> Case {
    let content = content.as_ref().to_vec();
    Case { content, label: "label".into(), ignore: Vec::new(), options: TableOptions::default() }
}

impl Case {
    pub fn with(mut self, set: impl FnOnce(&mut TableOptions)) -> Self {
        set(&mut self.options);
        self
    }

    pub fn label(mut self, position: i64) -> Self {
        self.label = ColumnRef::Position(position);
        self
    }

    pub fn ignore(mut self, column: ColumnRef) -> Self {
        self.ignore.push(column);
        self
    }

    pub fn one_hot(self) -> Self {
        self.with(|options| options.categories = Categories::OneHot)
    }

    pub fn missing(self, policy: MissingPolicy) -> Self {
        self.with(|options| options.missing = policy)
    }

    pub fn file(&self, folder: &TempDir, name: &str, content: &[u8]) -> TableFile {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        TableFile {
            path,
            format: TableFormat::Text,
            label: self.label.clone(),
            ignore: self.ignore.clone(),
            options: self.options.clone(),
        }
    }

    /// The table as a training part, with another one as its test part.
    pub fn encoded_with_test(&self, test: &[u8]) -> Result<EncodedTable, String> {
        let folder = TempDir::new().unwrap();
        let read = || {
            let train = self.file(&folder, "table.csv", &self.content).read()?;
            let test = self.file(&folder, "test.csv", test).read_like(&train)?;
            let (splits, encoding) = train.with_test(test);
            encoding.encode(splits)
        };
        read().map_err(|error| said(&error, folder.path()))
    }

    pub fn encoded(&self) -> Result<EncodedTable, String> {
        self.encoded_with_test(&self.content)
    }

    #[track_caller]
    pub fn read(&self) -> (Vec<String>, Vec<f64>, LabelledData) {
        let samples = self.encoded().unwrap().splits.train.samples;
        let Features::Table { values, columns } = samples.features.clone() else { panic!("not a table") };
        (columns, values, samples)
    }

    #[track_caller]
    pub fn values(&self) -> Vec<f64> {
        self.read().1
    }

    /// What is told of the table, without its path.
    #[track_caller]
    pub fn notes(&self) -> Vec<String> {
        let notes = self.encoded().unwrap().notes;
        notes.iter().map(|note| note.split_once("`: ").unwrap().1.to_owned()).collect()
    }

    #[track_caller]
    pub fn fails(&self, wanted: &str) {
        assert_eq!(self.encoded().unwrap_err(), wanted, "{}", String::from_utf8_lossy(&self.content));
    }

    /// The rows of another file as inputs of a model of this table.
    pub fn predict(&self, content: &[u8]) -> Result<InputRows, String> {
        let folder = TempDir::new().unwrap();
        let schema = self.encoded().unwrap().schema;
        let file = self.file(&folder, "new.csv", content);
        file.read_inputs(&schema).map_err(|error| said(&error, folder.path()))
    }

    #[track_caller]
    pub fn predicts(&self, content: &str) -> Vec<f64> {
        match self.predict(content.as_bytes()).unwrap().features {
            Features::Table { values, .. } => values,
            Features::Images { .. } => panic!("not a table"),
        }
    }
}

/// An error without the folder's path: of a damaged file only what is wrong.
pub fn said(error: &DataError, folder: &Path) -> String {
    match error {
        DataError::Corrupt { problem, .. } => problem.to_string(),
        error => error.to_string().replace(folder.to_str().unwrap(), ""),
    }
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
