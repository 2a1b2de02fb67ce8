//! Reading `metrics.csv` back.

use crate::error::Error;
use emberlab_data::open_regular;
use serde::Deserialize;
use std::path::Path;

/// One number of a run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MetricRow {
    /// `train`, `valid` or `test`.
    pub split: String,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Updates by then.
    pub iteration: usize,
    /// `loss` or `accuracy`.
    pub metric: String,
    /// Its value.
    pub value: f64,
}

/// All numbers of a run, in the order in which they were recorded.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read or says something else.
pub fn read(path: &Path) -> Result<Vec<MetricRow>, Error> {
    let fail =
        |error: csv::Error| Error::Artifact { path: path.to_owned(), reason: format!("is damaged: {error}") };
    let unreadable =
        |error| Error::Artifact { path: path.to_owned(), reason: format!("cannot be read: {error}") };
    let mut reader = csv::Reader::from_reader(open_regular(path).map_err(unreadable)?);
    reader.deserialize().collect::<Result<_, _>>().map_err(fail)
}

/// The curve of one metric of one part: updates and values, a point for each epoch that has more than
/// one value, their mean.
pub fn curve(rows: &[MetricRow], split: &str, metric: &str) -> Vec<(f64, f64)> {
    let of_metric = |row: &&MetricRow| row.split == split && row.metric == metric;
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
