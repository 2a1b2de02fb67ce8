//! The names of the numbers that a score consists of.

use emberlab_models::{Description, LOSS, MetricName};

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

    /// The number with a name; `None` if there is none of that name, as for a metric of another version.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|score| score.name() == name)
    }

    /// The name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => LOSS.name,
            Self::Metric(metric) => metric.name(),
        }
    }

    /// What the number is, and how it is shown.
    pub fn description(self) -> &'static Description {
        match self {
            Self::Loss => &LOSS,
            Self::Metric(metric) => metric.description(),
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
