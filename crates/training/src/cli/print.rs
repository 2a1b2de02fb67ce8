//! What the commands print.

use crate::error::Error;
use crate::renderer::terminal;
use crate::standard_output;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::Write;

/// What stands out: the words at the beginning of a line.
const STRONG: Style = Style::new().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Writes to standard output, in colour only on a terminal. A reader that went away is no error.
pub fn text(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if !standard_output::is_closed(&error) => Err(Error::write("standard output")(error)),
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

/// Writes to standard error what is odd but no error; while there is a dashboard, when it is closed.
pub fn warning(text: &str) {
    if let Some(message) = terminal::hold(format!("{WARNING}warning:{WARNING:#} {text}")) {
        // There is nowhere left to say that this failed.
        let _ = writeln!(anstream::stderr(), "{message}");
    }
}

/// Writes an error's report to standard error.
pub fn error(error: &Error) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(anstream::stderr(), "{}", coloured(&error.report()));
}

/// An error's report with its first words in red.
fn coloured(report: &str) -> String {
    let lines = report.lines().map(|line| match line.strip_prefix("error:") {
        Some(rest) => format!("{ERROR}error:{ERROR:#}{rest}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Lines whose first words stand out, as in `run    artifacts/iris`; those that begin with a space go on from
/// the line before.
pub fn with_strong_words(lines: &str) -> String {
    let strong = |line: &str| match line.split_once(' ') {
        Some((word, rest)) if !word.is_empty() => format!("{STRONG}{word}{STRONG:#} {rest}\n"),
        _ => format!("{line}\n"),
    };
    lines.lines().map(strong).collect()
}
