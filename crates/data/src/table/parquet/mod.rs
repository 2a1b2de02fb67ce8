//! The rows of a Parquet file as those of a text, so that a table means the same in both formats.
//!
//! Columns of numbers, truth values (`True` and `False`) and text are read. Others, such as dates, lists or bytes, have empty cells and
//! are refused when they are used.

mod cells;
mod column;
mod unwound;

use super::records::Records;
use crate::problem::{ParquetProblem, TableProblem};
use column::Column;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::collections::BTreeMap;
use unwound::unwound;

/// The first bytes of a Parquet file, and its last.
pub(super) const MARK: &[u8] = b"PAR1";

/// The number of rows that are decoded at once.
const BATCH: usize = 8192;

/// Reads the rows; they must not be longer than `max_size` bytes as text.
pub(super) fn records(bytes: Vec<u8>, max_size: u64) -> Result<Records, TableProblem> {
    unwound(|| read(bytes, max_size))
}

fn read(bytes: Vec<u8>, max_size: u64) -> Result<Records, TableProblem> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(ParquetProblem::from)?;
    let metadata = reader.metadata();
    let schema = metadata.file_metadata().schema_descr();
    let fields = schema.root_schema().get_fields();
    if fields.is_empty() {
        return Err(TableProblem::Empty);
    }
    let mut unreadable = BTreeMap::new();
    let mut columns: Vec<Option<Column>> = fields.iter().map(|_| None).collect();
    for leaf in 0..schema.num_columns() {
        let field = schema.get_column_root_idx(leaf);
        match Column::new(leaf, &schema.column(leaf)) {
            Ok(column) => columns[field] = Some(column),
            Err(kind) => {
                unreadable.insert(field, kind);
            }
        }
    }
    let mut rows = Rows { writer: csv::Writer::from_writer(Vec::new()), columns, n: 0, max_size };
    rows.write(fields.iter().map(|field| field.name()))?;
    for group in 0..metadata.num_row_groups() {
        rows.read_group(reader.get_row_group(group).map_err(ParquetProblem::from)?.as_ref())?;
    }
    let met = rows
        .columns
        .iter()
        .enumerate()
        .filter_map(|(field, column)| Some((field, column.as_ref()?.unreadable?)));
    unreadable.extend(met);
    let (n, text) = rows.finish()?;
    Ok(Records::of_rows(text, n, unreadable))
}

/// The rows that were read, as text.
struct Rows {
    writer: csv::Writer<Vec<u8>>,
    /// A column for each field; none where the field cannot be read.
    columns: Vec<Option<Column>>,
    n: u64,
    max_size: u64,
}

impl Rows {
    fn read_group(&mut self, group: &dyn RowGroupReader) -> Result<(), TableProblem> {
        let mut left = usize::try_from(group.metadata().num_rows())
            .map_err(|_| ParquetProblem::Damaged { reason: "a number of rows is negative".to_owned() })?;
        for column in self.columns.iter_mut().flatten() {
            column.begin(group)?;
        }
        let mut columns = std::mem::take(&mut self.columns);
        while left > 0 {
            let n = left.min(BATCH);
            for column in columns.iter_mut().flatten() {
                column.read(n)?;
            }
            for row in 0..n {
                self.write(
                    columns.iter().map(|column| column.as_ref().map_or("", |column| column.cell(row))),
                )?;
            }
            if self.writer.get_ref().len() as u64 > self.max_size {
                return Err(ParquetProblem::TooLarge { max: self.max_size }.into());
            }
            self.n += n as u64;
            left -= n;
        }
        self.columns = columns;
        Ok(())
    }

    fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> Result<(), TableProblem> {
        self.writer.write_record(cells).map_err(|error| TableProblem::Csv { reason: error.to_string() })
    }

    /// The number of rows, and the text.
    fn finish(self) -> Result<(u64, Vec<u8>), TableProblem> {
        let text = self.writer.into_inner();
        Ok((self.n, text.map_err(|error| TableProblem::Csv { reason: error.to_string() })?))
    }
}
