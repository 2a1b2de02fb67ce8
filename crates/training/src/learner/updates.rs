//! The weights, and what changes them.

use super::accumulator::Accumulator;
use super::clip_norm::clip_norm;
use super::ema::Ema;
use super::groups::Groups;
use super::optimizer::{ClassifierOptimizer, optimizer};
use super::parameters::{count_trainable, without_weights};
use super::replicas::Part;
use super::schedule::Schedule;
use crate::devices::{AutodiffBackend, Backend};
use crate::error::{Error, TrainingFailure};
use burn::lr_scheduler::LrScheduler;
use burn::module::{AutodiffModule, Module};
use burn::optim::GradientsParams;
use emberlab_config::{Clip, TrainingConfig};
use emberlab_models::{Classifier, GradientRule};

/// Turns the gradients of batches into updates of a classifier.
pub struct Updates {
    /// The classifier with its current weights.
    pub classifier: Classifier<AutodiffBackend>,
    /// The optimizer of the parameters that are in no group, with its state.
    pub optimizer: Box<dyn ClassifierOptimizer>,
    /// The groups of parameters.
    pub groups: Groups,
    /// The learning rates of the updates that come.
    pub schedule: Schedule,
    /// The learning rate of the last update.
    pub learning_rate: f64,
    /// The average of the weights, which is evaluated in their place.
    pub ema: Option<Ema>,
    accumulator: Accumulator,
    /// The bound on the norm of all gradients together.
    max_norm: Option<f64>,
    n_parameters: usize,
    /// Takes the classifier's place while the optimizer has it.
    stand_in: Classifier<AutodiffBackend>,
}

impl Updates {
    /// Updates of `classifier` as `config` says, in a run with `n_train` training samples.
    ///
    /// # Errors
    ///
    /// [`Error::Schedule`] for a schedule that Burn does not accept.
    pub fn new(
        classifier: Classifier<AutodiffBackend>,
        config: &TrainingConfig,
        n_train: usize,
    ) -> Result<Self, Error> {
        let learning_rate = config.optimizer.learning_rate;
        let schedule = Schedule::new(&config.schedule, learning_rate, config.updates(n_train))?;
        let groups = Groups::new(config, &classifier, n_train)?;
        let ema = config.ema.map(|ema| Ema::new(ema, &classifier));
        Ok(Self {
            n_parameters: count_trainable(&classifier),
            stand_in: without_weights(&classifier),
            classifier: match classifier.gradient_rule() {
                // With a graph, Burn would record every new weight for a backward pass that never comes, and keep it for ever.
                GradientRule::Manual => classifier.no_grad(),
                GradientRule::Autodiff => classifier,
            },
            optimizer: optimizer(&config.optimizer),
            groups,
            schedule,
            learning_rate: 0.0,
            ema,
            accumulator: Accumulator::new(config.accumulate),
            max_norm: match config.optimizer.clip {
                Some(Clip::Norm(max_norm)) => Some(max_norm),
                _ => None,
            },
        })
    }

    /// The classifier that is scored and saved: the average of the weights where there is one, else the weights themselves.
    pub fn evaluated(&self) -> Classifier<Backend> {
        self.ema.as_ref().map_or_else(|| self.classifier.valid(), Ema::classifier)
    }

    /// A classifier of the same layers that holds nearly no memory.
    pub fn stand_in(&self) -> Classifier<AutodiffBackend> {
        self.stand_in.clone()
    }

    /// Takes the gradients of one batch. Returns those of the next update when it has all its batches; the last batch of
    /// an epoch always ends an update.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when a parameter has no gradient: an optimizer would silently leave it as it is.
    pub fn gather(&mut self, parts: Vec<Part>, ends_epoch: bool) -> Result<Option<GradientsParams>, Error> {
        let incomplete = parts.iter().map(|part| part.gradients.len()).find(|&n| n != self.n_parameters);
        if let Some(found) = incomplete {
            return Err(TrainingFailure::Gradients { found, wanted: self.n_parameters }.into());
        }
        Ok(self.accumulator.add_batch(&self.classifier, parts, ends_epoch))
    }

    /// Clips the gradients, where the configuration says so, and makes an update, which is counted from 1.
    pub fn step(&mut self, mut gradients: GradientsParams, update: usize) {
        self.groups.leave_out_frozen(&self.classifier, &mut gradients, update);
        if let Some(max_norm) = self.max_norm {
            clip_norm(&self.classifier, &mut gradients, max_norm);
        }
        self.learning_rate = self.schedule.step();
        // Handed over, not cloned: the optimizer changes weights in place when nothing else holds them.
        let classifier = std::mem::replace(&mut self.classifier, self.stand_in.clone());
        let classifier = self.groups.step(classifier, &mut gradients, update);
        self.classifier = self.optimizer.step(self.learning_rate, classifier, gradients);
        if let Some(ema) = &mut self.ema {
            ema.update(&self.classifier, update);
        }
    }
}
