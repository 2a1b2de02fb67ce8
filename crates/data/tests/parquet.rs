//! Tables in Parquet files, as pyarrow writes and reads them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use emberlab_data::{ColumnRef, Features, MissingPolicy, TableFile, TableFormat, TestSize, TrainTestSplit};
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

#[derive(Deserialize)]
struct Case {
    file: String,
    /// `[n_rows, n_inputs]`, without rows that lack a value; empty where only their sum is told.
    inputs: Vec<Vec<f64>>,
    labels: Vec<String>,
    rows: Vec<usize>,
    n: Option<usize>,
    sum: Option<f64>,
}

fn cases() -> Vec<Case> {
    serde_json::from_slice(&support::golden("parquet.json")).unwrap()
}

fn table(name: &str) -> TableFile {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/parquet").join(name);
    let mut file = TableFile::new(path);
    file.format = TableFormat::Parquet;
    file.options.missing = MissingPolicy::Drop;
    file
}

/// The inputs, the name of each label, and the row of each sample in the file.
fn read(file: &TableFile) -> (Vec<f64>, Vec<String>, Vec<usize>) {
    let (table, test) = (file.read().unwrap(), file.read().unwrap());
    let (splits, encoding) = table.with_test(test);
    let part = encoding.encode(splits).unwrap().splits.train;
    let Features::Table { values, .. } = part.samples.features else { panic!("not a table") };
    let name = |&label: &u32| part.samples.class_names[label as usize].clone();
    (values, part.samples.labels.iter().map(name).collect(), part.rows)
}

#[test]
fn every_type_encoding_and_compression_is_read_as_pyarrow_reads_it() {
    for case in cases().into_iter().filter(|case| case.sum.is_none()) {
        let (values, labels, rows) = read(&table(&case.file));
        assert_eq!(values, case.inputs.concat(), "{}", case.file);
        assert_eq!(labels, case.labels, "{}", case.file);
        assert_eq!(rows, case.rows, "{}", case.file);
    }
}

#[test]
fn groups_of_many_rows_are_read_to_their_end() {
    let case = cases().into_iter().find(|case| case.sum.is_some()).unwrap();
    let (values, labels, _) = read(&table(&case.file));
    assert_eq!((values.len(), labels.len()), (case.n.unwrap(), case.n.unwrap()));
    assert_eq!(Some(values.iter().sum::<f64>()), case.sum);
}

#[test]
fn a_table_is_divided_and_predicted_like_a_text() {
    let file = table("snappy.parquet");
    let split = TrainTestSplit { test_size: TestSize::Share(0.25), stratify: true };
    let (splits, encoding) = file.read().unwrap().divide(&split, 1).unwrap();
    let schema = encoding.encode(splits).unwrap().schema;
    // The format shows when the file is read, so a run of a text predicts for it too.
    let rows = TableFile { format: TableFormat::Text, ..file }.read_inputs(&schema).unwrap();
    let case = cases().into_iter().find(|case| case.file == "snappy.parquet").unwrap();
    let Features::Table { values, .. } = rows.features else { panic!("not a table") };
    assert_eq!(values, case.inputs.concat());
    assert_eq!(rows.lines, case.rows.iter().map(|&row| row as u64 + 1).collect::<Vec<_>>());
}

#[track_caller]
fn fails(file: &TableFile, wanted: &str) {
    let error = file.read().unwrap_err().to_string();
    assert!(error.ends_with(wanted), "{error}");
}

#[test]
fn columns_that_are_neither_numbers_nor_words_are_named_unless_they_are_left_out() {
    let mut file = table("other_types.parquet");
    for (column, kind) in [
        ("day", "dates or times"),
        ("when", "dates or times"),
        ("list", "lists or structures"),
        ("pair", "lists or structures"),
        ("bytes", "bytes"),
    ] {
        let wanted = format!(
            "has {kind} in column `{column}`, which are neither numbers nor words; leave it out with `ignore`"
        );
        fails(&file, &wanted);
        file.ignore.push(ColumnRef::Name(column.to_owned()));
    }
    assert_eq!(read(&file).1, ["a", "b", "a", "b", "a", "b"]);
    let mut file = table("unreadable_values.parquet");
    for (column, kind) in
        [("text", "texts that are not UTF-8"), ("wide", "decimal numbers of more than 16 bytes")]
    {
        let wanted = format!(
            "has {kind} in column `{column}`, which are neither numbers nor words; leave it out with `ignore`"
        );
        fails(&file, &wanted);
        file.ignore.push(ColumnRef::Name(column.to_owned()));
    }
    assert_eq!(read(&file).1, ["a", "b", "a", "b", "a", "b"]);
}

#[test]
fn a_missing_value_is_named_by_its_row() {
    let mut file = table("snappy.parquet");
    file.options.missing = MissingPolicy::Error;
    let error = file.read().unwrap_err().to_string();
    let first = (0..).find(|row| !read(&table("snappy.parquet")).2.contains(row)).unwrap() + 1;
    assert!(error.contains(&format!("has no value in row {first}, column `")), "{error}");
}

#[test]
fn the_format_of_the_source_is_that_of_the_file() {
    let mut file = table("snappy.parquet");
    file.format = TableFormat::Text;
    fails(&file, "is a Parquet file; set `source = \"parquet\"`");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "x,label\n1,a\n2,b\n").unwrap();
    file = TableFile { path, format: TableFormat::Parquet, ..file };
    fails(
        &file,
        "is not a Parquet file, which begins with the letters PAR1; for a text file set `source = \"csv\"`",
    );
}

#[test]
fn no_damaged_byte_makes_reading_panic() {
    let folder = TempDir::new().unwrap();
    for name in [
        "gzip.parquet",
        "lz4.parquet",
        "zstd.parquet",
        "delta.parquet",
        "categories.parquet",
        "other_types.parquet",
    ] {
        let good = support::golden(&format!("parquet/{name}"));
        let mut file = table(name);
        file.path = folder.path().join(name);
        for place in (4..good.len()).step_by(if good.len() > 5000 { 37 } else { 5 }) {
            for byte in [0, good[place] ^ 1, good[place] ^ 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[place] = byte;
                fs::write(&file.path, &bytes).unwrap();
                // Either way it returns: some bytes are those of a number.
                let _ = file.read();
            }
        }
        for end in (4..good.len()).step_by(97) {
            fs::write(&file.path, &good[..end]).unwrap();
            assert!(file.read().is_err(), "{name}: the first {end} bytes");
        }
    }
}
