//! Reads `metrics.csv`.

use crate::error::Error;
use crate::growing_file::whole_lines;
use crate::problem::{Damage, FileProblem};
use std::path::Path;
use std::sync::Arc;

/// The first line of the file.
pub const METRICS_HEADER: &str = "split,epoch,iteration,metric,value";
/// The most names of parts and metrics that a file may have.
const MAX_NAMES: usize = 64;

/// One number of a run. Parts and metrics have few names, which all rows share.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricRow {
    /// `train`, `valid` or `test`.
    pub split: Arc<str>,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Number of updates by then.
    pub iteration: usize,
    /// `loss`, or the name of a metric.
    pub metric: Arc<str>,
    /// Its value.
    pub value: f64,
}

/// All numbers of a run, in the order in which they were recorded. A last line that was cut off is left out.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read or is damaged.
pub fn read(path: &Path) -> Result<Vec<MetricRow>, Error> {
    parse(path).map_err(|problem| Error::artifact(path, problem))
}

fn parse(path: &Path) -> Result<Vec<MetricRow>, FileProblem> {
    let lines = whole_lines(path)?;
    let mut reader = csv::Reader::from_reader(lines.as_slice());
    if reader.headers()?.iter().ne(METRICS_HEADER.split(',')) {
        return Err(Damage::Header { expected: METRICS_HEADER }.into());
    }
    let (mut rows, mut names, mut record) = (Vec::new(), Vec::new(), csv::StringRecord::new());
    let mut line = 2;
    while reader.read_record(&mut record)? {
        rows.push(row(&record, &mut names).ok_or(Damage::Line(line))?);
        line += 1;
    }
    Ok(rows)
}

/// Parses a row; `names` are those of parts and metrics so far.
fn row(record: &csv::StringRecord, names: &mut Vec<Arc<str>>) -> Option<MetricRow> {
    let mut named = |name: &str| match names.iter().find(|known| &***known == name) {
        Some(known) => Some(Arc::clone(known)),
        None if names.len() == MAX_NAMES || name.is_empty() => None,
        None => {
            names.push(name.into());
            names.last().cloned()
        }
    };
    let split = named(record.get(0)?)?;
    let metric = named(record.get(3)?)?;
    let (epoch, iteration) = (record.get(1)?.parse().ok()?, record.get(2)?.parse().ok()?);
    Some(MetricRow { split, epoch, iteration, metric, value: record.get(4)?.parse().ok()? })
}

/// Each metric that occurs, in the order in which they come.
pub fn metric_names(rows: &[MetricRow]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&&*row.metric) {
            names.push(&row.metric);
        }
    }
    names
}

/// The curve of one metric of one part: updates and values, or the mean over each epoch if there are several epochs.
pub fn curve(rows: &[MetricRow], split: &str, metric: &str) -> Vec<(f64, f64)> {
    let of_metric = |row: &&MetricRow| &*row.split == split && &*row.metric == metric;
    let rows: Vec<&MetricRow> = rows.iter().filter(of_metric).collect();
    let epochs = rows.chunk_by(|left, right| left.epoch == right.epoch);
    if epochs.clone().count() < 2 {
        return rows.iter().map(|row| (row.iteration as f64, row.value)).collect();
    }
    let points = epochs.map(|epoch| {
        let mean = epoch.iter().map(|row| row.value).sum::<f64>() / epoch.len() as f64;
        (epoch.last().map_or(0.0, |row| row.iteration as f64), mean)
    });
    points.collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_and_damaged_ones_are_told_by_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        std::fs::write(&path, format!("{METRICS_HEADER}\ntrain,1,2,loss,1e308\nvalid,1,2,accuracy,NaN\n"))
            .unwrap();
        let rows = read(&path).unwrap();
        assert_eq!((&*rows[0].split, rows[0].iteration, rows[0].value), ("train", 2, 1e308));
        assert!(rows[1].value.is_nan());
        for line in
            ["train,1,2,loss", "train,-1,2,loss,0.5", "train,1,2,loss,x", ",1,2,loss,0.5", "train,1,2,,0.5"]
        {
            std::fs::write(&path, format!("{METRICS_HEADER}\ntrain,1,1,loss,0.5\n{line}\n")).unwrap();
            assert!(
                matches!(read(&path).unwrap_err(), Error::Artifact { problem: FileProblem::Damaged(_), .. }),
                "{line}"
            );
        }
        std::fs::write(&path, "split,epoch\n").unwrap();
        assert!(read(&path).is_err());
    }

    #[test]
    fn a_last_line_that_was_cut_off_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        for cut in ["", "train", "train,1,2,lo", "train,1,2,loss,", "train,1,2,loss,0.0"] {
            std::fs::write(&path, format!("{METRICS_HEADER}\ntrain,1,1,loss,0.5\n{cut}")).unwrap();
            let rows = read(&path).unwrap();
            assert_eq!(rows.iter().map(|row| row.value).collect::<Vec<_>>(), [0.5], "{cut}");
        }
    }
}
