//! The names of the numbers that a score consists of.

use emberlab_models::MetricName;

/// The loss, or a metric: what runs and epochs are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreName {
    /// The loss; smaller is better.
    Loss,
    /// A metric; larger is better.
    Metric(MetricName),
}

impl ScoreName {
    /// All names, the loss first.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Loss).chain(MetricName::ALL.map(Self::Metric))
    }

    /// The name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Metric(metric) => metric.name(),
        }
    }

    /// The metric; `None` for the loss.
    pub fn metric(self) -> Option<MetricName> {
        match self {
            Self::Loss => None,
            Self::Metric(metric) => Some(metric),
        }
    }
}
