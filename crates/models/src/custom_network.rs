//! A network that a program builds.

use crate::description::{LayerNames, LayerSpec, Scheme};
use crate::layers::{AnyLayer, CustomLayer, CustomModule, Layers, SharedRandom};
use crate::network::Network;
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::RandomState;
use std::fmt::Debug;

/// A network whose layers a program lists. Each [`CustomModule`] is such a network, of one layer.
///
/// The run's record describes the network by its `Debug`.
///
/// ```
/// use burn::backend::{Autodiff, Flex};
/// use burn::tensor::Tensor;
/// use burn::tensor::backend::AutodiffBackend;
/// use emberlab_data::RandomState;
/// use emberlab_models::layers::{AnyLayer, SharedRandom};
/// use emberlab_models::{Activation, CustomNetwork, LayerBuilder, LayerSpec, Network, Scheme};
///
/// #[derive(Debug)]
/// struct Narrow;
///
/// impl CustomNetwork for Narrow {
///     fn layers<B: AutodiffBackend>(&self, builder: &mut LayerBuilder<'_, B>) -> Vec<AnyLayer<B>> {
///         let linear =
///             |n_inputs, n_outputs| LayerSpec::Linear { n_inputs, n_outputs, bias: true, scheme: None };
///         let specs = [linear(4, 2), LayerSpec::Activation(Activation::Tanh), linear(2, 3)];
///         specs.iter().map(|spec| builder.layer(spec)).collect()
///     }
/// }
///
/// let device = Default::default();
/// let builder = LayerBuilder::new(Scheme::Pytorch, RandomState::new(42), SharedRandom::new(42), &device);
/// let network = Network::<Autodiff<Flex>>::custom(&Narrow, builder);
/// assert_eq!(network.forward(Tensor::zeros([5, 4], &device)).dims(), [5, 3]);
/// ```
pub trait CustomNetwork: Debug + Send + Sync {
    /// The layers, from the input to the logits, whose sizes fit each other.
    fn layers<B: AutodiffBackend>(&self, builder: &mut LayerBuilder<'_, B>) -> Vec<AnyLayer<B>>;
}

impl<M: CustomModule> CustomNetwork for M {
    fn layers<B: AutodiffBackend>(&self, builder: &mut LayerBuilder<'_, B>) -> Vec<AnyLayer<B>> {
        vec![builder.custom(self.clone())]
    }
}

/// Builds the layers of a network with their initial weights.
pub struct LayerBuilder<'a, B: Backend> {
    scheme: Scheme,
    random: RandomState,
    dropout: SharedRandom,
    device: &'a B::Device,
}

impl<'a, B: Backend> LayerBuilder<'a, B> {
    /// A builder of layers whose weights are drawn from `random` by `scheme`. Layers that draw while training take their
    /// numbers from `dropout`.
    pub fn new(scheme: Scheme, random: RandomState, dropout: SharedRandom, device: &'a B::Device) -> Self {
        Self { scheme, random, dropout, device }
    }

    /// A layer of this crate.
    pub fn layer(&mut self, spec: &LayerSpec) -> AnyLayer<B> {
        AnyLayer::new(spec, self.scheme, &mut self.random, &self.dropout, self.device)
    }
}

impl<B: AutodiffBackend> LayerBuilder<'_, B> {
    /// A layer of another crate.
    pub fn custom<M: CustomModule>(&mut self, custom: M) -> AnyLayer<B> {
        let module = custom.init(&mut self.random, self.device);
        AnyLayer::Custom(CustomLayer::new(custom, module, self.dropout.clone()))
    }
}

impl<B: AutodiffBackend> Network<B> {
    /// The network that a program builds.
    pub fn custom(network: &impl CustomNetwork, mut builder: LayerBuilder<'_, B>) -> Self {
        Self::from_layers(Layers::new(network.layers(&mut builder), LayerNames::ByPosition))
    }
}
