//! A part of a data set as CSV, to look at or to read elsewhere.

use crate::labelled_data::{Features, LabelledData};
use std::io::{self, Write};

/// Writes real-valued columns as `f0…f{n-1},label`, each number in its shortest form that reads
/// back the same, and images as `index,label`, where `index` is the row in the source's file.
///
/// # Errors
///
/// What `out` reports.
pub fn write_csv(data: &LabelledData, rows: &[usize], out: &mut impl Write) -> io::Result<()> {
    match &data.features {
        Features::Table { values, n_features } => {
            for column in 0..*n_features {
                write!(out, "f{column},")?;
            }
            writeln!(out, "label")?;
            for (row, label) in values.chunks_exact(*n_features).zip(&data.labels) {
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
