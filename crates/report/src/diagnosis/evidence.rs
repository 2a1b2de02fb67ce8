//! What the files of a run say.

use super::tensor::Tensor;
use crate::error::Error;
use emberlab_config::{Config, ModelKind};
use emberlab_models::{Activation, LOSS, LayerDefinition, LayerKind, MetricName};
use emberlab_run::histograms_file::{self, HistogramRow};
use emberlab_run::metrics_file::{self, MetricRow};
use emberlab_run::predictions_file::Predictions;
use emberlab_run::{RunDir, RunRecord, file};
use std::collections::BTreeMap;

/// What the files of a run say.
pub struct Evidence {
    /// The configuration.
    pub config: Config,
    /// The record.
    pub record: RunRecord,
    /// The training loss of each update, in nats.
    pub losses: Vec<f64>,
    /// The predictions for the test part, if it was scored and has samples.
    pub predictions: Option<Predictions>,
    /// The weights and gradients of the weighted layers in the order of the network, from the first to the last recorded update.
    pub layers: Vec<LayerTensors>,
}

/// The tensors of a layer over the run.
pub struct LayerTensors {
    /// The layer's name in the weights file.
    pub name: String,
    /// The weights, update by update.
    pub weights: Vec<Tensor>,
    /// Their gradients, update by update.
    pub gradients: Vec<Tensor>,
    /// Numbers of the bias; 0 for a layer without one.
    pub n_biases: usize,
}

impl LayerTensors {
    /// Inputs of a unit, where the layer has biases to count its units by.
    pub fn fan_in(&self) -> Option<f64> {
        let count = self.weights.first()?.count();
        (self.n_biases > 0).then(|| count as f64 / self.n_biases as f64)
    }

    /// The root mean square of the first recorded weights, times the root of the inputs of a unit: the size of a unit's sum for
    /// inputs of size 1.
    pub fn initial_gain(&self) -> Option<f64> {
        Some(self.weights.first()?.root_mean_square() * self.fan_in()?.sqrt())
    }
}

impl Evidence {
    /// Reads the files of a run.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] and [`Error::Run`] for a damaged run.
    pub fn read(directory: &RunDir) -> Result<Self, Error> {
        let config = Config::load(&directory.file(file::CONFIG), &[])?;
        let record = RunRecord::read(directory.path())?;
        let rows = metrics_file::read(&directory.file(file::METRICS))?;
        let histograms = histograms_file::read(&directory.file(file::HISTOGRAMS))?;
        let predictions =
            Predictions::read(&directory.file(file::PREDICTIONS), record.data.class_names.len())?;
        Ok(Self {
            losses: losses(&rows),
            layers: layers(&histograms),
            predictions: predictions.filter(|predictions| !predictions.is_empty()),
            config,
            record,
        })
    }

    /// Number of classes.
    pub fn n_classes(&self) -> f64 {
        self.record.data.class_names.len() as f64
    }

    /// The loss of a network that gives every class the same probability, in nats.
    pub fn chance_loss(&self) -> f64 {
        self.n_classes().ln()
    }

    /// The training loss of the first update.
    pub fn first_loss(&self) -> Option<f64> {
        self.losses.first().copied()
    }

    /// The mean training loss of the last tenth of the updates.
    pub fn last_loss(&self) -> Option<f64> {
        mean(self.part(0.9, 1.0))
    }

    /// The training losses between two shares of the run.
    pub fn part(&self, from: f64, to: f64) -> &[f64] {
        let place = |share: f64| (self.losses.len() as f64 * share) as usize;
        self.losses
            .get(place(from)..place(to).max(place(from) + 1).min(self.losses.len()))
            .unwrap_or_default()
    }

    /// The accuracy on the training part at the end, from 0 to 1.
    pub fn train_accuracy(&self) -> Option<f64> {
        self.record.metrics.train.as_ref()?.get(MetricName::Accuracy.name())
    }

    /// The accuracy on samples that were not trained on, from 0 to 1, with their number: of the validation part where there is one,
    /// else of the test part.
    pub fn held_out_accuracy(&self) -> Option<(f64, usize)> {
        let (metrics, data) = (&self.record.metrics, &self.record.data);
        let parts = [(&metrics.validation, data.n_validation), (&metrics.test, data.n_test)];
        parts
            .into_iter()
            .find_map(|(scores, n)| Some((scores.as_ref()?.get(MetricName::Accuracy.name())?, n)))
    }

    /// The activation of the hidden layers, where they all have the same.
    pub fn activation(&self) -> Option<Activation> {
        match &self.config.model.kind {
            ModelKind::Linear | ModelKind::Custom => None,
            ModelKind::Mlp(hidden) | ModelKind::Cnn { hidden, .. } => Some(hidden.activation),
            ModelKind::Layers(layers) => {
                let mut found = Vec::new();
                activations(layers, &mut found);
                found.first().copied().filter(|first| found.iter().all(|activation| activation == first))
            }
        }
    }
}

/// The mean of some numbers; `None` of none.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn losses(rows: &[MetricRow]) -> Vec<f64> {
    let of_training = rows.iter().filter(|row| &*row.split == "train" && &*row.metric == LOSS.name);
    of_training.map(|row| row.value).collect()
}

/// Histograms by layer. Biases and what belongs to batch norm count only for the number of units.
fn layers(rows: &[HistogramRow]) -> Vec<LayerTensors> {
    let (mut layers, mut places) = (Vec::<LayerTensors>::new(), BTreeMap::new());
    for row in rows {
        let Some((name, tensor)) = row.parameter.rsplit_once('.').zip(Tensor::of(row)) else { continue };
        let (layer, parameter) = name;
        let place = *places.entry(layer).or_insert_with(|| {
            let name = layer.to_owned();
            layers.push(LayerTensors { name, weights: Vec::new(), gradients: Vec::new(), n_biases: 0 });
            layers.len() - 1
        });
        let Some(layer) = layers.get_mut(place) else { continue };
        match (parameter, &*row.of) {
            ("weight", "weight") => layer.weights.push(tensor),
            ("weight", "gradient") => layer.gradients.push(tensor),
            ("bias", "weight") => layer.n_biases = tensor.count(),
            _ => {}
        }
    }
    // The weights of batch norm are as many as its biases.
    layers.retain(|layer| layer.weights.first().is_some_and(|weights| weights.count() > layer.n_biases));
    layers
}
/// The activations of layers, those inside residual blocks included.
fn activations(layers: &[LayerDefinition], found: &mut Vec<Activation>) {
    for layer in layers {
        match &layer.kind {
            LayerKind::Activation(activation) => found.push(*activation),
            LayerKind::Residual { layers, .. } => activations(layers, found),
            _ => {}
        }
    }
}
