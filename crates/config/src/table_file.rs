//! The keys of `source = "csv"` and `source = "parquet"`.

use super::key::key;
use super::rule::path;
use super::section::Section;
use super::source::{Source, TableTest};
use super::split::split_keys;
use super::table;
use emberlab_data::{TableFile, TableFormat};

pub(super) fn keys(
    format: TableFormat,
    section: &mut Section<'_>,
    written: Option<&Source>,
) -> Option<Source> {
    let (file, test) = match written {
        Some(Source::Table { file, test }) => (Some(file), Some(test)),
        _ => (None, None),
    };
    let (set_test_file, set_split) = match test {
        Some(TableTest::File(path)) => (Some(path.clone()), None),
        Some(TableTest::Split(split)) => (None, Some(*split)),
        None => (None, None),
    };
    let path_key = key(
        "file",
        path("file"),
        "the table, or its training part; of arrays: the `.npz` file, or a folder of `.npy` files",
    )
    .also("train_file");
    let path_value = section.required(path_key, file.map(|file| file.path.clone()));
    let (label, ignore, options) = table::keys(format, section, file);
    let test_file = key("test_file", path("file"), "the table of the test part, written like `file`");
    let test_file = section.optional(test_file, set_test_file);
    let split = split_keys(section, set_split);
    if test_file.is_some() {
        section.meaningless("test_size", "has no meaning beside `test_file`, which is the test part");
    }
    let test = match test_file {
        Some(path) => TableTest::File(path),
        None => TableTest::Split(split),
    };
    Some(Source::Table { file: TableFile { path: path_value?, format, label, ignore, options }, test })
}
