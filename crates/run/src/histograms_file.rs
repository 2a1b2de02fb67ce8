//! `histograms.csv`: histograms of weights and gradients at some updates of a run.

use crate::error::Error;
use crate::file_mark::FileMark;
use crate::growing_file::{GrowingFile, whole_lines};
use crate::problem::{Damage, FileProblem};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Bins of a histogram.
pub const N_BINS: usize = 40;
/// Counters of each bin.
const LANES: usize = 4;

/// The number of entries of a tensor in each of [`N_BINS`] equally wide bins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistogramRow {
    /// The update, from 1. The entries are those before it.
    pub iteration: usize,
    /// The parameter's name in the weights file.
    pub parameter: String,
    /// `weight` for the parameter itself, `gradient` for the derivative of the loss.
    pub of: String,
    /// The smallest entry, where the first bin begins.
    pub low: f64,
    /// The largest entry, where the last bin ends.
    pub high: f64,
    /// Entries in each bin, separated by spaces.
    pub counts: String,
}

impl HistogramRow {
    /// The histogram of the finite values of a tensor; `None` if there is none.
    pub fn new(iteration: usize, parameter: &str, of: &str, values: &[f32]) -> Option<Self> {
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        for &value in values {
            // `min` and `max` ignore NaN.
            let inside = if value.is_finite() { value } else { f32::NAN };
            (low, high) = (low.min(inside), high.max(inside));
        }
        let (low, high) = (f64::from(low), f64::from(high));
        if low > high {
            return None;
        }
        let counts = counts(values, low, high).map(|count| count.to_string()).join(" ");
        Some(Self { iteration, parameter: parameter.to_owned(), of: of.to_owned(), low, high, counts })
    }

    /// The number of entries in each bin; `None` if the row is damaged.
    pub fn counts(&self) -> Option<Vec<usize>> {
        let counts: Option<Vec<usize>> = self.counts.split(' ').map(|count| count.parse().ok()).collect();
        let sane = self.low.is_finite() && self.high.is_finite() && self.low <= self.high;
        counts.filter(|counts| counts.len() == N_BINS && sane)
    }
}

/// The number of finite values in each bin.
fn counts(values: &[f32], low: f64, high: f64) -> [usize; N_BINS] {
    let bins_per_unit = if high > low { N_BINS as f64 / (high - low) } else { 0.0 };
    // Neighbouring values often fall into one bin, whose counter would make each wait for the one before.
    let mut lanes = [[0usize; N_BINS]; LANES];
    for values in values.chunks(LANES) {
        for (counts, value) in lanes.iter_mut().zip(values).filter(|(_, value)| value.is_finite()) {
            counts[(((f64::from(*value) - low) * bins_per_unit) as usize).min(N_BINS - 1)] += 1;
        }
    }
    std::array::from_fn(|bin| lanes.iter().map(|counts| counts[bin]).sum())
}

/// Appends histograms to `histograms.csv`.
#[derive(Debug)]
pub struct HistogramsWriter(GrowingFile);

impl HistogramsWriter {
    /// Continues a file after the bytes of `mark`. Creates it if the mark is empty.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn resume(path: &Path, mark: FileMark) -> Result<Self, Error> {
        GrowingFile::resume(path, mark).map(Self)
    }

    /// Appends rows and flushes them to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write<'a>(&mut self, rows: impl IntoIterator<Item = &'a HistogramRow>) -> Result<(), Error> {
        for row in rows {
            let line = encode(row, self.0.is_empty())
                .map_err(|error| Error::write(self.0.path())(std::io::Error::other(error)))?;
            self.0.write(&line)?;
        }
        self.0.flush()
    }

    /// Waits until all histograms are on the disk, and returns the mark of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn sync(&mut self) -> Result<FileMark, Error> {
        self.0.sync()
    }
}

fn encode(row: &HistogramRow, with_header: bool) -> Result<Vec<u8>, csv::Error> {
    let mut line = csv::WriterBuilder::new().has_headers(with_header).from_writer(Vec::new());
    line.serialize(row)?;
    line.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Reads all histograms of a run, in the order in which they were recorded. A missing file has none. Leaves out a last line
/// that was cut off.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read or is damaged.
pub fn read(path: &Path) -> Result<Vec<HistogramRow>, Error> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    parse(path).map_err(|problem| Error::artifact(path, problem))
}

fn parse(path: &Path) -> Result<Vec<HistogramRow>, FileProblem> {
    let lines = whole_lines(path)?;
    let mut rows = Vec::new();
    for row in csv::Reader::from_reader(lines.as_slice()).deserialize() {
        let row: HistogramRow = row?;
        if row.counts().is_none() {
            return Err(Damage::Histogram { iteration: row.iteration }.into());
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// `numpy.histogram([0, 1, 1, 2.5, 4], bins=40)[0]` has these ones, elsewhere zeros.
    #[test]
    fn bins_are_those_of_numpy() {
        let row =
            HistogramRow::new(1, "layers.0.weight", "weight", &[0.0, 1.0, 1.0, 2.5, 4.0, f32::NAN]).unwrap();
        let counts = row.counts().unwrap();
        let filled: Vec<(usize, usize)> =
            counts.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect();
        assert_eq!(filled, [(0, 1), (10, 2), (25, 1), (39, 1)]);
        assert_eq!((row.low, row.high), (0.0, 4.0));
        assert_eq!(HistogramRow::new(1, "x", "weight", &[3.0; 7]).unwrap().counts().unwrap()[0], 7);
        assert!(HistogramRow::new(1, "x", "weight", &[f32::NAN]).is_none());
    }
}
