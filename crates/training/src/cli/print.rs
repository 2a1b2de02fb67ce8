//! What the commands print.

use crate::error::Error;
use serde::Serialize;
use std::io::{self, ErrorKind, Write};

/// Writes to standard output. A reader that went away is no error.
pub fn text(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::write("standard output")(error)),
        _ => Ok(()),
    }
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize) -> Result<(), Error> {
    let encoded = serde_json::to_string_pretty(value)
        .map_err(|error| Error::Training(format!("cannot encode the result: {error}")))?;
    text(&(encoded + "\n"))
}

/// Rows in columns, the first to the left and all others to the right but for the last; a row is a header.
pub fn table(rows: &[Vec<String>]) -> String {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..n_columns).map(|column| width(column).unwrap_or(0)).collect();
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
            0 => format!("{cell:width$}"),
            _ => format!("  {cell:>width$}"),
        });
        cells.collect::<String>().trim_end().to_owned() + "\n"
    });
    lines.collect()
}

/// Writes to standard error what is odd but no error.
pub fn warning(text: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr(), "warning: {text}");
}

/// Writes an error's report to standard error.
pub fn error(error: &Error) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr(), "{}", error.report());
}
