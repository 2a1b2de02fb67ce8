//! Groups of parameters with an optimizer and a schedule of their own, as `[[training.optimizer.groups]]` describes them.
//!
//! A parameter is known by its id. A checkpoint brings ids of its own, so that the groups then select again.

use super::optimizer::{ClassifierOptimizer, optimizer};
use super::schedule::Schedule;
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::{Error, TrainingFailure};
use burn::lr_scheduler::LrScheduler;
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use emberlab_config::{Config, ConfigError, ParameterGroup, TrainingConfig};
use emberlab_data::text::first;
use emberlab_models::{Classifier, NamedParameter};
use serde_bytes::ByteBuf;

/// The most parameters that a message lists.
const MAX_LISTED: usize = 100;

/// The groups of a classifier's parameters, without those that are in none.
pub struct Groups {
    config: Vec<ParameterGroup>,
    groups: Vec<Group>,
}

struct Group {
    parameters: Vec<ParamId>,
    /// `None` for parameters that keep their initial values.
    training: Option<GroupTraining>,
}

struct GroupTraining {
    optimizer: Box<dyn ClassifierOptimizer>,
    schedule: Schedule,
    /// The updates after which the parameters stay as they are; `None` for the whole run.
    updates: Option<usize>,
}

impl Groups {
    /// The groups of `classifier` in a run with `n_train` training samples, before the first update.
    ///
    /// # Errors
    ///
    /// [`Error::Schedule`] for a schedule that Burn does not accept.
    pub fn new(
        config: &TrainingConfig,
        classifier: &Classifier<AutodiffBackend>,
        n_train: usize,
    ) -> Result<Self, Error> {
        let mut groups = Vec::new();
        for group in &config.optimizer.groups {
            let training = GroupTraining::new(config, group, n_train)?;
            groups.push(Group { parameters: Vec::new(), training });
        }
        let mut groups = Self { config: config.optimizer.groups.clone(), groups };
        groups.select(classifier);
        Ok(groups)
    }

    /// Finds the parameters of each group.
    fn select(&mut self, classifier: &Classifier<AutodiffBackend>) {
        self.groups.iter_mut().for_each(|group| group.parameters.clear());
        for parameter in classifier.network().parameters() {
            let group = owner(&self.config, &parameter).and_then(|index| self.groups.get_mut(index));
            group.into_iter().for_each(|group| group.parameters.push(parameter.id));
        }
    }

    /// Removes the gradients of parameters that stay as they are at an update, which is counted from 1.
    pub fn leave_out_frozen(
        &self,
        classifier: &Classifier<AutodiffBackend>,
        gradients: &mut GradientsParams,
        update: usize,
    ) {
        for group in self.groups.iter().filter(|group| !group.changes_at(update)) {
            take(classifier, &group.parameters, gradients);
        }
    }

    /// The classifier after an update, which is counted from 1, of all groups. Takes their gradients out of `gradients`.
    pub fn step(
        &mut self,
        mut classifier: Classifier<AutodiffBackend>,
        gradients: &mut GradientsParams,
        update: usize,
    ) -> Classifier<AutodiffBackend> {
        for group in self.groups.iter_mut().filter(|group| group.changes_at(update)) {
            let of_group = take(&classifier, &group.parameters, gradients);
            if let Some(training) = &mut group.training {
                let learning_rate = training.schedule.step();
                classifier = training.optimizer.step(learning_rate, classifier, of_group);
            }
        }
        classifier
    }

    /// The state of each optimizer, such as moments.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when Burn cannot encode it.
    pub fn states(&self) -> Result<Vec<ByteBuf>, Error> {
        let trained = self.groups.iter().filter_map(|group| group.training.as_ref());
        trained.map(|training| Ok(ByteBuf::from(training.optimizer.state()?))).collect()
    }

