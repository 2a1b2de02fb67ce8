//! One readable line per epoch, or per `log_every` updates, for logs and pipes.

use crate::output::standard_output;
use crate::output::terminal;
use anstyle::Style;
use burn::train::metric::{MetricDefinition, MetricId};
use burn::train::renderer::{
    EvaluationName, EvaluationProgress, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining, ProgressType, TrainingProgress,
};
use emberlab_training::StopSignal;
use emberlab_training::host::Outline;
use emberlab_training::learner::LEARNING_RATE;
use emberlab_training::learner::{ACCURACY, LOSS, THROUGHPUT};
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Prints to standard output, in the manner of the lab's notebook:
/// `epoch  1/25  update  200/5000  loss 0.732100  accuracy 71.25 %`, and behind it the score on the validation
/// part, where there is one, and the pace of runs that take a while.
pub struct PlainRenderer {
    updates: usize,
    log_every: Option<usize>,
    loss: String,
    accuracy: String,
    samples_per_second: String,
    learning_rate: f64,
    began: Instant,
    /// Updates made by earlier processes.
    updates_before: usize,
    has_validation: bool,
    validation: Validation,
    /// The line of an epoch that is over.
    unsaid: Option<Line>,
    /// Asked to stop when nobody reads the lines any more.
    stop: StopSignal,
}

/// Names of numbers, so that the numbers stand out.
const LABEL: Style = Style::new().dimmed();

/// A line that is not printed yet.
struct Line {
    /// The epoch, the update and their score.
    score: String,
    /// How fast it goes, for the end of the line.
    pace: Option<String>,
}

/// The last score on the validation part.
#[derive(Default)]
struct Validation {
    loss: String,
    accuracy: String,
}

impl PlainRenderer {
    /// A renderer for a training of so many updates.
    pub fn new(outline: &Outline<'_>, stop: StopSignal) -> Self {
        let Outline { updates, updates_before, training, has_validation } = *outline;
        Self {
            updates,
            log_every: training.log_every,
            loss: String::new(),
            accuracy: String::new(),
            samples_per_second: String::new(),
            learning_rate: 0.0,
            began: Instant::now(),
            updates_before,
            has_validation,
            validation: Validation::default(),
            unsaid: None,
            stop,
        }
    }

    /// Prints the line that waits, with the score on the validation part where there is one.
    fn say_unsaid(&mut self, validation: Option<String>) {
        if let Some(Line { score, pace }) = self.unsaid.take() {
            self.say(&[Some(score), validation, pace].into_iter().flatten().collect::<Vec<_>>());
        }
    }

    /// The learning rate, samples per second, and the time that it took and takes; nothing in runs that are
    /// over in a moment.
    fn pace(&self, update: usize) -> Option<String> {
        let elapsed = self.began.elapsed();
        let (done, left) = (update.saturating_sub(self.updates_before), self.updates.saturating_sub(update));
        let left = elapsed.mul_f64(left as f64 / done.max(1) as f64);
        (elapsed + left >= WORTH_A_PACE).then(|| {
            format!(
                "{LABEL}rate{LABEL:#} {:.2e}  {:>7} {LABEL}samples/s{LABEL:#}  {} {LABEL}gone{LABEL:#}  {} {LABEL}left{LABEL:#}",
                self.learning_rate,
                self.samples_per_second,
                clock(elapsed),
                clock(left)
            )
        })
    }

    /// Prints a line, in several where it is too long for the terminal.
    fn say(&self, parts: &[String]) {
        // A reader that waits holds up training, but not its end.
        while !standard_output::takes_more(PATIENCE) {
            if self.stop.came() {
                return;
            }
        }
        let width: usize =
            parts.iter().map(|part| 2 + anstream::adapter::strip_str(part).to_string().len()).sum();
        let columns = terminal::size().map_or(usize::MAX, |(columns, _)| columns.into());
        let separator = if width <= columns.saturating_add(2) { "  " } else { "\n    " };
        match writeln!(anstream::stdout(), "{}", parts.join(separator)) {
            Err(error) if standard_output::is_closed(&error) => self.stop.hang_up(),
            Err(error) => log::warn!("cannot write to standard output: {error}"),
            Ok(()) => {}
        }
    }

