//! Printing of text, tables, JSON, warnings and errors.

use crate::error::Error;
use crate::output::standard_output;
use crate::output::terminal;
use anstyle::{AnsiColor, Style};
use emberlab_data::text::{needs_escape, on_one_line, printable, short_line, shown};
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

/// The style of the first word of a line.
const STRONG: Style = Style::new().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Writes to standard output, with control characters made visible. A closed pipe is not an error.
pub fn text(text: &str) -> Result<(), Error> {
    write(&printable(text))
}

/// Ends a program: prints its error, if there is one, and returns its exit code.
pub fn exit(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            error(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Writes lines with their first word in bold on a terminal, as in `run    artifacts/iris`. A line that begins with a
/// space continues the line before it.
pub fn strong_lines(lines: &str) -> Result<(), Error> {
    write(&with_strong_words(&printable(lines)))
}

fn write(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if !standard_output::is_closed(&error) => Err(Error::write("standard output")(error)),
        _ => Ok(()),
    }
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize) -> Result<(), Error> {
    let encoded = serde_json::to_string_pretty(value).map_err(|error| Error::Encode(error.into()))?;
    let mut safe = String::with_capacity(encoded.len() + 1);
    for character in encoded.chars() {
        if needs_escape(character) && character != '\n' {
            safe += &format!("\\u{:04x}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    write(&(safe + "\n"))
}

/// A cell of a table: on one line, and shortened if it is long.
pub fn cell(text: &str) -> String {
    shown(&on_one_line(text)).into_owned()
}

/// Aligns rows in columns: the first column to the left, all others to the right. The first row is the header.
pub fn table(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
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

/// Writes a warning to standard error. While the dashboard is open, the warning waits until it closes.
pub fn warning(text: &str) {
    let text = short_line(&on_one_line(text)).to_string();
    if let Some(message) = terminal::hold(format!("{WARNING}warning:{WARNING:#} {text}")) {
        // A failure to write to standard error cannot be reported.
        let _ = writeln!(anstream::stderr(), "{message}");
    }
}

/// Writes an error's report to standard error.
pub fn error(error: &Error) {
    // A failure to write to standard error cannot be reported.
    let report: Vec<String> =
        error.report().lines().map(|line| short_line(&on_one_line(line)).into_owned()).collect();
    let _ = writeln!(anstream::stderr(), "{}", coloured(&report.join("\n")));
}

/// An error's report with its first words in red.
fn coloured(report: &str) -> String {
    let lines = report.lines().map(|line| match line.strip_prefix("error:") {
        Some(rest) => format!("{ERROR}error:{ERROR:#}{rest}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn with_strong_words(lines: &str) -> String {
    let strong = |line: &str| match line.split_once(' ') {
        Some((word, rest)) if !word.is_empty() => format!("{STRONG}{word}{STRONG:#} {rest}\n"),
        _ => format!("{line}\n"),
    };
    lines.lines().map(strong).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_hold_no_control_characters_and_no_endless_cells() {
        let rows =
            [vec!["run".to_owned(), "x".to_owned()], vec!["a\u{1b}[31m\nb".to_owned(), "y".repeat(70_000)]];
        let table = table(&rows);
        assert_eq!(table.lines().count(), 2);
        assert!(table.contains("a\\u{1b}[31m\\nb") && table.contains("… (70000 characters)"), "{table}");
    }
}
