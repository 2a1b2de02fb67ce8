//! The numbers that a batch is scored by: the loss, and metrics by name.
//!
//! To add a metric, write its file with a type that implements [`Metric`], and add it to the list below.

mod description;
mod metric;
mod name;
#[cfg(feature = "burn")]
mod pending;
#[cfg(feature = "burn")]
mod prelude;
mod score;

pub use description::{Description, LOSS, Unit};
pub use metric::Metric;
#[cfg(feature = "burn")]
pub use pending::{PendingScore, StepScore, Weight};
pub use score::{MetricSums, Score, ScoreMean};

/// Declares the module of each metric, [`MetricName`], and which of its values stands for which type.
macro_rules! metrics {
    ($($module:ident::$metric:ident,)*) => {
        $(mod $module;)*

        /// A metric of a classifier besides its loss. Each is a share from 0 to 1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MetricName {
            $(#[doc = concat!("The metric in `metrics/", stringify!($module), ".rs`.")] $metric,)*
        }

        impl MetricName {
            /// All metrics.
            pub const ALL: [Self; [$(stringify!($metric)),*].len()] = [$(Self::$metric),*];

            /// What the metric is, and how it is shown.
            pub const fn description(self) -> &'static Description {
                match self {
                    $(Self::$metric => &<$module::$metric as Metric>::DESCRIPTION,)*
                }
            }

            /// The sums `[k]` over the samples of a batch that the metric is computed from.
            #[cfg(feature = "burn")]
            pub fn sums<B: prelude::Backend>(
                self,
                output: prelude::Output,
                logits: prelude::Tensor<B, 2>,
                batch: &prelude::ClassificationBatch<B>,
            ) -> prelude::Tensor<B, 1> {
                match self {
                    $(Self::$metric => <$module::$metric as Metric>::sums(output, logits, batch),)*
                }
            }

            /// [`Metric::value`] of the metric.
            fn value(self, sums: &[f64], n_samples: usize) -> f64 {
                match self {
                    $(Self::$metric => <$module::$metric as Metric>::value(sums, n_samples),)*
                }
            }
        }
    };
}

metrics! {
    accuracy::Accuracy,
    top_five_accuracy::TopFiveAccuracy,
    mean_per_class_accuracy::MeanPerClassAccuracy,
}
