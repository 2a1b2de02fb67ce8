//! `[metrics]`: how metrics are told to other tools.

use super::key::key;
use super::rule::flag;
use super::section::Section;

/// What is written besides `metrics.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// An event file for TensorBoard, with the tags `<split>/<metric>` of `metrics.csv`.
    pub tensorboard: bool,
}

impl MetricsConfig {
    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
        let tensorboard =
            key("tensorboard", flag(), "write an event file for TensorBoard, under `tensorboard/`");
        let tensorboard = section.value(tensorboard, false, written.map(|metrics| metrics.tensorboard));
        section.finish();
        Self { tensorboard }
    }
}
