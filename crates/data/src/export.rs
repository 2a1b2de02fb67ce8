//! A part of a data set as CSV, to look at or to read elsewhere.

use crate::labelled_data::Features;
use crate::splits::Part;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Writes a table under the names of its columns, each followed by `_` where it would stand there twice, with `label` behind
/// them, each number in its shortest form that reads back the same, and images as `index,label`, where `index` is the row in the
/// source's file. Labels are the names of the classes.
///
/// # Errors
///
/// What `out` reports.
pub fn write_csv(part: &Part, out: &mut impl Write) -> io::Result<()> {
    let Part { samples: data, rows } = part;
    let mut writer = csv::Writer::from_writer(out);
    let names =
        data.labels.iter().map(|label| data.class_names.get(*label as usize).map_or("", String::as_str));
    match &data.features {
        Features::Table { values, columns } => {
            writer.write_record(distinct(columns))?;
            for (row, name) in values.chunks_exact(columns.len().max(1)).zip(names) {
                writer.write_record(row.iter().map(f64::to_string).chain([name.to_owned()]))?;
            }
        }
        Features::Images { .. } => {
            writer.write_record(["index", "label"])?;
            for (row, name) in rows.iter().zip(names) {
                writer.write_record([&row.to_string(), name])?;
            }
        }
    }
    writer.flush()
}

/// Names that differ, of columns of inputs and that of labels.
fn distinct(columns: &[String]) -> Vec<String> {
    let mut taken = BTreeSet::from(["label".to_owned()]);
    let inputs = columns.iter().map(|column| {
        let mut name = column.clone();
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        name
    });
    let mut names: Vec<String> = inputs.collect();
    names.push("label".to_owned());
    names
}
