//! A column of a Parquet file, read batch by batch.

use super::cells::Cells;
use crate::problem::ParquetProblem;
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{AsBytes, DataType};
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::ColumnDescriptor;

/// The most bytes of a decimal number.
const MAX_BYTES: i32 = 16;
/// The most digits after the point of a decimal number of 16 bytes.
const MAX_SCALE: i32 = 38;

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// `True` or `False`.
    Boolean,
    Signed,
    Unsigned,
    /// A whole number divided by a power of ten.
    Decimal {
        scale: usize,
    },
    Float16,
    Float,
    Text,
}

pub(super) struct Column {
    leaf: usize,
    name: String,
    meaning: Meaning,
    /// The definition level of a value that is not missing.
    present: i16,
    reader: Option<ColumnReader>,
    cells: Cells,
    /// The kind of values that were met and cannot be read.
    pub unreadable: Option<&'static str>,
}

impl Column {
    /// The column of a leaf of the schema. The error names the kind of values that are not read.
    pub fn new(leaf: usize, descriptor: &ColumnDescriptor) -> Result<Self, &'static str> {
        if descriptor.path().parts().len() > 1 || descriptor.max_rep_level() > 0 {
            return Err("lists or structures");
        }
        Ok(Self {
            leaf,
            name: descriptor.name().to_owned(),
            meaning: meaning(descriptor)?,
            present: descriptor.max_def_level(),
            reader: None,
            cells: Cells::default(),
            unreadable: None,
        })
    }

    /// Goes to a group of rows.
    pub fn begin(&mut self, group: &dyn RowGroupReader) -> Result<(), ParquetProblem> {
        self.reader = Some(group.get_column_reader(self.leaf)?);
        Ok(())
    }

    /// Reads the next `n` values of the group.
    pub fn read(&mut self, n: usize) -> Result<(), ParquetProblem> {
        self.cells.clear();
        let mut batch = Batch { n, present: self.present, name: &self.name, cells: &mut self.cells };
        match (self.reader.as_mut(), self.meaning) {
            (Some(ColumnReader::BoolColumnReader(reader)), _) => {
                batch.read(reader, |cells, &value| cells.push(if value { "True" } else { "False" }))
            }
            (Some(ColumnReader::Int32ColumnReader(reader)), Meaning::Unsigned) => {
                batch.read(reader, |cells, &value| cells.push(value.cast_unsigned()))
            }
            (Some(ColumnReader::Int32ColumnReader(reader)), Meaning::Decimal { scale }) => {
                batch.read(reader, |cells, &value| cells.push_decimal(value.into(), scale))
            }
            (Some(ColumnReader::Int32ColumnReader(reader)), _) => {
                batch.read(reader, |cells, &value| cells.push(value))
            }
            (Some(ColumnReader::Int64ColumnReader(reader)), Meaning::Unsigned) => {
                batch.read(reader, |cells, &value| cells.push(value.cast_unsigned()))
            }
            (Some(ColumnReader::Int64ColumnReader(reader)), Meaning::Decimal { scale }) => {
                batch.read(reader, |cells, &value| cells.push_decimal(value.into(), scale))
            }
            (Some(ColumnReader::Int64ColumnReader(reader)), _) => {
                batch.read(reader, |cells, &value| cells.push(value))
            }
            (Some(ColumnReader::FloatColumnReader(reader)), _) => {
                batch.read(reader, |cells, &value| cells.push_float(value.into()))
            }
            (Some(ColumnReader::DoubleColumnReader(reader)), _) => {
                batch.read(reader, |cells, &value| cells.push_float(value))
            }
            (Some(ColumnReader::ByteArrayColumnReader(reader)), meaning) => {
                batch.read_bytes(reader, scale_of(meaning), &mut self.unreadable)
            }
            (Some(ColumnReader::FixedLenByteArrayColumnReader(reader)), Meaning::Float16) => {
                batch.read(reader, |cells, value| cells.push_float16(value.data()))
            }
            (Some(ColumnReader::FixedLenByteArrayColumnReader(reader)), meaning) => {
                batch.read_bytes(reader, scale_of(meaning), &mut self.unreadable)
            }
            (Some(ColumnReader::Int96ColumnReader(_)) | None, _) => {
                Err(batch.damaged("has values of another type than its schema says"))
            }
        }
    }

    /// The cell of a row of the batch.
    pub fn cell(&self, row: usize) -> &str {
        self.cells.get(row)
    }
}

fn scale_of(meaning: Meaning) -> Option<usize> {
    match meaning {
        Meaning::Decimal { scale } => Some(scale),
        _ => None,
    }
}

