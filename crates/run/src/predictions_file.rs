//! `predictions.csv`: what was predicted for each sample of the test part.

use crate::error::Error;
use crate::evaluation::{Evaluation, rank};
use emberlab_data::open_regular;
use std::io::{self, Write};
use std::path::Path;

/// Writes a line for each sample: `row,class,prediction,p0,…`, classes as numbers from 0, probabilities in the shortest
/// form that reads back as the same double. `rows` are those of the samples in their source, `labels` their classes,
/// `probabilities` `[n, n_classes]`, row after row.
///
/// # Errors
///
/// Those of `out`.
pub fn write_csv(
    rows: &[usize],
    labels: &[u32],
    predictions: &[usize],
    probabilities: &[f64],
    out: &mut impl Write,
) -> io::Result<()> {
    let n_classes = probabilities.len() / labels.len().max(1);
    write!(out, "row,class,prediction")?;
    (0..n_classes).try_for_each(|class| write!(out, ",p{class}"))?;
    writeln!(out)?;
    let probabilities = probabilities.chunks_exact(n_classes.max(1));
    let samples = rows.iter().zip(labels).zip(predictions).zip(probabilities);
    for (((row, label), prediction), probabilities) in samples {
        write!(out, "{row},{label},{prediction}")?;
        probabilities.iter().try_for_each(|probability| write!(out, ",{probability}"))?;
        writeln!(out)?;
    }
    Ok(())
}

/// The predictions for some samples, as far as pages and figures need them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    /// The row of each sample in its source.
    pub rows: Vec<usize>,
    /// Its class.
    pub labels: Vec<u32>,
    /// The class that was predicted.
    pub predictions: Vec<usize>,
    /// The probability of its class.
    pub of_class: Vec<f64>,
    /// The probability of the predicted class.
    pub of_prediction: Vec<f64>,
    /// How many classes were more probable than its own.
    ranks: Vec<usize>,
    /// The probability of the second class, where there are two.
    positives: Vec<f64>,
}

impl Predictions {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The loss of one sample: −ln of the probability of its class.
    pub fn loss(&self, sample: usize) -> f64 {
        -self.of_class[sample].ln()
    }

    /// The figures of these predictions.
    pub fn evaluation(&self, class_names: &[String]) -> Evaluation {
        Evaluation::of(class_names, &self.labels, &self.predictions, &self.ranks, &self.positives)
    }

    /// Reads what [`write_csv`] wrote; nothing where the file is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when it cannot be read or is not about so many classes.
    pub fn read(path: &Path, n_classes: usize) -> Result<Option<Self>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        let damaged = |reason: String| Error::Artifact { path: path.to_owned(), reason };
        let file = open_regular(path).map_err(|error| damaged(format!("cannot be read: {error}")))?;
        let mut reader = csv::Reader::from_reader(file);
        let (mut read, mut record, mut row) = (Self::default(), csv::StringRecord::new(), Vec::new());
        let mut line = 2;
        while reader.read_record(&mut record).map_err(|error| damaged(format!("is damaged: {error}")))? {
            read.add(&record, n_classes, &mut row)
                .ok_or_else(|| damaged(format!("is damaged in line {line}")))?;
            line += 1;
        }
        Ok(Some(read))
    }

    /// Adds a line; `row` is memory for its probabilities.
    fn add(&mut self, record: &csv::StringRecord, n_classes: usize, row: &mut Vec<f64>) -> Option<()> {
        let class = |text: &str| text.parse::<usize>().ok().filter(|&class| class < n_classes);
        let (label, prediction) = (class(record.get(1)?)?, class(record.get(2)?)?);
        row.clear();
        for text in record.iter().skip(3) {
            row.push(text.parse().ok().filter(|p| (0.0..=1.001).contains(p))?);
        }
        if row.len() != n_classes {
            return None;
        }
        self.rows.push(record.get(0)?.parse().ok()?);
        self.labels.push(label as u32);
        self.predictions.push(prediction);
        self.of_class.push(row[label]);
        self.of_prediction.push(row[prediction]);
        self.ranks.push(rank(row, label));
        self.positives.extend(row.get(1).filter(|_| n_classes == 2));
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
        let probabilities = vec![0.1 + 0.2, 0.7, 0.0, 1.0];
        let mut bytes = Vec::new();
        write_csv(&[7, 3], &[0, 1], &[1, 1], &probabilities, &mut bytes).unwrap();
        assert_eq!(bytes, b"row,class,prediction,p0,p1\n7,0,1,0.30000000000000004,0.7\n3,1,1,0,1\n");
        std::fs::write(&path, bytes).unwrap();
        let read = Predictions::read(&path, 2).unwrap().unwrap();
        assert_eq!((&read.rows[..], &read.labels[..]), (&[7, 3][..], &[0, 1][..]));
        assert_eq!((&read.of_class[..], &read.of_prediction[..]), (&[0.1 + 0.2, 1.0][..], &[0.7, 1.0][..]));
        let names = ["a".to_owned(), "b".to_owned()];
        let (read, whole) =
            (read.evaluation(&names), Evaluation::new(&names, &[0, 1], &[1, 1], &probabilities));
        assert_eq!(serde_json::to_value(read).unwrap(), serde_json::to_value(whole).unwrap());
        assert!(Predictions::read(&path, 1).is_err());
        for line in ["1,0,2,0.5,0.5", "1,0,1,0.5", "1,0,1,0.5,1.5", "1,0,1,0.5,NaN", "-1,0,1,0.5,0.5", "x"] {
            std::fs::write(&path, format!("row,class,prediction,p0,p1\n{line}\n")).unwrap();
            assert!(Predictions::read(&path, 2).is_err(), "{line}");
        }
    }
}
