//! The name of a metric in configurations and files.

use super::MetricName;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl MetricName {
    /// The name in configurations and in the files of a run.
    pub const fn name(self) -> &'static str {
        self.description().name
    }
}

impl Serialize for MetricName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for MetricName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.into_iter().find(|metric| metric.name() == name);
        found.ok_or_else(|| D::Error::custom(format!("there is no metric `{name}`")))
    }
}
