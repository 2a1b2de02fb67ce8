//! The layout of a file: which columns are inputs and which one is the label.

use super::cell::CellReader;
use super::column_ref::{ColumnRef, Columns};
use super::dialect::{FirstRow, SAMPLE_ROWS, first_row};
use super::options::Header;
use super::records::Records;
use super::schema::TableSchema;
use crate::problem::TableProblem;
use csv::StringRecord;
use std::collections::{BTreeMap, BTreeSet};

/// The columns of a file and the use of each.
pub(super) struct Layout {
    pub columns: Columns,
    /// Where the label stands.
    pub label: Option<usize>,
    /// Where the inputs stand, in the order in which they are used.
    pub inputs: Vec<usize>,
}

/// What a configuration says of the columns.
pub(super) struct Wanted<'a> {
    pub header: Header,
    pub label: &'a ColumnRef,
    pub ignore: &'a [ColumnRef],
}

impl Layout {
    /// The layout of a file that is trained on.
    pub fn new(records: &Records, cells: &CellReader, wanted: &Wanted<'_>) -> Result<Self, TableProblem> {
        let rows = sample(records)?;
        let names = [wanted.label].into_iter().chain(wanted.ignore).filter_map(|column| match column {
            ColumnRef::Name(name) if !name.is_empty() => Some(name.as_str()),
            _ => None,
        });
        let header = match wanted.header {
            Header::Present => true,
            Header::Absent => false,
            Header::Auto if names_columns(&rows[0], names) => true,
            Header::Auto => match first_row(&rows, cells) {
                FirstRow::Header => true,
                FirstRow::Data if names_the_label(&rows, wanted.label) => {
                    let reason = "it holds numbers, but its label stands in no row below";
                    return Err(TableProblem::UnclearHeader { reason });
                }
                FirstRow::Data => false,
                FirstRow::Unclear(reason) => {
                    return Err(TableProblem::UnclearHeader { reason });
                }
            },
        };
        let columns = columns(&rows, header);
        columns.check_names()?;
        let label = match columns.find(wanted.label, "label")?[..] {
            [label] => label,
            _ => return Err(TableProblem::AmbiguousLabel),
        };
        let mut left_out = BTreeSet::new();
        for column in wanted.ignore {
            left_out.extend(columns.find(column, "ignore")?);
        }
        if left_out.contains(&label) {
            return Err(TableProblem::LabelIgnored { column: columns.title(label) });
        }
        let inputs: Vec<usize> =
            (0..columns.n).filter(|column| *column != label && !left_out.contains(column)).collect();
        if inputs.is_empty() {
            return Err(TableProblem::NoInputs);
        }
        if header && inputs.iter().filter(|&&column| columns.names[column].is_empty()).count() > 1 {
            return Err(TableProblem::UnnamedInputs);
        }
        Ok(Self { columns, label: Some(label), inputs })
    }

    /// The layout of another file for the same schema; `other` is what the schema's file is called.
    pub fn like(
        records: &Records,
        cells: &CellReader,
        wanted: Header,
        schema: &TableSchema,
        other: &str,
    ) -> Result<Self, TableProblem> {
        let rows = sample(records)?;
        let inputs = schema.inputs.iter().map(|&input| schema.columns[input].as_str());
        let known =
            schema.header != Some(false) && names_columns(&rows[0], inputs.filter(|name| !name.is_empty()));
        let header = match wanted {
            Header::Present => true,
            Header::Absent => false,
            Header::Auto if known => true,
            Header::Auto => match (first_row(&rows, cells), schema.header) {
                (FirstRow::Header, Some(false)) => {
                    return Err(TableProblem::UnexpectedHeader { other: other.to_owned() });
                }
                (FirstRow::Header, _) => true,
                (_, Some(true)) => return Err(TableProblem::MissingHeader { other: other.to_owned() }),
                (FirstRow::Data, _) | (FirstRow::Unclear(_), Some(false)) => false,
                // One row, or words alone: a header would have had one of the names.
                (FirstRow::Unclear(_), None) => false,
            },
        };
        let columns = columns(&rows, header);
        columns.check_names()?;
        if header { by_name(columns, schema, other) } else { by_position(columns, schema, other) }
    }
}