struct Batch<'a> {
    n: usize,
    present: i16,
    name: &'a str,
    cells: &'a mut Cells,
}

impl Batch<'_> {
    fn read<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        mut push: impl FnMut(&mut Cells, &T::T) -> Result<(), &'static str>,
    ) -> Result<(), ParquetProblem> {
        let (mut values, mut levels, mut read) = (Vec::new(), Vec::new(), 0);
        while read < self.n {
            let (more, _, _) = reader.read_records(self.n - read, Some(&mut levels), None, &mut values)?;
            if more == 0 {
                return Err(self.damaged("has fewer values than the file has rows"));
            }
            read += more;
        }
        let mut values = values.iter();
        for row in 0..self.n {
            if self.present == 0 || levels.get(row) == Some(&self.present) {
                let value =
                    values.next().ok_or_else(|| self.damaged("has fewer values than it announces"))?;
                push(self.cells, value).map_err(|reason| self.damaged(reason))?;
            } else {
                self.cells.push_missing();
            }
        }
        Ok(())
    }

    /// Reads text, or with a scale decimal numbers. Those that cannot be read are missing, for the column may be one that is not
    /// used; their kind is left in `unreadable`.
    fn read_bytes<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        scale: Option<usize>,
        unreadable: &mut Option<&'static str>,
    ) -> Result<(), ParquetProblem> {
        self.read(reader, |cells, value| {
            if let Err(kind) = cells.push_bytes(value.as_bytes(), scale) {
                *unreadable = Some(kind);
                cells.push_missing();
            }
            Ok(())
        })
    }

    fn damaged(&self, reason: &str) -> ParquetProblem {
        ParquetProblem::Damaged { reason: format!("column `{}` {reason}", self.name) }
    }
}

/// What the values mean, or the kind of values that are not read.
fn meaning(column: &ColumnDescriptor) -> Result<Meaning, &'static str> {
    let dates = Err("dates or times");
    let told = match column.logical_type_ref() {
        Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) => Some(Meaning::Text),
        Some(LogicalType::Integer(integer)) if integer.is_signed => Some(Meaning::Signed),
        Some(LogicalType::Integer(_)) => Some(Meaning::Unsigned),
        Some(LogicalType::Float16) => Some(Meaning::Float16),
        Some(LogicalType::Date | LogicalType::Time(_) | LogicalType::Timestamp(_)) => return dates,
        _ => None,
    };
    let told = told.map_or_else(|| converted(column), |told| Ok(Some(told)))?;
    match (column.physical_type(), told) {
        (Type::BOOLEAN, None) => Ok(Meaning::Boolean),
        (Type::INT32 | Type::INT64, None) => Ok(Meaning::Signed),
        (
            Type::INT32 | Type::INT64,
            Some(told @ (Meaning::Signed | Meaning::Unsigned | Meaning::Decimal { .. })),
        ) => Ok(told),
        (Type::FLOAT | Type::DOUBLE, None) => Ok(Meaning::Float),
        (Type::FIXED_LEN_BYTE_ARRAY, Some(Meaning::Decimal { .. })) if column.type_length() > MAX_BYTES => {
            Err("decimal numbers of more than 16 bytes")
        }
        (Type::BYTE_ARRAY, Some(told @ (Meaning::Text | Meaning::Decimal { .. }))) => Ok(told),
        (Type::FIXED_LEN_BYTE_ARRAY, Some(told @ (Meaning::Float16 | Meaning::Decimal { .. }))) => Ok(told),
        (Type::INT96, _) => dates,
        _ => Err("bytes"),
    }
}

/// What the older of the two annotations of a column says.
fn converted(column: &ColumnDescriptor) -> Result<Option<Meaning>, &'static str> {
    use ConvertedType as Converted;
    Ok(match column.converted_type() {
        Converted::UTF8 | Converted::ENUM | Converted::JSON => Some(Meaning::Text),
        Converted::UINT_8 | Converted::UINT_16 | Converted::UINT_32 | Converted::UINT_64 => {
            Some(Meaning::Unsigned)
        }
        Converted::INT_8 | Converted::INT_16 | Converted::INT_32 | Converted::INT_64 => Some(Meaning::Signed),
        Converted::DECIMAL => match column.type_scale() {
            scale @ 0..=MAX_SCALE => Some(Meaning::Decimal { scale: scale.unsigned_abs() as usize }),
            _ => return Err("decimal numbers of unusual scale"),
        },
        Converted::DATE
        | Converted::TIME_MILLIS
        | Converted::TIME_MICROS
        | Converted::TIMESTAMP_MILLIS
        | Converted::TIMESTAMP_MICROS
        | Converted::INTERVAL => return Err("dates or times"),
        _ => None,
    })
}
