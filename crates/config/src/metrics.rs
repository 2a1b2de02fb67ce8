//! `[metrics]`: which metrics are computed, and where they are written.

use super::key::key;
use super::rule::{flag, list, word};
use super::section::Section;
use emberlab_models::MetricName;

/// The metrics of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// The metrics that are computed besides the loss. [`Config::metric_names`](super::Config::metric_names) adds
    /// those that epochs are compared by.
    pub names: Vec<MetricName>,
    /// Whether an event file for TensorBoard is written, with the tags `<split>/<metric>` of `metrics.csv`.
    pub tensorboard: bool,
}

impl MetricsConfig {
    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
        const DEFAULT: [MetricName; 1] = [MetricName::Accuracy];
        let name = word(&MetricName::ALL.map(|metric| (metric.name(), metric)));
        let about = "metrics that are computed besides the loss; those that `training.select` and \
                     `training.early_stopping.metric` name are added";
        let names = key("names", list(name, 0), about);
        // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
        let set_names = written.map(|metrics| metrics.names.clone()).filter(|names| *names != DEFAULT);
        let names = section.value(names, DEFAULT.to_vec(), set_names);
        if let Some(twice) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
            section.problem("names", format!("has {:?} twice", twice.1.name()));
        }
        let tensorboard =
            key("tensorboard", flag(), "write an event file for TensorBoard, under `tensorboard/`");
        let tensorboard = section.value(tensorboard, false, written.map(|metrics| metrics.tensorboard));
        section.finish();
        Self { names, tensorboard }
    }
}
