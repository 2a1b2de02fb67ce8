//! `emberlab data info`.

use super::print;
use super::samples;
use crate::data_report::DataReport;
use crate::error::Error;
use emberlab_config::Config;
use emberlab_data::Normalization;

/// The largest number of columns that are listed.
const MAX_COLUMNS: usize = 40;

pub fn run(config: &Config, json: bool) -> Result<(), Error> {
    let report = DataReport::new(&samples(config)?);
    report.notes.iter().for_each(|note| print::warning(note));
    if json { print::json(&report) } else { print::text(&table(&report)) }
}

fn table(report: &DataReport) -> String {
    let shape = match report.shape[..] {
        [height, width, channels] => {
            format!("{height} × {width} pixels in {channels} channels, values from 0 to 1")
        }
        _ => format!("{} columns", report.shape.iter().product::<usize>()),
    };
    let inputs = match report.normalizer.kind {
        Normalization::None => "not normalised",
        Normalization::Unit => "pixels from 0 to 1",
        Normalization::Standard => "mean 0 and standard deviation 1 over the training part",
    };
    let mut text = format!("samples  {shape}\ninputs   {inputs}\nSHA-256  {}\n\n", report.sha256);
    text += &class_table(report);
    text += "\nof the training part\n";
    text + &column_table(report)
}

fn class_table(report: &DataReport) -> String {
    let width = width(report.classes.iter().map(|class| class.name.as_str()), "samples");
    let row = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("  {cell:>10}")).collect();
        format!("{:width$}{cells}\n", print::cell(name))
    };
    let mut text = row("class", report.parts.iter().map(|part| part.name.to_owned()).collect());
    for class in &report.classes {
        text += &row(&class.name, class.samples.iter().map(ToString::to_string).collect());
    }
    text + &row("samples", report.parts.iter().map(|part| part.samples.to_string()).collect())
}

fn column_table(report: &DataReport) -> String {
    let shown = &report.columns[..report.columns.len().min(MAX_COLUMNS)];
    let width = width(shown.iter().map(|column| column.name.as_str()), "channel");
    let name = if report.shape.len() == 3 { "channel" } else { "column" };
    let mut text =
        format!("{name:width$}  {:>12}  {:>12}  {:>12}  {:>12}\n", "minimum", "maximum", "mean", "deviation");
    for column in shown {
        text += &format!(
            "{:width$}  {:>12}  {:>12}  {:>12}  {:>12}\n",
            print::cell(&column.name),
            number(column.minimum),
            number(column.maximum),
            number(column.mean),
            number(column.standard_deviation)
        );
    }
    if report.columns.len() > MAX_COLUMNS {
        text += &format!("and {} more; `--json` lists all\n", report.columns.len() - MAX_COLUMNS);
    }
    text
}

/// Formats a number with six decimals, or with an exponent if it is very small or very large.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-3..1e9).contains(&size) { format!("{value:.6}") } else { format!("{value:.5e}") }
}

fn width<'a>(names: impl Iterator<Item = &'a str>, least: &str) -> usize {
    names.map(|name| print::cell(name).chars().count()).max().unwrap_or(0).max(least.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_numbers_keep_their_digits() {
        for (value, wanted) in [
            (0.0, "0.000000"),
            (-1.5, "-1.500000"),
            (0.25, "0.250000"),
            (2.5e-9, "2.50000e-9"),
            (-1e200, "-1.00000e200"),
        ] {
            assert_eq!(number(value), wanted);
        }
    }
}