    /// Continues with the classifier of a checkpoint, from states that [`states`](Self::states) returned after `updates` updates.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when they are not the states of these groups.
    pub fn resume(
        &mut self,
        classifier: &Classifier<AutodiffBackend>,
        states: Vec<ByteBuf>,
        updates: usize,
        device: &Device,
    ) -> Result<(), Error> {
        self.select(classifier);
        let trained: Vec<_> = self.groups.iter_mut().filter_map(|group| group.training.as_mut()).collect();
        if trained.len() != states.len() {
            return Err(TrainingFailure::Decode.into());
        }
        for (training, state) in trained.into_iter().zip(states) {
            training.optimizer.load_state(state.into_vec(), device)?;
            let updates = training.updates.map_or(updates, |last| updates.min(last));
            training.schedule = training.schedule.clone().load_record::<AutodiffBackend>(updates);
        }
        Ok(())
    }
}

impl Group {
    fn changes_at(&self, update: usize) -> bool {
        let training = self.training.as_ref();
        training.is_some_and(|training| training.updates.is_none_or(|last| update <= last))
    }
}

impl GroupTraining {
    fn new(config: &TrainingConfig, group: &ParameterGroup, n_train: usize) -> Result<Option<Self>, Error> {
        let Some(own) = group.optimizer(&config.optimizer) else { return Ok(None) };
        let updates = group.epochs.map(|epochs| epochs.saturating_mul(config.updates_per_epoch(n_train)));
        let length = updates.unwrap_or_else(|| config.updates(n_train));
        let schedule = Schedule::new(&config.schedule, own.learning_rate, length)?;
        Ok(Some(Self { optimizer: optimizer(&own), schedule, updates }))
    }
}

/// The position of the group that a parameter belongs to: the first one that selects it.
fn owner(groups: &[ParameterGroup], parameter: &NamedParameter) -> Option<usize> {
    groups.iter().position(|group| group.selects(&parameter.name, parameter.layer))
}

/// Checks that each group selects a parameter.
///
/// # Errors
///
/// Every group that selects none, with the parameters of the model.
pub fn check(config: &Config, classifier: &Classifier<AutodiffBackend>) -> Result<(), ConfigError> {
    let groups = &config.training.optimizer.groups;
    let parameters = classifier.network().parameters();
    let owners: Vec<Option<usize>> = parameters.iter().map(|parameter| owner(groups, parameter)).collect();
    let empty = (0..groups.len()).filter(|index| !owners.contains(&Some(*index)));
    let problems: Vec<(String, String)> = empty
        .map(|index| {
            let is_earlier = |owner: Option<usize>| owner.is_some_and(|owner| owner < index);
            let (earlier, left): (Vec<_>, Vec<_>) =
                parameters.iter().zip(&owners).partition(|(_, owner)| is_earlier(**owner));
            let [earlier, left] =
                [earlier, left].map(|found| found.into_iter().map(|(found, _)| shown(found)).collect());
            (format!("training.optimizer.groups.{index}"), nothing_selected(earlier, left))
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(config.use_errors(problems)) }
}

/// The problem of a group that selects nothing, as the end of a sentence.
fn nothing_selected(earlier: Vec<String>, left: Vec<String>) -> String {
    let mut reason = "selects no parameter".to_owned();
    for (what, parameters) in [("the model has", left), ("earlier groups have", earlier)] {
        if !parameters.is_empty() {
            reason += &format!("; {what} {}", first(parameters.iter(), MAX_LISTED));
        }
    }
    reason
}

/// A parameter with the kind of its layer.
fn shown(NamedParameter { name, layer, .. }: &NamedParameter) -> String {
    match layer {
        Some(layer) => format!("`{name}` ({})", layer.name()),
        None => format!("`{name}`"),
    }
}

/// Takes the gradients of some parameters out of those of all.
fn take(
    classifier: &Classifier<AutodiffBackend>,
    parameters: &[ParamId],
    gradients: &mut GradientsParams,
) -> GradientsParams {
    let mut take = Take { parameters, gradients, taken: GradientsParams::new() };
    classifier.visit(&mut take);
    take.taken
}

struct Take<'a> {
    parameters: &'a [ParamId],
    gradients: &'a mut GradientsParams,
    taken: GradientsParams,
}

impl ModuleVisitor<AutodiffBackend> for Take<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if self.parameters.contains(&param.id)
            && let Some(gradient) = self.gradients.remove::<Backend, D>(param.id)
        {
            self.taken.register(param.id, gradient);
        }
    }
}
