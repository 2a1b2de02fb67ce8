//! The interface of a module from outside.

use crate::description::Precision;
use crate::layers::{TrainingPass, WithBackward};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::RandomState;
use std::fmt::Debug;

/// A Burn module as a layer of a network, or as the whole network, from `[n, n_inputs]` to `[n, n_outputs]`.
///
/// The value itself describes the module, for example by its sizes, and holds no tensors. Only
/// [`differentiate`](Self::differentiate) is needed for `gradient = "manual"` and for `gradcheck`.
///
/// ```
/// use burn::module::{AutodiffModule, Module};
/// use burn::nn::{Linear, LinearConfig};
/// use burn::tensor::backend::{AutodiffBackend, Backend};
/// use burn::tensor::{Tensor, activation::silu};
/// use emberlab_data::RandomState;
/// use emberlab_models::layers::CustomModule;
///
/// #[derive(Module, Debug)]
/// struct Net<B: Backend> {
///     hidden: Linear<B>,
///     output: Linear<B>,
/// }
///
/// #[derive(Clone, Debug)]
/// struct NetOf {
///     units: usize,
/// }
///
/// impl CustomModule for NetOf {
///     type Module<B: Backend> = Net<B>;
///
///     fn init<B: Backend>(&self, _: &mut RandomState, device: &B::Device) -> Net<B> {
///         Net {
///             hidden: LinearConfig::new(4, self.units).init(device),
///             output: LinearConfig::new(self.units, 3).init(device),
///         }
///     }
///
///     fn forward<B: Backend>(&self, net: &Net<B>, input: Tensor<B, 2>) -> Tensor<B, 2> {
///         net.output.forward(silu(net.hidden.forward(input)))
///     }
///
///     fn valid<B: AutodiffBackend>(net: &Net<B>) -> Net<B::InnerBackend> {
///         net.valid()
///     }
///
///     fn from_inner<B: AutodiffBackend>(net: Net<B::InnerBackend>) -> Net<B> {
///         Net::from_inner(net)
///     }
/// }
///
/// let device = Default::default();
/// let custom = NetOf { units: 8 };
/// let net = custom.init::<burn::backend::Flex>(&mut RandomState::new(42), &device);
/// assert_eq!(custom.forward(&net, Tensor::zeros([2, 4], &device)).dims(), [2, 3]);
/// ```
pub trait CustomModule: Clone + Debug + Send + Sync + 'static {
    /// The module, which holds the parameters.
    type Module<B: Backend>: Module<B> + Sync + 'static;

    /// The module with its initial weights. Draws them from `random`, or from the generator of the backend, which has been
    /// given a seed of the configuration.
    fn init<B: Backend>(&self, random: &mut RandomState, device: &B::Device) -> Self::Module<B>;

    /// The output for a batch when predicting.
    fn forward<B: Backend>(&self, module: &Self::Module<B>, input: Tensor<B, 2>) -> Tensor<B, 2>;

    /// The output for a training batch. A module with a kink reports to the pass on which side of it each value lies.
    fn forward_training<B: Backend>(
        &self,
        module: &Self::Module<B>,
        input: Tensor<B, 2>,
        _pass: &mut TrainingPass,
    ) -> Tensor<B, 2> {
        self.forward(module, input)
    }

    /// The output of [`forward_training`](Self::forward_training), and the derivative at this batch. Without it there are
    /// no gradients by hand, which training and `gradcheck` report. It is called for a copy of the module without a graph, so that a
    /// running mean that it updates is lost: modules with their own are trained by autodiff.
    fn differentiate<'a, B: Backend>(
        &'a self,
        module: &'a Self::Module<B>,
        input: Tensor<B, 2>,
        _precision: Precision,
    ) -> WithBackward<'a, B> {
        (self.forward(module, input), Box::new(|_, _, _| None))
    }

    /// The module without a graph: [`AutodiffModule::valid`](burn::module::AutodiffModule::valid).
    fn valid<B: AutodiffBackend>(module: &Self::Module<B>) -> Self::Module<B::InnerBackend>;

    /// The module with a graph: [`AutodiffModule::from_inner`](burn::module::AutodiffModule::from_inner).
    fn from_inner<B: AutodiffBackend>(module: Self::Module<B::InnerBackend>) -> Self::Module<B>;
}
