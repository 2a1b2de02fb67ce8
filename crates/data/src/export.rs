//! A part of a data set as CSV, to look at or to read elsewhere.

use crate::labelled_data::Features;
use crate::splits::Part;
use std::io::{self, Write};

/// Writes real-valued columns as `f0…f{n-1},label`, each number in its shortest form that reads
/// back the same, and images as `index,label`, where `index` is the row in the source's file.
///
/// # Errors
///
/// What `out` reports.
pub fn write_csv(part: &Part, out: &mut impl Write) -> io::Result<()> {
    let Part { samples: data, rows } = part;
    match &data.features {
        Features::Table { values, columns } => {
            for column in 0..columns.len() {
                write!(out, "f{column},")?;
            }
            writeln!(out, "label")?;
            for (row, label) in values.chunks_exact(columns.len().max(1)).zip(&data.labels) {
                for value in row {
                    write!(out, "{value},")?;
                }
                writeln!(out, "{label}")?;
            }
        }
        Features::Images { .. } => {
            writeln!(out, "index,label")?;
            for (row, label) in rows.iter().zip(&data.labels) {
                writeln!(out, "{row},{label}")?;
            }
        }
    }
    Ok(())
}
