//! One readable line per epoch, or per `log_every` updates, for logs and pipes.

use crate::config::TrainingConfig;
use crate::learner::{ACCURACY, LOSS};
use burn::train::metric::{MetricDefinition, MetricId};
use burn::train::renderer::{
    EvaluationName, EvaluationProgress, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining, ProgressType, TrainingProgress,
};
use std::io::{self, Write};
use std::sync::Arc;

/// Prints to standard output, in the manner of the lab's notebook:
/// `epoch  1/25  update  200/5000  loss 0.732100  accuracy 71.25 %`, and behind it the score on the validation
/// part, where there is one.
pub struct PlainRenderer {
    updates: usize,
    log_every: Option<usize>,
    loss: String,
    accuracy: String,
    has_validation: bool,
    validation: Validation,
    /// The line of an epoch that is over.
    unsaid: Option<String>,
}

/// The last score on the validation part.
#[derive(Default)]
struct Validation {
    loss: String,
    accuracy: String,
}

impl PlainRenderer {
    /// A renderer for a training of so many updates.
    pub fn new(updates: usize, config: &TrainingConfig, has_validation: bool) -> Self {
        Self {
            updates,
            log_every: config.log_every,
            loss: String::new(),
            accuracy: String::new(),
            has_validation,
            validation: Validation::default(),
            unsaid: None,
        }
    }

    fn say_unsaid(&mut self, end: &str) {
        if let Some(line) = self.unsaid.take() {
            say(&(line + end));
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

fn say(line: &str) {
    // A reader that went away, `| head` for one, is no reason to stop training.
    let _ = writeln!(io::stdout(), "{line}");
}

fn id(name: &str) -> MetricId {
    MetricId::new(Arc::new(name.to_owned()))
}

impl MetricsRendererTraining for PlainRenderer {
    fn update_train(&mut self, state: MetricState) {
        let (MetricState::Generic(entry) | MetricState::Numeric(entry, _)) = state;
        let shown = entry.serialized_entry.formatted;
        if entry.metric_id == id(LOSS) {
            self.loss = shown;
        } else if entry.metric_id == id(ACCURACY) {
            self.accuracy = shown;
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
        self.say_unsaid("");
        let update = item.iteration.unwrap_or_default();
        if !self.is_due(&item, update) {
            return;
        }
        let epoch = item.global_progress;
        let (epoch, epochs) = (epoch.items_processed, epoch.items_total);
        let (epoch_width, update_width) = (epochs.to_string().len(), self.updates.to_string().len());
        let line = format!(
            "epoch {epoch:>epoch_width$}/{epochs}  update {update:>update_width$}/{}  loss {}  accuracy {:>8}",
            self.updates, self.loss, self.accuracy
        );
        // A score on the validation part may follow, and belongs into the same line.
        match (self.has_validation, &item.progress) {
            (true, Some(share)) if share.items_processed >= share.items_total => self.unsaid = Some(line),
            _ => say(&line),
        }
    }

    fn render_valid(&mut self, _item: TrainingProgress, _indicators: Vec<ProgressType>) {
        let Validation { loss, accuracy } = &self.validation;
        self.say_unsaid(&format!("  validation loss {loss}  accuracy {accuracy:>8}"));
    }
}

impl MetricsRendererEvaluation for PlainRenderer {
    fn update_test(&mut self, _name: EvaluationName, _state: MetricState) {}

    fn render_test(&mut self, _item: EvaluationProgress, _indicators: Vec<ProgressType>) {}
}

impl Drop for PlainRenderer {
    fn drop(&mut self) {
        self.say_unsaid("");
    }
}

impl MetricsRenderer for PlainRenderer {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, _definition: MetricDefinition) {}
}
