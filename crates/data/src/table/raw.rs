//! The cells of a table as numbers: words by their number in a dictionary, missing values as NaN.

use super::cell::{Cell, CellReader};
use super::dictionary::Dictionary;
use super::labels::Labels;
use super::layout::Layout;
use super::options::{Categories, MissingPolicy};
use super::records::Records;
use crate::problem::{RowPlace, TableProblem};
use crate::text::{self, MAX_ITEMS};
use csv::StringRecord;

/// The most categories of a column.
const MAX_CATEGORIES: usize = 10_000;

/// The rows of a file.
#[derive(Default)]
pub(super) struct Rows {
    /// `[n_rows, n_inputs]`.
    pub values: Vec<f64>,
    /// The code of each label in `Labels`.
    pub labels: Vec<u32>,
    /// The row's number in the file, from 0.
    pub rows: Vec<usize>,
    /// The place of each row.
    pub places: Vec<RowPlace>,
    /// The places of rows that were left out for a missing value.
    pub dropped: Vec<RowPlace>,
    /// Missing values of each input, in rows that are kept.
    pub missing: Vec<usize>,
}

/// Reads the cells of a file whose columns are known.
pub(super) struct RowReader<'a> {
    pub records: &'a Records,
    pub cells: &'a CellReader,
    pub layout: &'a Layout,
    pub missing: MissingPolicy,
    /// Whether messages may give advice on configuration keys.
    pub advise: bool,
}

/// The kinds of an input's cells over all rows.
#[derive(Clone, Default)]
struct Kind {
    numbers: usize,
    words: usize,
    missing: usize,
    /// Words that would be numbers with the other decimal mark.
    other_decimals: usize,
    /// The first word and its place.
    first_word: Option<(String, RowPlace)>,
}

