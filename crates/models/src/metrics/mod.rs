//! Metrics by name.

mod name;

pub use name::MetricName;
