//! `predictions.csv`: what was predicted for each sample of the test part.

use crate::error::Error;
use crate::evaluate::Verdict;
use crate::evaluation::Evaluation;
use std::path::Path;

/// The predictions for some samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    /// The row of each sample in its source.
    pub rows: Vec<usize>,
    /// Its class.
    pub labels: Vec<u32>,
    /// The class that was predicted.
    pub predictions: Vec<usize>,
    /// `[n, n_classes]`, row after row.
    pub probabilities: Vec<f64>,
}

impl Predictions {
    /// What a classifier said of samples with known classes.
    pub fn new(rows: &[usize], labels: &[u32], verdict: &Verdict) -> Self {
        Self {
            rows: rows.to_vec(),
            labels: labels.to_vec(),
            predictions: verdict.predictions.clone(),
            probabilities: verdict.probabilities.clone(),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The probability of each class for a sample.
    pub fn probabilities(&self, sample: usize) -> &[f64] {
        let n_classes = self.probabilities.len() / self.len().max(1);
        &self.probabilities[sample * n_classes..(sample + 1) * n_classes]
    }

    /// The loss of one sample: −ln of the probability of its class.
    pub fn loss(&self, sample: usize) -> f64 {
        -self.probabilities(sample)[self.labels[sample] as usize].ln()
    }

    /// The figures of these predictions.
    pub fn evaluation(&self, class_names: &[String]) -> Evaluation {
        Evaluation::new(class_names, &self.labels, &self.predictions, &self.probabilities)
    }

    /// A line for each sample: `row,class,prediction,p0,…`, classes as numbers from 0, probabilities in the shortest form
    /// that reads back as the same double.
    pub fn to_csv(&self) -> Vec<u8> {
        let n_classes = self.probabilities.len() / self.len().max(1);
        let columns: String = (0..n_classes).map(|class| format!(",p{class}")).collect();
        let mut text = format!("row,class,prediction{columns}\n");
        for (sample, &row) in self.rows.iter().enumerate() {
            text += &format!("{row},{},{}", self.labels[sample], self.predictions[sample]);
            self.probabilities(sample).iter().for_each(|probability| text += &format!(",{probability}"));
            text.push('\n');
        }
        text.into_bytes()
    }

    /// Reads what [`to_csv`](Self::to_csv) wrote; nothing where the file is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when it cannot be read or is not about so many classes.
    pub fn read(path: &Path, n_classes: usize) -> Result<Option<Self>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        let damaged = |reason: String| Error::Artifact { path: path.to_owned(), reason };
        let mut reader =
            csv::Reader::from_path(path).map_err(|error| damaged(format!("cannot be read: {error}")))?;
        let mut read = Self::default();
        for (line, record) in (2..).zip(reader.records()) {
            let record = record.map_err(|error| damaged(format!("is damaged: {error}")))?;
            read.add(&record, n_classes).ok_or_else(|| damaged(format!("is damaged in line {line}")))?;
        }
        Ok(Some(read))
    }

    fn add(&mut self, record: &csv::StringRecord, n_classes: usize) -> Option<()> {
        let class = |text: &str| text.parse::<usize>().ok().filter(|&class| class < n_classes);
        self.rows.push(record.get(0)?.parse().ok()?);
        self.labels.push(class(record.get(1)?)? as u32);
        self.predictions.push(class(record.get(2)?)?);
        let probabilities: Option<Vec<f64>> = record
            .iter()
            .skip(3)
            .map(|text| text.parse().ok().filter(|p| (0.0..=1.001).contains(p)))
            .collect();
        self.probabilities.extend(probabilities.filter(|found| found.len() == n_classes)?);
        Some(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_what_is_damaged_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("predictions.csv");
        assert_eq!(Predictions::read(&path, 2).unwrap(), None);
        let predictions = Predictions {
            rows: vec![7, 3],
            labels: vec![0, 1],
            predictions: vec![1, 1],
            probabilities: vec![0.1 + 0.2, 0.7, 0.0, 1.0],
        };
        std::fs::write(&path, predictions.to_csv()).unwrap();
        assert_eq!(Predictions::read(&path, 2).unwrap(), Some(predictions));
        assert!(Predictions::read(&path, 1).is_err());
        for line in ["1,0,2,0.5,0.5", "1,0,1,0.5", "1,0,1,0.5,1.5", "1,0,1,0.5,NaN", "-1,0,1,0.5,0.5", "x"] {
            std::fs::write(&path, format!("row,class,prediction,p0,p1\n{line}\n")).unwrap();
            assert!(Predictions::read(&path, 2).is_err(), "{line}");
        }
    }
}
