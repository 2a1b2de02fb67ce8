//! Burn's renderer traits, for the dashboard.

use super::metrics::Split;
use super::screen::Screen;
use super::state::Position;
use burn::train::LearnerSummary;
use burn::train::metric::MetricDefinition;
use burn::train::renderer::{
    EvaluationName, EvaluationProgress, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining, ProgressType, TrainingProgress,
};
use std::error::Error;

/// Passes the metrics of Burn's learner to the dashboard.
pub struct DashboardRenderer {
    screen: Screen,
    /// Updates of the whole run.
    updates: usize,
}

impl DashboardRenderer {
    /// A renderer for a training of `updates` updates.
    pub fn new(screen: Screen, updates: usize) -> Self {
        Self { screen, updates }
    }

    fn update(&self, split: Split, state: MetricState) {
        self.screen.change(|shown| shown.metrics.update(split, state));
    }
}

impl MetricsRendererTraining for DashboardRenderer {
    fn update_train(&mut self, state: MetricState) {
        self.update(Split::Train, state);
    }

    fn update_valid(&mut self, state: MetricState) {
        self.update(Split::Valid, state);
    }

    fn render_train(&mut self, item: TrainingProgress, _indicators: Vec<ProgressType>) {
        let share = item.progress.as_ref();
        let update = item.iteration.unwrap_or_default();
        let position = Position {
            epoch: item.global_progress.items_processed,
            epochs: item.global_progress.items_total,
            update,
            updates: self.updates,
            samples: share.map_or(0, |share| share.items_processed),
            samples_total: share.map_or(0, |share| share.items_total),
        };
        self.screen.change(|state| {
            state.metrics.place(update);
            state.pace.reach(update);
            state.position = position;
        });
    }

    fn render_valid(&mut self, item: TrainingProgress, _indicators: Vec<ProgressType>) {
        let update = item.iteration;
        self.screen.change(|state| state.metrics.place(update.unwrap_or(state.position.update)));
    }

    fn on_train_end(&mut self, _summary: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

impl MetricsRendererEvaluation for DashboardRenderer {
    fn update_test(&mut self, _name: EvaluationName, state: MetricState) {
        self.update(Split::Test, state);
    }

    fn render_test(&mut self, item: EvaluationProgress, _indicators: Vec<ProgressType>) {
        let update = item.iteration;
        self.screen.change(|state| state.metrics.place(update.unwrap_or(state.position.update)));
    }

    fn on_test_end(&mut self, _summary: Option<LearnerSummary>) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

impl MetricsRenderer for DashboardRenderer {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.screen.change(|state| state.metrics.register(definition));
    }
}
