//! `predictions.csv`: the prediction for each sample of the test part.

use crate::error::Error;
use crate::evaluation::{Evaluation, rank};
use crate::problem::{Damage, FileProblem};
use emberlab_data::open_regular;
use std::io::{self, Write};
use std::path::Path;

/// Writes a line for each sample: `row,class,prediction,p0,…`. Classes are numbers from 0. Probabilities have the shortest
/// form that reads back as the same `f64`; those of a network whose logits overflow are `NaN`. `rows` are the rows of the `n` samples in their source, `labels` their classes;
/// `probabilities` has shape `[n, n_classes]`, row after row.
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

/// The predictions for some samples, with the probabilities that pages and figures show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    /// The row of each sample in its source.
    pub rows: Vec<usize>,
    /// The class of each sample.
    pub labels: Vec<u32>,
    /// The predicted class of each sample.
    pub predictions: Vec<usize>,
    /// The predicted probability of its class, from 0 to 1.
    pub of_class: Vec<f64>,
    /// The probability of the predicted class, from 0 to 1.
    pub of_prediction: Vec<f64>,
    /// The rank of its class by probability, from 0.
    ranks: Vec<usize>,
    /// The probability of the second of two classes; empty for more classes.
    positives: Vec<f64>,
}

impl Predictions {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The loss of one sample in nats: −ln of the probability of its class.
    pub fn loss(&self, sample: usize) -> f64 {
        -self.of_class[sample].ln()
    }

    /// The evaluation of these predictions.
    pub fn evaluation(&self, class_names: &[String]) -> Evaluation {
        Evaluation::of(class_names, &self.labels, &self.predictions, &self.ranks, &self.positives)
    }

    /// Reads a file that [`write_csv`] wrote; `None` if it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when the file cannot be read, is damaged, or has another number of classes.
    pub fn read(path: &Path, n_classes: usize) -> Result<Option<Self>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        Self::parse(path, n_classes).map(Some).map_err(|problem| Error::artifact(path, problem))
    }

    fn parse(path: &Path, n_classes: usize) -> Result<Self, FileProblem> {
        Self::parse_with(path, n_classes, |_| ())
    }

    /// Parses a file, and calls `each` with each line that is no header and is not damaged.
    fn parse_with(
        path: &Path,
        n_classes: usize,
        mut each: impl FnMut(&csv::StringRecord),
    ) -> Result<Self, FileProblem> {
        let mut reader = csv::Reader::from_reader(open_regular(path)?);
        let (mut read, mut record, mut row) = (Self::default(), csv::StringRecord::new(), Vec::new());
        let mut line = 2;
        while reader.read_record(&mut record)? {
            read.add(&record, n_classes, &mut row).ok_or(Damage::Line(line))?;
            each(&record);
            line += 1;
        }
        Ok(read)
    }

    /// Adds a line; returns `None` if it is damaged. `row` is a buffer for its probabilities.
    fn add(&mut self, record: &csv::StringRecord, n_classes: usize, row: &mut Vec<f64>) -> Option<()> {
        let class = |text: &str| text.parse::<usize>().ok().filter(|&class| class < n_classes);
        let (label, prediction) = (class(record.get(1)?)?, class(record.get(2)?)?);
        row.clear();
        for text in record.iter().skip(3) {
            row.push(text.parse().ok().filter(|p: &f64| p.is_nan() || (0.0..=1.001).contains(p))?);
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

/// The lines of a file that [`write_csv`] wrote, each as the row of its sample and the columns behind it.
///
/// # Errors
///
/// [`Error::Artifact`] when the file is missing, cannot be read, is damaged, or has another number of classes.
pub fn lines(path: &Path, n_classes: usize) -> Result<Vec<(usize, String)>, Error> {
    let mut columns = Vec::new();
    // All columns are numbers, which need no quotes.
    let each = |record: &csv::StringRecord| columns.push(record.iter().skip(1).collect::<Vec<_>>().join(","));
    let read =
        Predictions::parse_with(path, n_classes, each).map_err(|problem| Error::artifact(path, problem))?;
    Ok(read.rows.into_iter().zip(columns).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_back_and_a_damaged_one_does_not() {
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
        for line in [
            "1,0,2,0.5,0.5",
            "1,0,1,0.5",
            "1,0,1,0.5,1.5",
            "1,0,1,0.5,inf",
            "1,0,1,0.5,-0.5",
            "-1,0,1,0.5,0.5",
            "x",
        ] {
            std::fs::write(&path, format!("row,class,prediction,p0,p1\n{line}\n")).unwrap();
            let error = Predictions::read(&path, 2).unwrap_err();
            assert!(matches!(error, Error::Artifact { problem: FileProblem::Damaged(_), .. }), "{line}");
        }
    }

    #[test]
    fn probabilities_of_overflowing_logits_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("predictions.csv");
        let nan = f64::NAN;
        for probabilities in [[nan, nan, 0.25, 0.75, nan, nan], [nan, 0.0, 0.25, 0.75, 1.0, nan]] {
            let mut bytes = Vec::new();
            write_csv(&[0, 1, 2], &[0, 1, 1], &[0, 1, 0], &probabilities, &mut bytes).unwrap();
            std::fs::write(&path, bytes).unwrap();
            let read = Predictions::read(&path, 2).unwrap().unwrap();
            assert!(read.of_class[0].is_nan() && read.of_prediction[0].is_nan() && read.loss(2).is_nan());
            assert_eq!((read.of_class[1], read.of_prediction[1]), (0.75, 0.75));
            let evaluation = read.evaluation(&["a".to_owned(), "b".to_owned()]);
            assert_eq!((evaluation.samples, evaluation.accuracy), (3, 2.0 / 3.0));
        }
    }
}
