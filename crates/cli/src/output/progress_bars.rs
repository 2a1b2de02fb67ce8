//! Progress bars, on a terminal.

use emberlab_data::{Phase, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time after which a phase shows a bar.
const WORTH_A_BAR: Duration = Duration::from_millis(300);

/// Draws a progress bar for the current phase to standard error if the phase takes long. Draws nothing if standard
/// error is not a terminal.
pub struct ProgressBars(Mutex<Option<Bar>>);

/// The bar of a phase.
struct Bar {
    bar: ProgressBar,
    began: Instant,
}

impl ProgressBars {
    pub fn new() -> Self {
        Self(Mutex::new(None))
    }

    fn with<T>(&self, change: impl FnOnce(&mut Option<Bar>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Progress for ProgressBars {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let template = match (phase, total) {
            (Phase::Decode | Phase::Evaluate | Phase::Differentiate | Phase::Train | Phase::Grade, _) => {
                "{msg}  {bar:40}  {human_pos} of {human_len}  {eta} left"
            }
            (_, Some(_)) => "{msg}  {bar:40}  {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
            (_, None) => "{msg}  {spinner}  {bytes}  {bytes_per_sec}",
        };
        // The templates are valid; without one, the bar would use the default style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(phase.name());
        self.end();
        self.with(|current| *current = Some(Bar { bar, began: Instant::now() }));
    }

    fn reach(&self, done: u64) {
        self.with(|current| {
            if let Some(Bar { bar, began }) = current {
                if bar.is_hidden() && began.elapsed() >= WORTH_A_BAR {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                bar.set_position(done);
            }
        });
    }

    fn end(&self) {
        if let Some(Bar { bar, .. }) = self.with(Option::take) {
            bar.finish_and_clear();
        }
    }
}
