//! `metrics.csv`, which grows as the run does.

use crate::error::Error;
use emberlab_models::Score;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The first line of `metrics.csv`.
pub const METRICS_HEADER: &str = "split,epoch,iteration,metric,value";

/// Appends scores to `metrics.csv`.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Recorder {
    /// Makes the file with its header.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create_new(path).map_err(Error::write(path))?;
        let mut recorder = Self { path: path.to_owned(), file: BufWriter::new(file) };
        writeln!(recorder.file, "{METRICS_HEADER}").map_err(Error::write(path))?;
        recorder.flush()?;
        Ok(recorder)
    }

    /// Goes on with a file that is there.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn append(path: &Path) -> Result<Self, Error> {
        let file = File::options().append(true).open(path).map_err(Error::write(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Writes loss and accuracy of one update, or of the test part after it. The loss is written in
    /// the shortest form that reads back as the same f32, the accuracy as the same f64.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn record(
        &mut self,
        split: &str,
        epoch: usize,
        iteration: usize,
        score: &Score,
    ) -> Result<(), Error> {
        let (loss, accuracy) = (score.loss, score.accuracy());
        writeln!(self.file, "{split},{epoch},{iteration},loss,{loss}")
            .and_then(|()| writeln!(self.file, "{split},{epoch},{iteration},accuracy,{accuracy}"))
            .map_err(Error::write(&self.path))
    }

    /// Hands what was recorded to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::write(&self.path))
    }
}
