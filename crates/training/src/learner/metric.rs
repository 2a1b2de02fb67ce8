//! Loss and accuracy as Burn's metrics, for the dashboard.

use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{
    Adaptor, Metric, MetricAttributes, MetricDefinition, MetricMetadata, MetricName, Numeric,
    NumericAttributes, NumericEntry, SerializedEntry,
};
use emberlab_models::Score;
use std::sync::Arc;

/// The loss, as the dashboard and the printed lines know it.
pub const LOSS: &str = "Loss";
/// The accuracy, in per cent.
pub const ACCURACY: &str = "Accuracy";

/// The learning rate, as Burn calls the metric.
pub const LEARNING_RATE: &str = "Learning Rate";

/// One number of a [`Score`].
#[derive(Clone)]
pub struct ScoreMetric {
    name: MetricName,
    read: fn(&Score) -> f64,
    show: fn(f64) -> String,
    attributes: NumericAttributes,
    value: f64,
}

impl ScoreMetric {
    /// The mean loss.
    pub fn loss() -> Self {
        Self {
            name: Arc::new(LOSS.to_owned()),
            read: |score| f64::from(score.loss),
            show: |loss| format!("{loss:.6}"),
            attributes: NumericAttributes { unit: None, higher_is_better: false },
            value: f64::NAN,
        }
    }

    /// The share of samples predicted right, in per cent.
    pub fn accuracy() -> Self {
        Self {
            name: Arc::new(ACCURACY.to_owned()),
            read: |score| 100.0 * score.accuracy(),
            show: |percent| format!("{percent:.2} %"),
            attributes: NumericAttributes { unit: Some("%".to_owned()), higher_is_better: true },
            value: f64::NAN,
        }
    }
}

/// What a [`ScoreMetric`] reads.
pub struct ScoreInput(Score);

impl Adaptor<ScoreInput> for Score {
    fn adapt(&self) -> ScoreInput {
        ScoreInput(*self)
    }
}

impl Metric for ScoreMetric {
    type Input = ScoreInput;

    fn name(&self) -> MetricName {
        Arc::clone(&self.name)
    }

    fn attributes(&self) -> MetricAttributes {
        self.attributes.clone().into()
    }

    fn update(&mut self, item: &ScoreInput, _metadata: &MetricMetadata) -> SerializedEntry {
        self.value = (self.read)(&item.0);
        SerializedEntry::new((self.show)(self.value), self.value.to_string())
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

/// Keeps Burn from writing a folder of logs per epoch; `metrics.csv` has it all.
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
