//! `metrics.csv`, which grows as the run does.

use super::event_file::EventFile;
use crate::error::Error;
use crate::metrics_file::{self, MetricRow};
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
    /// Bytes of the file, those still in the buffer included.
    size: u64,
    events: Option<EventFile>,
}

impl Recorder {
    /// Makes the file with its header, in place of one that is there.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::write(path))?;
        let mut recorder = Self { path: path.to_owned(), file: BufWriter::new(file), size: 0, events: None };
        recorder.line(format_args!("{METRICS_HEADER}"))?;
        recorder.flush()?;
        Ok(recorder)
    }

    /// Goes on with a file that is there, after its first `size` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn resume(path: &Path, size: u64) -> Result<Self, Error> {
        let resume = || {
            let file = File::options().append(true).open(path)?;
            file.set_len(size)?;
            Ok(Self { path: path.to_owned(), file: BufWriter::new(file), size, events: None })
        };
        resume().map_err(Error::write(path))
    }

    /// Writes an event file for TensorBoard too, with all that was recorded so far.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], and [`Error::Artifact`] when what was recorded cannot be read.
    pub fn with_events(self, mut events: EventFile) -> Result<Self, Error> {
        for row in metrics_file::read(&self.path)? {
            events.scalar(&row)?;
        }
        events.flush()?;
        Ok(Self { events: Some(events), ..self })
    }

    /// Goes on with a file that is there, at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn append(path: &Path) -> Result<Self, Error> {
        let size = std::fs::metadata(path).map_err(Error::write(path))?.len();
        Self::resume(path, size)
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
        self.line(format_args!("{split},{epoch},{iteration},loss,{loss}"))?;
        self.line(format_args!("{split},{epoch},{iteration},accuracy,{accuracy}"))?;
        if let Some(events) = &mut self.events {
            for (metric, value) in [("loss", f64::from(loss)), ("accuracy", accuracy)] {
                let (split, metric) = (split.to_owned(), metric.to_owned());
                events.scalar(&MetricRow { split, epoch, iteration, metric, value })?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<(), Error> {
        let line = format!("{line}\n");
        self.size += line.len() as u64;
        self.file.write_all(line.as_bytes()).map_err(Error::write(&self.path))
    }

    /// Sees to it that all that was recorded survives whatever happens, and returns the file's size.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn sync(&mut self) -> Result<u64, Error> {
        self.flush()?;
        self.file.get_ref().sync_data().map_err(Error::write(&self.path))?;
        Ok(self.size)
    }

    /// Hands what was recorded to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        self.events.as_mut().map_or(Ok(()), EventFile::flush)?;
        self.file.flush().map_err(Error::write(&self.path))
    }
}