    fn is_due(&self, item: &TrainingProgress, update: usize) -> bool {
        match (self.log_every, &item.progress) {
            (Some(every), _) => update.is_multiple_of(every) || update == self.updates,
            (None, Some(share)) => share.items_processed >= share.items_total,
            (None, None) => true,
        }
    }
}

/// How often a reader that takes no more lines is asked again.
const PATIENCE: Duration = Duration::from_millis(100);
/// Runs that take less time are over before anybody asks how long they take.
const WORTH_A_PACE: Duration = Duration::from_secs(10);

/// `2:05`, or `1:02:05` from an hour on.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn id(name: &str) -> MetricId {
    MetricId::new(Arc::new(name.to_owned()))
}

impl MetricsRendererTraining for PlainRenderer {
    fn update_train(&mut self, state: MetricState) {
        if let MetricState::Numeric(entry, value) = &state
            && entry.metric_id == id(LEARNING_RATE)
        {
            self.learning_rate = value.current();
        }
        let (MetricState::Generic(entry) | MetricState::Numeric(entry, _)) = state;
        let shown = entry.serialized_entry.formatted;
        if entry.metric_id == id(LOSS) {
            self.loss = shown;
        } else if entry.metric_id == id(ACCURACY) {
            self.accuracy = shown;
        } else if entry.metric_id == id(THROUGHPUT) {
            self.samples_per_second = shown;
        }
    }

    fn update_valid(&mut self, state: MetricState) {
        let (MetricState::Generic(entry) | MetricState::Numeric(entry, _)) = state;
        let shown = entry.serialized_entry.formatted;
        if entry.metric_id == id(LOSS) {
            self.validation.loss = shown;
        } else if entry.metric_id == id(ACCURACY) {
            self.validation.accuracy = shown;
        }
    }

    fn render_train(&mut self, item: TrainingProgress, _indicators: Vec<ProgressType>) {
        self.say_unsaid(None);
        let update = item.iteration.unwrap_or_default();
        if !self.is_due(&item, update) {
            return;
        }
        let epoch = item.global_progress;
        let (epoch, epochs) = (epoch.items_processed, epoch.items_total);
        let (epoch_width, update_width) = (epochs.to_string().len(), self.updates.to_string().len());
        let line = format!(
            "{LABEL}epoch{LABEL:#} {epoch:>epoch_width$}/{epochs}  \
             {LABEL}update{LABEL:#} {update:>update_width$}/{}  \
             {LABEL}loss{LABEL:#} {}  {LABEL}accuracy{LABEL:#} {:>8}",
            self.updates, self.loss, self.accuracy
        );
        // A score on the validation part may follow, and belongs into the same line.
        self.unsaid = Some(Line { score: line, pace: self.pace(update) });
        let ends_epoch = item.progress.is_some_and(|share| share.items_processed >= share.items_total);
        if !(self.has_validation && ends_epoch) {
            self.say_unsaid(None);
        }
    }

    fn render_valid(&mut self, _item: TrainingProgress, _indicators: Vec<ProgressType>) {
        let Validation { loss, accuracy } = &self.validation;
        let score = format!("{LABEL}validation loss{LABEL:#} {loss}  {LABEL}accuracy{LABEL:#} {accuracy:>8}");
        self.say_unsaid(Some(score));
    }
}

impl MetricsRendererEvaluation for PlainRenderer {
    fn update_test(&mut self, _name: EvaluationName, _state: MetricState) {}

    fn render_test(&mut self, _item: EvaluationProgress, _indicators: Vec<ProgressType>) {}
}

impl Drop for PlainRenderer {
    fn drop(&mut self) {
        self.say_unsaid(None);
    }
}

impl MetricsRenderer for PlainRenderer {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, _definition: MetricDefinition) {}
}
