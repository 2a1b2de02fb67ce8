//! The metrics of a run, by name.

use super::history::History;
use burn::train::metric::{MetricDefinition, MetricId};
use burn::train::renderer::MetricState;
use std::collections::HashMap;

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    Train,
    Valid,
    Test,
}

impl Split {
    /// All parts, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }
}

/// A metric on one part.
#[derive(Debug, Default)]
pub struct Values {
    /// The last value as the metric writes it.
    pub shown: String,
    /// The last value as a number.
    pub last: Option<f64>,
    pub history: History,
}

/// A metric on every part.
#[derive(Debug, Default)]
pub struct Metric {
    pub name: String,
    pub is_numeric: bool,
    values: [Values; 3],
}

impl Metric {
    pub fn on(&self, split: Split) -> &Values {
        &self.values[split as usize]
    }
}

/// Every metric that has a value, in the order in which they came.
#[derive(Debug, Default)]
pub struct Metrics {
    names: HashMap<MetricId, String>,
    metrics: Vec<Metric>,
    /// Numbers whose update is not known yet.
    unplaced: Vec<(usize, Split, f64)>,
}

impl Metrics {
    pub fn register(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name);
    }

    /// Takes a value; [`place`](Self::place) sets its update later.
    pub fn update(&mut self, split: Split, state: MetricState) {
        let (entry, number) = match state {
            MetricState::Generic(entry) => (entry, None),
            MetricState::Numeric(entry, number) => (entry, Some(number.current())),
        };
        // Every metric is registered before its first value; a metric that is not registered is shown without a name.
        let name = self.names.get(&entry.metric_id).map_or("metric", String::as_str);
        let index = match self.metrics.iter().position(|metric| metric.name == name) {
            Some(index) => index,
            None => {
                self.metrics.push(Metric { name: name.to_owned(), ..Metric::default() });
                self.metrics.len() - 1
            }
        };
        let metric = &mut self.metrics[index];
        metric.is_numeric |= number.is_some();
        let values = &mut metric.values[split as usize];
        values.shown = entry.serialized_entry.formatted;
        values.last = number;
        self.unplaced.extend(number.map(|number| (index, split, number)));
    }

    /// Sets the update of the values since the last call.
    pub fn place(&mut self, update: usize) {
        for (index, split, number) in self.unplaced.drain(..) {
            self.metrics[index].values[split as usize].history.push(update, number);
        }
    }

    /// All metrics, those that can be plotted first.
    pub fn all(&self) -> impl Iterator<Item = &Metric> {
        self.numeric().chain(self.metrics.iter().filter(|metric| !metric.is_numeric))
    }

    /// The metrics that can be plotted.
    pub fn numeric(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.iter().filter(|metric| metric.is_numeric)
    }

    /// A metric on the training part.
    pub fn training(&self, name: &str) -> Option<&Values> {
        self.metrics.iter().find(|metric| metric.name == name).map(|metric| metric.on(Split::Train))
    }
}
