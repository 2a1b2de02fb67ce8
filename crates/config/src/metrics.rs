//! `[metrics]`: which metrics are computed, and where they are written.

use super::resolved::Resolved;
use super::rule::{flag, list, word};
use super::section::Section;
use emberlab_models::MetricName;

/// The metrics of a run.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `names` | `["accuracy"]` | metrics that are computed besides the loss | `accuracy`, `top-5 accuracy`, `mean per-class accuracy` |
/// | `tensorboard` | false | an event file for TensorBoard, under `tensorboard/` | |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// The metrics that are computed besides the loss. [`Config::metric_names`](super::Config::metric_names) adds
    /// those that epochs are compared by.
    pub names: Vec<MetricName>,
    /// Whether an event file for TensorBoard is written, with the tags `<split>/<metric>` of `metrics.csv`.
    pub tensorboard: bool,
}

impl MetricsConfig {
    const DEFAULT: [MetricName; 1] = [MetricName::Accuracy];

    pub(super) fn read(mut section: Section<'_>) -> Self {
        let words = MetricName::ALL.map(|metric| (metric.name(), metric));
        let names = section.value("names", list(word(&words), 0), Self::DEFAULT.to_vec());
        if let Some(twice) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
            section.problem("names", format!("has {:?} twice", twice.1.name()));
        }
        let tensorboard = section.value("tensorboard", flag(), false);
        section.finish();
        Self { names, tensorboard }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("metrics");
        // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
        if self.names != Self::DEFAULT {
            out.entry("names", self.names.iter().map(|name| name.name()).collect::<Vec<_>>());
        }
        out.entry("tensorboard", self.tensorboard);
    }
}
