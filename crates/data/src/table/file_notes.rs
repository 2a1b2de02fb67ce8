//! Notes on a table's file: what is unusual but not an error, a line each.

use super::layout::Layout;
use super::options::MissingPolicy;
use super::raw::Rows;
use super::table_file::TableFile;
use crate::text::{self, MAX_ITEMS};

/// Names of columns that number the rows, if they do so in order.
const ROW_NUMBERS: [&str; 4] = ["id", "index", "row", "no"];
/// Names that pandas gives to an index, whose rows may have been shuffled since.
const INDICES: [&str; 2] = ["Unnamed: 0", "__index_level_0__"];

impl TableFile {
    /// Columns without a name.
    pub(super) fn column_notes(&self, layout: &Layout) -> Vec<String> {
        let path = self.path.display();
        let columns = &layout.columns;
        let mut notes = Vec::new();
        if columns.n < columns.names.len() && !self.ignore.contains(&"".into()) {
            notes.push(format!("`{path}`: column {} has no name and no value and is left out", columns.n));
        }
        let unnamed =
            layout.inputs.iter().find(|&&column| columns.header && columns.names[column].is_empty());
        if let Some(column) = unnamed {
            notes.push(format!(
                "`{path}`: column {column} has no name and is an input; if it numbers the rows, leave it out with \
                 `ignore = [\"\"]`"
            ));
        }
        notes
    }

    /// An input that numbers the rows, as pandas writes it.
    pub(super) fn row_number_note(&self, rows: &Rows, layout: &Layout, is_words: &[bool]) -> Option<String> {
        let n_inputs = layout.inputs.len();
        let values = |input: usize| rows.values.iter().skip(input).step_by(n_inputs).copied();
        let numbers_rows = |input: usize| {
            let mut first = values(input).zip(&rows.rows).map(|(value, &row)| value - row as f64);
            let start = first.next().unwrap_or(f64::NAN);
            (start == 0.0 || start == 1.0) && first.all(|difference| difference == start)
        };
        // Some rows may have been dropped.
        let n_rows = (rows.rows.len() + rows.dropped.len()) as f64;
        let is_index = |input: usize| {
            let mut values: Vec<f64> = values(input).collect();
            values.sort_by(f64::total_cmp);
            let differ = values.windows(2).all(|pair| pair[0] < pair[1]);
            differ && values.iter().all(|value| value.fract() == 0.0 && (0.0..=n_rows).contains(value))
        };
        let columns = &layout.columns;
        let found = (0..n_inputs).find(|&input| {
            let name = &columns.names[layout.inputs[input]];
            let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
            let is_numbers = columns.header && !is_words[input];
            is_numbers && (is(&INDICES) && is_index(input) || is(&ROW_NUMBERS) && numbers_rows(input))
        })?;
        let (path, title) = (self.path.display(), columns.title(layout.inputs[found]));
        Some(format!("`{path}`: {title} numbers the rows and is an input; leave it out with `ignore`"))
    }

    /// Rows that were dropped and values that are filled.
    pub(super) fn missing_notes<'a>(
        &'a self,
        rows: &'a Rows,
        layout: &'a Layout,
    ) -> impl Iterator<Item = String> + 'a {
        let path = self.path.display();
        let all = rows.rows.len() + rows.dropped.len();
        let dropped = rows.dropped.first().map(move |place| {
            let n = rows.dropped.len();
            let verb = if n == 1 { "has a missing value and is" } else { "have a missing value and are" };
            format!("`{path}`: {n} of {} {verb} left out, the first in {place}", text::count(all, "row"))
        });
        let counts = rows.missing.iter().zip(&layout.inputs).filter(|(count, _)| **count > 0);
        let counts: Vec<String> =
            counts.map(|(count, &column)| format!("{count} in {}", layout.columns.title(column))).collect();
        let word = match self.options.missing {
            MissingPolicy::Median => "median",
            _ => "mean",
        };
        let path = self.path.display();
        let filled = (!counts.is_empty()).then(|| {
            format!(
                "`{path}`: missing numbers become the {word} of the training part, missing words a category: {}",
                text::first(counts.iter(), MAX_ITEMS)
            )
        });
        dropped.into_iter().chain(filled)
    }
}
