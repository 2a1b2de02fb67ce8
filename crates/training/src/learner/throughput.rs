//! Samples per second as a metric for the dashboard and the printed lines.

use super::metric::ScoreInput;
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry,
};
use std::sync::Arc;
use std::time::Instant;

/// The name of the metric.
pub const THROUGHPUT: &str = "Samples per second";

/// Samples trained on per second, from one reading of scores to the next.
#[derive(Clone)]
pub struct Throughput {
    name: MetricName,
    /// The time of the last reading, and the number of samples by then.
    last: (Instant, usize),
    value: f64,
}

impl Throughput {
    /// The speed of a training that has seen `seen_before` samples before now.
    pub fn new(seen_before: usize) -> Self {
        Self { name: Arc::new(THROUGHPUT.to_owned()), last: (Instant::now(), seen_before), value: f64::NAN }
    }
}

impl Metric for Throughput {
    type Input = ScoreInput;

    fn name(&self) -> MetricName {
        Arc::clone(&self.name)
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes { unit: Some("samples/s".to_owned()), higher_is_better: true }.into()
    }

    fn update(&mut self, _item: &ScoreInput, metadata: &MetricMetadata) -> SerializedEntry {
        let epochs_before = metadata.global_progress.items_processed.saturating_sub(1);
        let seen = epochs_before * metadata.progress.items_total + metadata.progress.items_processed;
        let (then, seen_then) = std::mem::replace(&mut self.last, (Instant::now(), seen));
        let seconds = then.elapsed().as_secs_f64();
        // Without a sample between two readings there is no value.
        if seen > seen_then && seconds > 0.0 {
            self.value = (seen - seen_then) as f64 / seconds;
        }
        SerializedEntry::new(format!("{:.0}", self.value), self.value.to_string())
    }

    fn clear(&mut self) {}
}

impl Numeric for Throughput {
    fn value(&self) -> NumericEntry {
        NumericEntry::Value(self.value)
    }

    fn running_value(&self) -> NumericEntry {
        self.value()
    }
}