/// Whether the first row has a label of its own, where each of the others stands in several rows: it may name the column.
fn names_the_label(rows: &[StringRecord], label: &ColumnRef) -> bool {
    let [first, below @ ..] = rows else { return false };
    let Ok(&[label]) = columns(rows, false).find(label, "label").as_deref() else { return false };
    let mut counts = BTreeMap::<&str, usize>::new();
    below.iter().filter_map(|row| row.get(label)).for_each(|label| *counts.entry(label).or_default() += 1);
    let is_new = first.get(label).is_some_and(|label| !counts.contains_key(label));
    is_new && !counts.is_empty() && counts.values().all(|&count| count > 1)
}

impl Layout {
    /// Refuses a label or an input whose values are neither numbers nor text.
    pub fn check_readable(&self, records: &Records) -> Result<(), TableProblem> {
        let mut used = self.label.iter().chain(&self.inputs);
        used.try_for_each(|&column| records.check_readable(column, &self.columns.title(column)))
    }
}

/// The first rows: one that may be a header, and those that tell whether it is.
fn sample(records: &Records) -> Result<Vec<StringRecord>, TableProblem> {
    let rows = records.first(1 + SAMPLE_ROWS)?;
    if rows.is_empty() { Err(TableProblem::Empty) } else { Ok(rows) }
}

/// Whether one of the names stands in a row.
fn names_columns<'a>(row: &StringRecord, mut names: impl Iterator<Item = &'a str>) -> bool {
    let cells: BTreeSet<&str> = row.iter().collect();
    names.any(|name| cells.contains(name))
}

fn columns(rows: &[StringRecord], header: bool) -> Columns {
    let (first, below) = (&rows[0], &rows[usize::from(header)..]);
    let mut names: Vec<String> = if header {
        first.iter().map(str::to_owned).collect()
    } else {
        (0..first.len()).map(|column| column.to_string()).collect()
    };
    // All rows except the header may end with a delimiter.
    let longer = |row: &StringRecord| row.len() == first.len() + 1 && row.get(first.len()) == Some("");
    if header && !below.is_empty() && below.iter().all(longer) {
        names.push(String::new());
    }
    let is_empty = |column: usize| {
        (!header || names[column].is_empty())
            && below.iter().all(|row| row.get(column).is_none_or(str::is_empty))
    };
    let mut n = names.len();
    while n > 1 && !below.is_empty() && is_empty(n - 1) {
        n -= 1;
    }
    Columns { names, header, n }
}

fn by_name(columns: Columns, schema: &TableSchema, other: &str) -> Result<Layout, TableProblem> {
    let places: BTreeMap<&str, usize> =
        columns.names[..columns.n].iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    let label = schema.label.and_then(|label| places.get(schema.columns[label].as_str()).copied());
    let known: BTreeSet<&str> = schema.columns.iter().map(String::as_str).collect();
    let wanted = schema.inputs.iter().map(|&input| schema.columns[input].as_str());
    let missing: Vec<String> =
        wanted.clone().filter(|name| !places.contains_key(name)).map(str::to_owned).collect();
    let additional: Vec<String> =
        places.keys().filter(|name| !known.contains(*name)).map(|name| (*name).to_owned()).collect();
    if !missing.is_empty() || !additional.is_empty() {
        return Err(TableProblem::DifferentColumns { missing, additional, other: other.to_owned() });
    }
    let inputs = wanted.filter_map(|name| places.get(name).copied()).collect();
    Ok(Layout { label, inputs, columns })
}

/// Takes a file without a header that has all columns, all but the label, or the inputs alone.
fn by_position(columns: Columns, schema: &TableSchema, other: &str) -> Result<Layout, TableProblem> {
    let (all, n) = (schema.columns.len(), columns.n);
    let inputs = &schema.inputs;
    if n == all {
        return Ok(Layout { label: schema.label, inputs: inputs.clone(), columns });
    }
    if let Some(label) = schema.label
        && n + 1 == all
    {
        let inputs = inputs.iter().map(|&input| input - usize::from(input > label)).collect();
        return Ok(Layout { label: None, inputs, columns });
    }
    if n == inputs.len() {
        return Ok(Layout { label: None, inputs: (0..n).collect(), columns });
    }
    let mut allowed = vec![inputs.len(), all.saturating_sub(usize::from(schema.label.is_some())), all];
    allowed.dedup();
    Err(TableProblem::NumberOfColumns { found: n, allowed, other: other.to_owned() })
}
