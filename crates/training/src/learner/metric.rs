//! The numbers of a score as Burn's metrics, for the dashboard and the printed lines.

use crate::history::number;
use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{
    Adaptor, Metric, MetricAttributes, MetricDefinition, MetricMetadata, MetricName, Numeric,
    NumericAttributes, NumericEntry, SerializedEntry,
};
use emberlab_config::ScoreName;
use emberlab_models::Score;
use std::sync::Arc;

/// The learning rate, as Burn calls the metric.
pub const LEARNING_RATE: &str = "Learning Rate";

/// One number of a [`Score`].
#[derive(Clone)]
pub struct ScoreMetric {
    number: ScoreName,
    name: MetricName,
    value: f64,
}

impl ScoreMetric {
    pub fn new(number: ScoreName) -> Self {
        Self { number, name: Arc::new(number.description().title()), value: f64::NAN }
    }
}

/// The input of a [`ScoreMetric`].
pub struct ScoreInput(Score);

impl Adaptor<ScoreInput> for Score {
    fn adapt(&self) -> ScoreInput {
        ScoreInput(self.clone())
    }
}

impl Metric for ScoreMetric {
    type Input = ScoreInput;

    fn name(&self) -> MetricName {
        Arc::clone(&self.name)
    }

    fn attributes(&self) -> MetricAttributes {
        let description = self.number.description();
        let unit = description.unit.sign().map(str::to_owned);
        NumericAttributes { unit, higher_is_better: description.higher_is_better }.into()
    }

    fn update(&mut self, item: &ScoreInput, _metadata: &MetricMetadata) -> SerializedEntry {
        let (description, value) = (self.number.description(), number(&item.0, self.number));
        self.value = description.unit.displayed(value);
        SerializedEntry::new(description.show(value), self.value.to_string())
    }

    fn clear(&mut self) {
        self.value = f64::NAN;
    }
}

impl Numeric for ScoreMetric {
    fn value(&self) -> NumericEntry {
        NumericEntry::Value(self.value)
    }

    fn running_value(&self) -> NumericEntry {
        NumericEntry::Value(self.value)
    }
}

/// A logger that writes nothing, so that Burn does not write a folder of logs for each epoch; `metrics.csv` has every
/// number.
pub struct Unlogged;

impl MetricLogger for Unlogged {
    fn log(&mut self, _update: MetricsUpdate, _epoch: usize, _split: &Split) {}

    fn read_numeric(
        &mut self,
        name: &str,
        epoch: usize,
        _split: &Split,
    ) -> Result<Vec<NumericEntry>, String> {
        Err(format!("{name} of epoch {epoch} is in metrics.csv"))
    }

    fn log_metric_definition(&mut self, _definition: MetricDefinition) {}

    fn log_epoch_summary(&mut self, _summary: EpochSummary) {}
}