impl RowReader<'_> {
    fn first_sample(&self) -> usize {
        usize::from(self.layout.columns.header)
    }

    fn title(&self, input: usize) -> String {
        self.layout.columns.title(self.layout.inputs[input])
    }

    /// Checks the number of cells in a row.
    fn check_length(&self, row: &StringRecord, place: RowPlace) -> Result<(), TableProblem> {
        let columns = &self.layout.columns;
        let wanted = columns.names.len();
        if row.len() == wanted {
            let blank = (columns.n..wanted).find(|&column| !row[column].is_empty());
            return match blank {
                None => Ok(()),
                Some(column) => {
                    Err(TableProblem::UnnamedValue { value: row[column].to_owned(), place, column })
                }
            };
        }
        let hint = match wanted {
            1 => "; set `delimiter`",
            _ if columns.header && row.len() == wanted + 1 => {
                "; the header must name every column, and a cell with the delimiter in it must be quoted"
            }
            _ => "",
        };
        let (found, header) = (row.len(), columns.header);
        Err(TableProblem::RowLength { found, place, expected: wanted, header, hint })
    }

    /// Counts the kinds of each input's cells.
    fn kinds(&self) -> Result<Vec<Kind>, TableProblem> {
        let mut kinds = vec![Kind::default(); self.layout.inputs.len()];
        self.records.for_each(|number, row| {
            if number < self.first_sample() {
                return Ok(());
            }
            let place = self.records.place(number);
            self.check_length(row, place)?;
            for (&column, kind) in self.layout.inputs.iter().zip(&mut kinds) {
                let text = &row[column];
                match self.cells.read(text) {
                    Cell::Missing => kind.missing += 1,
                    Cell::Number(_) | Cell::NotFinite => kind.numbers += 1,
                    Cell::Word => {
                        kind.words += 1;
                        kind.other_decimals += usize::from(self.cells.is_other_decimal(text));
                        kind.first_word.get_or_insert_with(|| (text.to_owned(), place));
                    }
                }
            }
            Ok(())
        })?;
        Ok(kinds)
    }

    /// Which inputs are words. An error if words are not accepted, or if they are numbers with the other decimal mark.
    pub fn word_columns(&self, categories: Categories) -> Result<Vec<bool>, TableProblem> {
        let kinds = self.kinds()?;
        let is_decimal = |kind: &Kind| kind.words > 0 && kind.words == kind.other_decimals;
        let is_wrong = |kind: &Kind| match categories {
            Categories::Error => true,
            Categories::OneHot => is_decimal(kind),
        };
        let mut wrong = kinds.iter().enumerate().filter(|(_, kind)| is_wrong(kind));
        let wrong = wrong.find_map(|(input, kind)| Some((input, kind.first_word.clone()?)));
        let Some((wrong, (text, place))) = wrong else {
            return Ok(kinds.iter().map(|kind| kind.words > 0).collect());
        };
        let advice = if is_decimal(&kinds[wrong]) {
            let mark = if text.contains(',') { ',' } else { '.' };
            if divides_thousands(&text, mark) {
                format!(
                    "; set `decimal = \"{mark}\"` if it has decimals, take {mark:?} out of the file if it has thousands"
                )
            } else {
                format!("; set `decimal = \"{mark}\"`")
            }
        } else if kinds[wrong].numbers > kinds[wrong].words {
            "; if it stands for a missing value, add it to `missing_values`".to_owned()
        } else {
            let made_of_words = (0..kinds.len()).filter(|&input| kinds[input].words > 0);
            let titles: Vec<String> = made_of_words.map(|input| self.title(input)).collect();
            let they = if titles.len() == 1 { "it" } else { "them" };
            format!(
                "; {} with words: {}; set `categories = \"one-hot\"`, or leave {they} out with `ignore`",
                text::count(titles.len(), "column"),
                text::first(titles.iter(), MAX_ITEMS)
            )
        };
        Err(TableProblem::NotANumber { value: text, place, column: self.title(wrong), advice })
    }

    /// Reads all rows. An input with a dictionary holds words; new ones are added to the dictionary. Labels are read if
    /// `labels` is given.
    pub fn read(
        &self,
        dictionaries: &mut [Option<Dictionary>],
        mut labels: Option<&mut Labels>,
    ) -> Result<Rows, TableProblem> {
        let inputs = &self.layout.inputs;
        let mut rows = Rows { missing: vec![0; inputs.len()], ..Rows::default() };
        self.records.for_each(|number, row| {
            let Some(sample) = number.checked_sub(self.first_sample()) else { return Ok(()) };
            let place = self.records.place(number);
            self.check_length(row, place)?;
            let label = match (&labels, self.layout.label) {
                (Some(_), Some(column)) => Some(self.label(&row[column], place, column)?),
                _ => None,
            };
            let start = rows.values.len();
            for (input, (&column, dictionary)) in inputs.iter().zip(dictionaries.iter_mut()).enumerate() {
                let value = self.value(&row[column], place, input, dictionary.as_mut())?;
                rows.values.push(value);
            }
            if self.missing == MissingPolicy::Drop && rows.values[start..].iter().any(|value| value.is_nan())
            {
                rows.values.truncate(start);
                rows.dropped.push(place);
                return Ok(());
            }
            for (value, missing) in rows.values[start..].iter().zip(&mut rows.missing) {
                *missing += usize::from(value.is_nan());
            }
            // A label of a dropped row must not become a class.
            if let (Some(labels), Some(label)) = (&mut labels, label) {
                rows.labels.push(labels.code(label, place));
            }
            rows.rows.push(sample);
            rows.places.push(place);
            Ok(())
        })?;
        if rows.rows.is_empty() {
            return Err(match (rows.dropped.is_empty(), self.layout.columns.header) {
                (false, _) => TableProblem::AllRowsDropped,
                (true, true) => TableProblem::HeaderOnly,
                (true, false) => TableProblem::Empty,
            });
        }
        Ok(rows)
    }

    fn label<'a>(&self, text: &'a str, place: RowPlace, column: usize) -> Result<&'a str, TableProblem> {
        let title = self.layout.columns.title(column);
        if self.cells.read(text) == Cell::Missing {
            return Err(TableProblem::MissingLabel { value: text.to_owned(), place, column: title });
        }
        no_line_break(text, "a label", place, &title)?;
        Ok(text)
    }

    fn value(
        &self,
        text: &str,
        place: RowPlace,
        input: usize,
        dictionary: Option<&mut Dictionary>,
    ) -> Result<f64, TableProblem> {
        match (self.cells.read(text), dictionary) {
            (Cell::Missing, _) if self.missing == MissingPolicy::Error => {
                Err(self.no_value(text, place, input))
            }
            (Cell::Missing, _) => Ok(f64::NAN),
            (_, Some(dictionary)) => {
                let title = self.title(input);
                no_line_break(text, "a cell", place, &title)?;
                let code = dictionary.code(text);
                if dictionary.words.len() > MAX_CATEGORIES {
                    return Err(TableProblem::TooManyWords { max: MAX_CATEGORIES, column: title });
                }
                Ok(f64::from(code))
            }
            (Cell::Number(number), None) => Ok(number),
            (Cell::NotFinite, None) if self.cells.is_too_large(text) => {
                Err(self.too_large(text, place, input))
            }
            (Cell::NotFinite | Cell::Word, None) => Err(TableProblem::NotANumber {
                value: text.to_owned(),
                place,
                column: self.title(input),
                advice: String::new(),
            }),
        }
    }

    fn too_large(&self, text: &str, place: RowPlace, input: usize) -> TableProblem {
        let advice =
            if self.advise { "; if it stands for a missing value, add it to `missing_values`" } else { "" };
        TableProblem::NumberTooLarge { value: text.to_owned(), place, column: self.title(input), advice }
    }

    fn no_value(&self, text: &str, place: RowPlace, input: usize) -> TableProblem {
        let advice = if self.advise { self.missing_advice() } else { String::new() };
        TableProblem::MissingValue { value: text.to_owned(), place, column: self.title(input), advice }
    }

    /// Advice that counts the missing values of each column. Only an error needs the counts, so the file is read again.
    fn missing_advice(&self) -> String {
        let kinds = self.kinds().unwrap_or_default();
        let counts = (0..kinds.len()).filter(|&input| kinds[input].missing > 0);
        let counts: Vec<String> =
            counts.map(|input| format!("{} in {}", kinds[input].missing, self.title(input))).collect();
        let list = text::first(counts.iter(), MAX_ITEMS);
        format!("; set `missing` to \"drop\", \"mean\" or \"median\" (missing values: {list})")
    }
}

/// Whether a mark may stand between thousands, as in `1,234`.
fn divides_thousands(text: &str, mark: char) -> bool {
    let is_group = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    text.trim_start_matches(['+', '-']).split_once(mark).is_some_and(|(before, after)| {
        (1..=3).contains(&before.len()) && after.len() == 3 && is_group(before) && is_group(after)
    })
}

fn no_line_break(text: &str, kind: &'static str, place: RowPlace, title: &str) -> Result<(), TableProblem> {
    if text.contains(['\n', '\r']) {
        return Err(TableProblem::LineBreak {
            kind,
            value: text.to_owned(),
            place,
            column: title.to_owned(),
        });
    }
    Ok(())
}
