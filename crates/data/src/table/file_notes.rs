//! Notes on a table's file: what is unusual but not an error, a line each.

use super::layout::Layout;
use super::options::MissingPolicy;
use super::raw::Rows;
use super::table_file::TableFile;
use crate::text::{self, MAX_ITEMS};

/// Names of columns that number the rows.
const ROW_NUMBERS: [&str; 5] = ["Unnamed: 0", "id", "index", "row", "no"];

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
        let numbers_rows = |input: usize| {
            let values = rows.values.iter().skip(input).step_by(n_inputs).zip(&rows.rows);
            let mut first = values.map(|(value, &row)| value - row as f64);
            let start = first.next().unwrap_or(f64::NAN);
            (start == 0.0 || start == 1.0) && first.all(|difference| difference == start)
        };
        let columns = &layout.columns;
        let named = |column: usize| {
            columns.header && ROW_NUMBERS.iter().any(|name| columns.names[column].eq_ignore_ascii_case(name))
        };
        let found = (0..n_inputs)
            .find(|&input| named(layout.inputs[input]) && !is_words[input] && numbers_rows(input))?;
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
