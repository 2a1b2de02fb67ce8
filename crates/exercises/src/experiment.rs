//! The configurations that students train, and the losses that they lead to.

use crate::array::Array;
use crate::error::Error;
use crate::solution;
use crate::student::Student;
use emberlab_config::{Config, Init, Source};
use emberlab_data::{Features, LabelledData, RandomState};
use emberlab_models::Scheme;
use std::path::Path;

/// A configuration of the hand-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// The name of its file and of its run.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! experiments {
    ($($constant:ident = $name:literal),* $(,)?) => {
        impl Experiment {
            $(
                #[doc = concat!("`experiments/", $name, ".toml`.")]
                pub const $constant: Self = Self {
                    name: $name,
                    text: include_str!(concat!("../handout/experiments/", $name, ".toml")),
                };
            )*
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$constant),*];
        }
    };
}

experiments! {
    PROBABILITIES = "1-probabilities",
    LOSS = "2-loss",
    DERIVATIVES = "3-derivatives",
    UPDATE = "4-update",
    MLP = "5-mlp",
    CONVOLUTION = "6-convolution",
}

impl Experiment {
    /// Its path in a student's folder.
    pub fn path(self) -> String {
        format!("experiments/{}.toml", self.name)
    }

    /// Its text for a student.
    pub fn text(self, student: &Student) -> String {
        self.text.replace("{seed}", &student.seed().to_string())
    }

    /// Its configuration.
    ///
    /// # Errors
    ///
    /// [`Error::Config`].
    pub fn config(self, student: &Student) -> Result<Config, Error> {
        Ok(Config::parse(Path::new(&self.path()), &self.text(student), &[])?)
    }
}

/// The training part of an experiment on synthetic data, in f64.
pub struct Setting {
    inputs: Array,
    targets: Array,
    std: f64,
    seed: u32,
    learning_rate: f64,
}

impl Setting {
    /// The data and settings of an experiment.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], [`Error::Data`].
    pub fn new(experiment: Experiment, student: &Student) -> Result<Self, Error> {
        let unfit = |problem: &str| Error::content(experiment.path(), problem);
        let config = experiment.config(student)?;
        let Source::Synthetic(synthetic) = &config.data.source else {
            return Err(unfit("has no synthetic data"));
        };
        let train = synthetic.load(config.data.seed, config.data.split_seed)?.train.samples;
        let (Init::Draw(Scheme::AugmentedNormal { std } | Scheme::Normal { std }), seed) =
            (&config.model.init, config.model.init_seed)
        else {
            return Err(unfit("does not draw its weights from a normal distribution"));
        };
        let inputs = inputs(&train).ok_or_else(|| unfit("has no table of features"))?;
        let targets = Array::from_fn([train.len(), train.class_names.len()], |row, class| {
            f64::from(train.labels[row] as usize == class)
        });
        Ok(Self { inputs, targets, std: *std, seed, learning_rate: config.training.optimizer.learning_rate })
    }

    /// The learning rate of the configuration.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// The loss of a linear classifier before each of its updates. θ is drawn row after row, the row of the bias first.
    pub fn linear_losses(&self, n_updates: usize, learning_rate: f64) -> Vec<f64> {
        let (m, n) = (self.inputs.rows(), self.inputs.columns());
        let inputs =
            Array::from_fn(
                [m, n + 1],
                |row, column| {
                    if column == 0 { 1.0 } else { self.inputs[[row, column - 1]] }
                },
            );
        let mut theta = self.drawn(&mut RandomState::new(self.seed), &[n + 1, self.targets.columns()]);
        let update = || {
            let probabilities = solution::softmax(&inputs.dot(&theta));
            let loss = solution::cross_entropy(&self.targets, &probabilities);
            let gradient = solution::linear_gradient(&inputs, &self.targets, &probabilities);
            theta = solution::update(&theta, &gradient, learning_rate);
            loss
        };
        std::iter::repeat_with(update).take(n_updates).collect()
    }

    /// The loss of a network with one hidden layer before each of its updates.
    pub fn mlp_losses(&self, n_hidden: usize, n_updates: usize) -> Vec<f64> {
        let (n, n_classes) = (self.inputs.columns(), self.targets.columns());
        let random = &mut RandomState::new(self.seed);
        let mut weights = [
            self.drawn(random, &[n_hidden, n]),
            Array::zeros(&[1, n_hidden]),
            self.drawn(random, &[n_classes, n_hidden]),
            Array::zeros(&[1, n_classes]),
        ];
        let update = || {
            let [w1, b1, w2, b2] = &weights;
            let loss = solution::cross_entropy(
                &self.targets,
                &solution::mlp_probabilities(&self.inputs, w1, b1, w2, b2),
            );
            let gradients = solution::mlp_backward(&self.inputs, &self.targets, w1, b1, w2, b2);
            for (weight, gradient) in weights.iter_mut().zip(&gradients) {
                *weight = solution::update(weight, gradient, self.learning_rate);
            }
            loss
        };
        std::iter::repeat_with(update).take(n_updates).collect()
    }

    fn drawn(&self, random: &mut RandomState, shape: &[usize]) -> Array {
        let mut array = Array::zeros(shape);
        array.values_mut().fill_with(|| random.standard_normal() * self.std);
        array
    }
}

fn inputs(samples: &LabelledData) -> Option<Array> {
    let Features::Table { values, .. } = &samples.features else { return None };
    Array::new(&[samples.len(), values.len() / samples.len().max(1)], values.clone())
}
