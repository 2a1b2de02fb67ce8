//! One readable line per epoch, or per `log_every` updates, for logs and pipes.

use crate::output::clock::clock;
use crate::output::standard_output;
use crate::output::terminal;
use anstyle::Style;
use burn::train::metric::{MetricDefinition, MetricId};
use burn::train::renderer::{
    EvaluationName, EvaluationProgress, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining, ProgressType, TrainingProgress,
};
use emberlab_config::ScoreName;
use emberlab_models::Unit;
use emberlab_training::StopSignal;
use emberlab_training::host::Outline;
use emberlab_training::learner::{LEARNING_RATE, THROUGHPUT};
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Prints to standard output, in the manner of the lab's notebook:
/// `epoch  1/25  update  200/5000  loss 0.732100  accuracy 71.25 %`, followed by the score on the validation part, if there
/// is one, and by the pace of longer runs.
pub struct PlainRenderer {
    updates: usize,
    log_every: Option<usize>,
    /// The last score on the training part, and on the validation part.
    train: Shown,
    validation: Shown,
    samples_per_second: String,
    learning_rate: f64,
    began: Instant,
    /// Updates made by earlier processes.
    updates_before: usize,
    has_validation: bool,
    /// The line of an epoch that has ended.
    unsaid: Option<Line>,
    /// Stops the training when the reader of the lines has gone away.
    stop: StopSignal,
}

/// The style of names, so that the numbers stand out.
const LABEL: Style = Style::new().dimmed();
/// The width of `100.00 %`.
const SHARE_WIDTH: usize = 8;

/// A line that is not printed yet.
struct Line {
    /// The epoch, the update and their score.
    score: String,
    /// The pace, for the end of the line.
    pace: Option<String>,
}

/// The numbers of the last score on a part, as they are shown.
struct Shown(Vec<(ScoreName, String)>);

impl Shown {
    fn new(scores: &[ScoreName]) -> Self {
        Self(scores.iter().map(|name| (*name, String::new())).collect())
    }

    /// Takes a value if it is of one of the numbers.
    fn update(&mut self, state: &MetricState) {
        let (MetricState::Generic(entry) | MetricState::Numeric(entry, _)) = state;
        let is_same = |name: &ScoreName| entry.metric_id == id(&name.description().title());
        if let Some((_, shown)) = self.0.iter_mut().find(|(name, _)| is_same(name)) {
            shown.clone_from(&entry.serialized_entry.formatted);
        }
    }

    /// Each name with its value, shares in columns of one width; `part` stands before the first name.
    fn text(&self, part: &str) -> String {
        let number = |(index, (name, shown)): (usize, &(ScoreName, String))| {
            let description = name.description();
            let width = if description.unit == Unit::Share { SHARE_WIDTH } else { 0 };
            let part = if index == 0 { part } else { "" };
            format!("{LABEL}{part}{}{LABEL:#} {shown:>width$}", description.name)
        };
        self.0.iter().enumerate().map(number).collect::<Vec<_>>().join("  ")
    }
}

impl PlainRenderer {
    /// A renderer for the training of `outline`.
    pub fn new(outline: &Outline<'_>, stop: StopSignal) -> Self {
        let Outline { updates, updates_before, scores, training, has_validation } = *outline;
        Self {
            updates,
            log_every: training.log_every,
            train: Shown::new(scores),
            validation: Shown::new(scores),
            samples_per_second: String::new(),
            learning_rate: 0.0,
            began: Instant::now(),
            updates_before,
            has_validation,
            unsaid: None,
            stop,
        }
    }

    /// Prints the line that waits, with the score on the validation part if there is one.
    fn say_unsaid(&mut self, validation: Option<String>) {
        if let Some(Line { score, pace }) = self.unsaid.take() {
            self.say(&[Some(score), validation, pace].into_iter().flatten().collect::<Vec<_>>());
        }
    }

    /// The learning rate, samples per second, the time so far and the time left; `None` for short runs.
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

    /// Prints a line, in several lines if it is too long for the terminal.
    fn say(&self, parts: &[String]) {
        // A slow reader delays training, but not a stop.
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

/// Time between two tries to write to a reader that takes no more lines.
const PATIENCE: Duration = Duration::from_millis(100);
/// The expected duration of a run from which on the pace is printed.
const WORTH_A_PACE: Duration = Duration::from_secs(10);

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
        self.train.update(&state);
        let (MetricState::Generic(entry) | MetricState::Numeric(entry, _)) = state;
        if entry.metric_id == id(THROUGHPUT) {
            self.samples_per_second = entry.serialized_entry.formatted;
        }
    }

    fn update_valid(&mut self, state: MetricState) {
        self.validation.update(&state);
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
             {LABEL}update{LABEL:#} {update:>update_width$}/{}  {}",
            self.updates,
            self.train.text("")
        );
        // A score on the validation part may follow, and belongs on the same line.
        self.unsaid = Some(Line { score: line, pace: self.pace(update) });
        let ends_epoch = item.progress.is_some_and(|share| share.items_processed >= share.items_total);
        if !(self.has_validation && ends_epoch) {
            self.say_unsaid(None);
        }
    }

    fn render_valid(&mut self, _item: TrainingProgress, _indicators: Vec<ProgressType>) {
        self.say_unsaid(Some(self.validation.text("validation ")));
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
