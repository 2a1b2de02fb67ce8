//! Problems of Parquet files.

/// What is wrong with a Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum ParquetProblem {
    /// A text where `source = "parquet"` is set.
    #[error(
        "is not a Parquet file, which begins with the letters PAR1; for a text file set `source = \"csv\"`"
    )]
    NotParquet,
    /// A Parquet file where `source = "csv"` is set.
    #[error("is a Parquet file; set `source = \"parquet\"`")]
    NotText,
    /// Bytes that are not those of a whole Parquet file, or that use what is not supported.
    #[error("is a Parquet file that cannot be read: {reason}")]
    Damaged { reason: String },
    /// More bytes as text than are read.
    #[error("is larger than {max} bytes as text")]
    TooLarge { max: u64 },
}

impl From<parquet::errors::ParquetError> for ParquetProblem {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::Damaged { reason: error.to_string() }
    }
}
