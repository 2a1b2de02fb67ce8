//! Writes `metrics.csv`, which grows as the run does.

use crate::error::Error;
use crate::event_file::EventFile;
use crate::file_mark::FileMark;
use crate::growing_file::GrowingFile;
use crate::metrics_file::{self, METRICS_HEADER, MetricRow};
use crate::scores::Scores;
use emberlab_config::ScoreName;
use std::path::Path;

/// Appends scores to `metrics.csv`.
#[derive(Debug)]
pub struct Recorder {
    file: GrowingFile,
    events: Option<EventFile>,
}

impl Recorder {
    /// Creates the file with its header, replacing an existing one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut recorder = Self { file: GrowingFile::create(path)?, events: None };
        recorder.line(format_args!("{METRICS_HEADER}"))?;
        recorder.flush()?;
        Ok(recorder)
    }

    /// Continues an existing file after the bytes of `mark`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn resume(path: &Path, mark: FileMark) -> Result<Self, Error> {
        Ok(Self { file: GrowingFile::resume(path, mark)?, events: None })
    }

    /// Also writes an event file for TensorBoard, with everything that was recorded so far.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], and [`Error::Artifact`] when what was recorded cannot be read.
    pub fn with_events(self, mut events: EventFile) -> Result<Self, Error> {
        for row in metrics_file::read(self.file.path())? {
            events.scalar(&row)?;
        }
        events.flush()?;
        Ok(Self { events: Some(events), ..self })
    }

    /// Continues an existing file at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn append(path: &Path) -> Result<Self, Error> {
        Ok(Self { file: GrowingFile::append(path)?, events: None })
    }

    /// Writes a row for each number of the score of one update, or of the test part after it, in the shortest form that
    /// reads back as the same number.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn record(
        &mut self,
        split: &str,
        epoch: usize,
        iteration: usize,
        scores: &Scores,
    ) -> Result<(), Error> {
        self.line(format_args!("{split},{epoch},{iteration},{},{}", ScoreName::Loss.name(), scores.loss))?;
        for (metric, value) in scores.metrics() {
            self.line(format_args!("{split},{epoch},{iteration},{metric},{value}"))?;
        }
        if let Some(events) = &mut self.events {
            for (metric, value) in scores.iter() {
                let (split, metric) = (split.into(), metric.into());
                events.scalar(&MetricRow { split, epoch, iteration, metric, value })?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<(), Error> {
        self.file.write(format!("{line}\n").as_bytes())
    }

    /// Waits until everything that was recorded is on the disk, and returns its mark.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn sync(&mut self) -> Result<FileMark, Error> {
        self.flush()?;
        self.file.sync()
    }

    /// Hands everything that was recorded to the operating system.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        self.events.as_mut().map_or(Ok(()), EventFile::flush)?;
        self.file.flush()
    }
}
