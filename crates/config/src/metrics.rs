//! `[metrics]`: how metrics are told to other tools.

use super::resolved::Resolved;
use super::rule::flag;
use super::section::Section;

/// What is written besides `metrics.csv`.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `tensorboard` | false | an event file for TensorBoard, under `tensorboard/` | |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// An event file for TensorBoard, with the tags `<split>/<metric>` of `metrics.csv`.
    pub tensorboard: bool,
}

impl MetricsConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let tensorboard = section.value("tensorboard", flag(), false);
        section.finish();
        Self { tensorboard }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("metrics");
        out.entry("tensorboard", self.tensorboard);
    }
}
