//! Reading tables from CSV files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{CsvFile, DataError, Features, LabelledData};
use std::fs;
use tempfile::TempDir;

struct Table {
    folder: TempDir,
    file: CsvFile,
}

fn table(content: &[u8]) -> Table {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, content).unwrap();
    Table { folder, file: CsvFile { path, label: "label".into(), ignore: Vec::new() } }
}

fn read(content: &str) -> Result<LabelledData, DataError> {
    table(content.as_bytes()).file.read()
}

/// What is wrong with a file, without its path.
fn problem(content: &[u8]) -> String {
    match table(content).file.read() {
        Err(DataError::Corrupt { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn columns_keep_their_order_and_words_become_classes_in_alphabetical_order() {
    let data = read("a, label ,b\n1,pear,-2.5\n\n3e2 , apple,4\n5,pear,6\n").unwrap();
    let columns = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(data.features, Features::Table { values: vec![1.0, -2.5, 300.0, 4.0, 5.0, 6.0], columns });
    assert_eq!(data.class_names, ["apple", "pear"]);
    assert_eq!(data.labels, [1, 0, 1]);
}

#[test]
fn whole_numbers_become_classes_in_their_own_order() {
    let data = read("x,label\n0,10\n0,9\n0,-1\n").unwrap();
    assert_eq!(data.class_names, ["-1", "9", "10"]);
    assert_eq!(data.labels, [2, 1, 0]);
}

#[test]
fn columns_are_left_out_on_request() {
    let mut table = table(b"id,x,label\nseven,1,a\neight,2,b\n");
    table.file.ignore.push("id".into());
    let data = table.file.read().unwrap();
    assert_eq!(data.features, Features::Table { values: vec![1.0, 2.0], columns: vec!["x".into()] });
}

#[test]
fn bad_cells_are_named_with_line_and_column() {
    for (content, wanted) in [
        (&b"x,y,label\n1,2,a\n3,,b\n"[..], "has no number in line 3, column `y`"),
        (b"x,y,label\n1,2,a\n\n3,four,b\n", "has \"four\" in line 4, column `y`, must be a finite number"),
        (b"x,y,label\n1,NaN,a\n", "has \"NaN\" in line 2, column `y`, must be a finite number"),
        (b"x,y,label\n1,1e999,a\n", "has \"1e999\" in line 2, column `y`, must be a finite number"),
        (b"x,y,label\n1,2,\n", "has no label in line 2, column `label`"),
        (b"x,y,label\n1,2\n", "has 2 cells in line 2, must have 3, as its header"),
        (b"x,y,label\n1,2,a,b\n", "has 4 cells in line 2, must have 3, as its header"),
        (b"x,y\n1,2\n", "has no column `label`, as `label` says; its columns are `x`, `y`"),
        (b"x,x,label\n1,2,a\n", "has two columns `x`"),
        (b"label\na\nb\n", "has no column of numbers beside the label"),
        (b"x,label\n", "has no row under its header"),
        (b"", "has no column `label`, as `label` says; its columns are "),
        (b"x,label\n1,a\n2,a\n", "has 1 different labels in column `label`, must have two or more"),
        (b"x,label\n1,\xff\n2,a\n", "is not UTF-8 text in line 2"),
    ] {
        assert_eq!(problem(content), wanted);
    }
    let many: String = (0..10_001).map(|row| format!("{row},{row}\n")).collect();
    let wanted =
        "has 10001 different labels in column `label`, must have at most 10000; is it the right column?";
    assert_eq!(problem(format!("x,label\n{many}").as_bytes()), wanted);
}

#[test]
fn files_that_are_none_are_errors() {
    let mut table = table(b"");
    table.file.path = table.folder.path().join("none.csv");
    assert!(matches!(table.file.read(), Err(DataError::Missing { .. })));
    table.file.path = table.folder.path().to_owned();
    assert!(table.file.read().is_err());
    if cfg!(unix) {
        table.file.path = "/dev/zero".into();
        assert_eq!(table.file.read().unwrap_err().to_string(), "`/dev/zero` is no regular file");
    }
}

#[test]
fn a_test_file_has_the_columns_and_the_labels_of_the_training_file() {
    let train = read("a,b,label\n1,2,x\n3,4,y\n").unwrap();
    let test = |content: &str| table(content.as_bytes()).file.read_like(&train);
    let data = test("b,label,a\n20,y,10\n").unwrap();
    let columns = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(data.features, Features::Table { values: vec![10.0, 20.0], columns });
    assert_eq!((data.labels, data.class_names), (vec![1], vec!["x".to_owned(), "y".to_owned()]));
    for (content, wanted) in [
        ("a,b,label\n1,2,z\n", "has the label \"z\" in line 2, which the training file has not"),
        ("a,label\n1,x\n", "has no column `b`, which the training file has"),
        ("a,b,c,label\n1,2,3,x\n", "has a column `c`, which the training file has not"),
    ] {
        assert!(test(content).unwrap_err().to_string().ends_with(wanted));
    }
}
