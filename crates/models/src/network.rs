//! A sequence of layers from features to logits.

use crate::description::{Architecture, Precision, Scheme};
use crate::layers::{self, AnyLayer, LayerVisitor, Layers, Path, SharedRandom, TrainingPass, visit_layers};
use crate::pattern::Pattern;
use burn::module::{Module, RunningState};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::RandomState;

/// Layers, one after another.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    layers: Layers<B>,
}

impl<B: Backend> Network<B> {
    /// A network with weights drawn by `scheme`, layer by layer from the input on. Its dropout layers draw from
    /// `dropout` while training.
    pub fn new(
        architecture: &Architecture,
        scheme: Scheme,
        random: &mut RandomState,
        dropout: &SharedRandom,
        device: &B::Device,
    ) -> Self {
        let specs = architecture.layers().iter();
        let layers = specs.map(|spec| AnyLayer::new(spec, scheme, random, dropout, device)).collect();
        Self::from_layers(Layers::new(layers, architecture.names()))
    }

    /// A network of layers whose sizes fit each other.
    pub fn from_layers(layers: Layers<B>) -> Self {
        Self { layers }
    }

    /// The logits `[n, n_outputs]` of features `[n, n_features]` when predicting.
    pub fn forward(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        layers::forward(&self.layers, inputs)
    }

    /// The logits of a training batch; see [`Layer::forward_training`](layers::Layer::forward_training).
    pub fn forward_training(&self, inputs: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        layers::forward_training(&self.layers, inputs, &mut TrainingPass::new(precision))
    }

    /// The output of [`forward_training`](Self::forward_training), and the activation pattern of the batch.
    pub fn forward_with_pattern(
        &self,
        inputs: Tensor<B, 2>,
        precision: Precision,
    ) -> (Tensor<B, 2>, Pattern) {
        let mut pass = TrainingPass::with_pattern(precision);
        let logits = layers::forward_training(&self.layers, inputs, &mut pass);
        (logits, pass.into_pattern())
    }

    /// The layers, from the input to the logits.
    pub fn layers(&self) -> &[AnyLayer<B>] {
        &self.layers
    }

    /// Shows the parameters, running means and generators of all layers to a visitor, from the input on.
    pub fn visit_layers(&self, visitor: &mut impl LayerVisitor<B>) {
        visit_layers(&Path::root(), &self.layers, visitor);
    }

    /// Sets the generator that dropout draws from.
    pub fn reset_dropout(&self, state: &RandomState) {
        self.visit_layers(&mut ResetRandom(state));
    }

    /// The generator that dropout draws from; none without dropout.
    pub fn dropout_state(&self) -> Option<RandomState> {
        let mut first = FirstRandom(None);
        self.visit_layers(&mut first);
        first.0
    }

    /// Takes the running means of `trained`, a copy of this network without a graph.
    pub(crate) fn adopt_running<I: Backend>(&self, trained: &Network<I>)
    where
        B: AutodiffBackend<InnerBackend = I>,
    {
        let mut means = ReadStates(Vec::new());
        trained.visit_layers(&mut means);
        self.visit_layers(&mut UpdateStates(means.0.into_iter()));
    }
}

struct ResetRandom<'a>(&'a RandomState);

impl<B: Backend> LayerVisitor<B> for ResetRandom<'_> {
    fn random(&mut self, random: &SharedRandom) {
        random.reset(self.0.clone());
    }
}

struct FirstRandom(Option<RandomState>);

impl<B: Backend> LayerVisitor<B> for FirstRandom {
    fn random(&mut self, random: &SharedRandom) {
        self.0.get_or_insert_with(|| random.state());
    }
}

struct ReadStates<I: Backend>(Vec<Tensor<I, 1>>);

impl<I: Backend> LayerVisitor<I> for ReadStates<I> {
    fn state(&mut self, _path: &Path<'_>, state: &RunningState<Tensor<I, 1>>) {
        self.0.push(state.value_sync());
    }
}

struct UpdateStates<I: Backend>(std::vec::IntoIter<Tensor<I, 1>>);

impl<B: AutodiffBackend> LayerVisitor<B> for UpdateStates<B::InnerBackend> {
    fn state(&mut self, _path: &Path<'_>, state: &RunningState<Tensor<B, 1>>) {
        if let Some(value) = self.0.next() {
            state.update(Tensor::from_inner(value));
        }
    }
}
