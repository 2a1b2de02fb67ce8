//! `folds.csv` and `out_of_fold.csv`: the scores and the predictions of the runs of a cross-validation.

use crate::atomic;
use crate::directory::file::PREDICTIONS;
use crate::error::Error;
use crate::predictions_file;
use crate::scores::{Scores, names};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The scores of each fold, their mean and their deviation.
const SCORES: &str = "folds.csv";
/// The prediction for each sample by the run that was trained without it.
const OUT_OF_FOLD: &str = "out_of_fold.csv";

/// The run of one fold.
#[derive(Clone, Debug)]
pub struct FoldRun {
    /// The fold, from 1.
    pub fold: usize,
    /// The name of its run.
    pub name: String,
    /// The directory of its run.
    pub path: PathBuf,
    /// Samples of the fold.
    pub n_samples: usize,
    /// Scores on the fold.
    pub scores: Scores,
}

/// A number of the scores over all folds.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Its name.
    pub name: String,
    /// The mean over the folds, each of which counts alike.
    pub mean: f64,
    /// The standard deviation of a sample, with `n - 1` in the denominator.
    pub deviation: f64,
}

/// The mean and the deviation of each number of the scores.
pub fn spreads(runs: &[FoldRun]) -> Vec<Spread> {
    let spread = |name: &str| {
        let values: Vec<f64> = runs.iter().map(|run| run.scores.get(name).unwrap_or(f64::NAN)).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Spread { name: name.to_owned(), mean, deviation: (squares / (n - 1.0)).sqrt() }
    };
    names(runs.iter().map(|run| &run.scores)).into_iter().map(spread).collect()
}

/// Deletes the files of an earlier cross-validation in `folder`.
///
/// # Errors
///
/// [`Error::Write`].
pub fn remove(folder: &Path) -> Result<(), Error> {
    for path in [folder.join(SCORES), folder.join(OUT_OF_FOLD)] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::write(path)(error)),
            _ => (),
        }
    }
    Ok(())
}

/// Writes `folds.csv`, a line for each fold and one each for mean and deviation, and `out_of_fold.csv`, a line for each sample:
/// `row,fold,class,prediction,p0,…`, sorted by row, where the columns are those of `predictions.csv`.
///
/// # Errors
///
/// [`Error::Artifact`] when the predictions of a run are missing or damaged, or two runs have the same sample;
/// [`Error::Write`].
pub fn write(folder: &Path, runs: &[FoldRun], n_classes: usize) -> Result<(), Error> {
    let lines = out_of_fold(runs, n_classes)?;
    fs::create_dir_all(folder).map_err(Error::write(folder))?;
    atomic::write_with(&folder.join(OUT_OF_FOLD), |out| {
        write!(out, "row,fold,class,prediction")?;
        (0..n_classes).try_for_each(|class| write!(out, ",p{class}"))?;
        writeln!(out)?;
        lines.iter().try_for_each(|(row, fold, columns)| writeln!(out, "{row},{fold},{columns}"))
    })?;
    let spreads = spreads(runs);
    atomic::write_with(&folder.join(SCORES), |out| {
        write!(out, "fold,run,samples")?;
        spreads.iter().try_for_each(|spread| write!(out, ",{}", spread.name))?;
        writeln!(out)?;
        for FoldRun { fold, name, n_samples, scores, .. } in runs {
            write!(out, "{fold},{name},{n_samples}")?;
            let mut values = spreads.iter().map(|spread| scores.get(&spread.name).unwrap_or(f64::NAN));
            values.try_for_each(|value| write!(out, ",{value}"))?;
            writeln!(out)?;
        }
        write!(out, "mean,,")?;
        spreads.iter().try_for_each(|spread| write!(out, ",{}", spread.mean))?;
        write!(out, "\ndeviation,,")?;
        spreads.iter().try_for_each(|spread| write!(out, ",{}", spread.deviation))?;
        writeln!(out)
    })
}

/// The lines of the predictions of all runs, by row, each with its fold.
fn out_of_fold(runs: &[FoldRun], n_classes: usize) -> Result<Vec<(usize, usize, String)>, Error> {
    let mut lines = Vec::new();
    for run in runs {
        let of_run = predictions_file::lines(&run.path.join(PREDICTIONS), n_classes)?;
        lines.extend(of_run.into_iter().map(|(row, columns)| (row, run.fold, columns)));
    }
    lines.sort_by_key(|(row, fold, _)| (*row, *fold));
    let twice = lines.windows(2).find(|pair| pair[0].0 == pair[1].0);
    if let Some([(row, first, _), (_, second, _)]) = twice
        && let Some(run) = runs.iter().find(|run| run.fold == *second)
    {
        let reason = format!(
            "has row {row}, which fold {first} has too: the data has changed since; train all folds again with `--overwrite`"
        );
        return Err(Error::artifact(run.path.join(PREDICTIONS), reason));
    }
    Ok(lines)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The runs of two folds with predictions for some rows.
    fn runs(folder: &Path, rows: [&str; 2]) -> Vec<FoldRun> {
        let run = |(fold, lines): (usize, &str)| {
            let path = folder.join(format!("run-{fold}"));
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join(PREDICTIONS), format!("row,class,prediction,p0,p1\n{lines}")).unwrap();
            let scores = Scores::new(0.25 * fold as f32, [("accuracy", 0.5)]);
            FoldRun { fold, name: format!("run-{fold}"), path, n_samples: 2, scores }
        };
        [(1, rows[0]), (2, rows[1])].map(run).to_vec()
    }

    #[test]
    fn each_sample_has_a_line_and_each_number_its_mean_and_deviation() {
        let folder = tempfile::tempdir().unwrap();
        let runs = runs(folder.path(), ["5,0,1,0.25,0.75\n0,1,1,0,1\n", "3,1,0,0.5,0.5\n"]);
        write(folder.path(), &runs, 2).unwrap();
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        let wanted = "row,fold,class,prediction,p0,p1\n0,1,1,1,0,1\n3,2,1,0,0.5,0.5\n5,1,0,1,0.25,0.75\n";
        assert_eq!(read(OUT_OF_FOLD), wanted);
        // >>> np.std([0.25, 0.5], ddof=1)
        // 0.1767766952966369
        let wanted = "fold,run,samples,loss,accuracy\n1,run-1,2,0.25,0.5\n2,run-2,2,0.5,0.5\nmean,,,0.375,0.5\n\
                      deviation,,,0.1767766952966369,0\n";
        assert_eq!(read(SCORES), wanted);
        remove(folder.path()).unwrap();
        remove(folder.path()).unwrap();
        assert!(!folder.path().join(SCORES).exists());
    }

    #[test]
    fn a_sample_in_two_folds_and_damaged_predictions_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let runs = runs(folder.path(), ["5,0,1,0.25,0.75\n", "5,0,1,0.25,0.75\n"]);
        let error = write(folder.path(), &runs, 2).unwrap_err().to_string();
        assert!(error.contains("has row 5, which fold 1 has too"), "{error}");
        fs::write(runs[1].path.join(PREDICTIONS), "row,class,prediction,p0,p1\n5,0,2,0,1\n").unwrap();
        assert!(matches!(write(folder.path(), &runs, 2), Err(Error::Artifact { .. })));
        fs::remove_file(runs[1].path.join(PREDICTIONS)).unwrap();
        assert!(matches!(write(folder.path(), &runs, 2), Err(Error::Artifact { .. })));
        assert!(!folder.path().join(SCORES).exists());
    }
}
