//! The names of metrics.

/// A metric of a classifier besides its loss. Each is a share from 0 to 1, and larger is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MetricName {
    /// The share of samples whose most probable class is the right one.
    Accuracy,
    /// The share of samples whose right class is among the five most probable ones.
    TopFiveAccuracy,
    /// The mean over the classes of the accuracy on the samples of each.
    MeanPerClassAccuracy,
}

impl MetricName {
    /// All metrics.
    pub const ALL: [Self; 3] = [Self::Accuracy, Self::TopFiveAccuracy, Self::MeanPerClassAccuracy];

    /// The name in configurations and in the files of a run.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::TopFiveAccuracy => "top-5 accuracy",
            Self::MeanPerClassAccuracy => "mean per-class accuracy",
        }
    }
}
