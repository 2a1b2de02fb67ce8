//! One update by one sample, number by number, with the weights that a run begins with.

use crate::classifier::classifier;
use crate::devices::{AutodiffBackend, Backend, UPLOAD};
use crate::error::{Error, TrainingFailure};
use crate::load::load;
use burn::module::AutodiffModule;
use burn::tensor::Tensor;
use emberlab_config::Config;
use emberlab_data::{ClassificationBatch, DeviceSet, NoProgress};
use emberlab_models::layers::{AnyLayer, Linear};
use emberlab_models::{GradientRule, Output};

/// The first update of a linear classifier by its first training sample.
///
/// θ, its gradient and its new value are `[n_features + 1, n_outputs]`, row after row, with the biases in row 0.
#[derive(Clone, Debug)]
pub struct WorkedExample {
    /// The sample, after the 1 of the bias.
    pub x: Vec<f64>,
    /// Its class.
    pub label: usize,
    /// What makes probabilities of the logits.
    pub output: Output,
    /// The initial weights.
    pub theta: Vec<Vec<f64>>,
    /// The logits, one for each class; one for the second of two classes with sigmoid output.
    pub z: Vec<f64>,
    /// Their softmax or sigmoid.
    pub p: Vec<f64>,
    /// The class one-hot encoded; the class itself with sigmoid output.
    pub y: Vec<f64>,
    /// Cross-entropy.
    pub loss: f64,
    /// By hand.
    pub gradient: Vec<Vec<f64>>,
    /// α.
    pub learning_rate: f64,
    /// θ − α · gradient.
    pub updated: Vec<Vec<f64>>,
}

impl WorkedExample {
    /// Works out the first update of a run that sees one sample at a time.
    ///
    /// # Errors
    ///
    /// As for [`load`] and [`classifier`]; [`Error::Training`] when the classifier is not linear.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let loaded = load(config, &NoProgress)?;
        let device = crate::devices::device(&config.device)?;
        let train = loaded.splits.train.samples;
        let classifier = classifier::<AutodiffBackend>(config, &train, &loaded.normalizer, &device)?;
        let sample = train.select(&[0])?;
        let mut x = vec![1.0];
        x.extend(loaded.normalizer.apply(&sample.features));
        let label = sample.labels[0] as usize;
        let set = DeviceSet::<Backend>::new(sample, &loaded.normalizer, true, UPLOAD, &device);
        let batch = set.into_batch();
        let [AnyLayer::Linear(Linear { weight, bias: Some(bias) })] = classifier.network().layers() else {
            return Err(TrainingFailure::NotLinear.into());
        };
        let logits = classifier.valid().logits(batch.inputs.clone());
        let output = config.model.output;
        let probabilities = numbers(output.probabilities(logits.clone()));
        let (p, y) = match output {
            Output::Softmax => {
                let y = (0..probabilities.len()).map(|class| f64::from(u8::from(class == label))).collect();
                (probabilities, y)
            }
            Output::Sigmoid => (vec![probabilities[1]], vec![label as f64]),
        };
        let gradients = GradientRule::Manual.gradients(&classifier, ClassificationBatch::from_inner(batch));
        let slope = |name: &str| TrainingFailure::NoGradient(name.to_owned());
        let by_weight = gradients.parameters.get::<Backend, 2>(weight.id).ok_or_else(|| slope("weight"))?;
        let by_bias = gradients.parameters.get::<Backend, 1>(bias.id).ok_or_else(|| slope("bias"))?;
        let theta = augmented(weight.val().inner(), bias.val().inner());
        let gradient = augmented(by_weight, by_bias);
        let loss = f64::from(gradients.score.read().loss);
        let learning_rate = config.training.optimizer.learning_rate;
        let step = |(weights, slopes): (&Vec<f64>, &Vec<f64>)| {
            weights.iter().zip(slopes).map(|(weight, slope)| weight - learning_rate * slope).collect()
        };
        let updated = theta.iter().zip(&gradient).map(step).collect();
        Ok(Self { x, label, output, theta, z: numbers(logits), p, y, loss, gradient, learning_rate, updated })
    }
}

/// Weights `[n_outputs, n_inputs]` and biases `[n_outputs]` as θ.
fn augmented(weight: Tensor<Backend, 2>, bias: Tensor<Backend, 1>) -> Vec<Vec<f64>> {
    let [n_outputs, n_inputs] = weight.dims();
    let (weight, bias) = (numbers(weight), numbers(bias));
    let row = |input: usize| (0..n_outputs).map(|output| weight[output * n_inputs + input]).collect();
    std::iter::once(bias).chain((0..n_inputs).map(row)).collect()
}

fn numbers<const D: usize>(tensor: Tensor<Backend, D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}
