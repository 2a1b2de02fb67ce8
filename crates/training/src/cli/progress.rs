//! Progress bars, on a terminal.

use emberlab_data::{Phase, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::{Mutex, PoisonError};

/// Draws the phase that goes on to standard error; draws nothing where that is no terminal.
pub struct ProgressBars(Mutex<Option<ProgressBar>>);

impl ProgressBars {
    pub fn new() -> Self {
        Self(Mutex::new(None))
    }

    fn with<T>(&self, change: impl FnOnce(&mut Option<ProgressBar>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Progress for ProgressBars {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        let template = match (phase, total) {
            (Phase::Decode, _) => "{msg}  {bar:40}  {human_pos} of {human_len}  {per_sec}  {eta} left",
            (_, Some(_)) => "{msg}  {bar:40}  {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
            (_, None) => "{msg}  {spinner}  {bytes}  {bytes_per_sec}",
        };
        // The templates are good; without one the bar has a look of its own.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(phase.name());
        self.with(|current| {
            if let Some(earlier) = current.replace(bar) {
                earlier.finish_and_clear();
            }
        });
    }

    fn reach(&self, done: u64) {
        self.with(|current| {
            if let Some(bar) = current {
                bar.set_position(done);
            }
        });
    }

    fn end(&self) {
        if let Some(bar) = self.with(Option::take) {
            bar.finish_and_clear();
        }
    }
}
