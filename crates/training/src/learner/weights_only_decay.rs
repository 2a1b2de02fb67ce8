//! An optimizer whose weight decay leaves out biases and the parameters of batch norm.
//!
//! Those have one dimension; the weights of linear layers and convolutions have two or more.

use burn::optim::SimpleOptimizer;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// One rule with weight decay and without.
#[derive(Clone)]
pub struct WeightsOnlyDecay<R> {
    /// The rule of weights.
    pub weights: R,
    /// The rule of biases and batch norm.
    pub others: R,
}

impl<B: Backend, R: SimpleOptimizer<B>> SimpleOptimizer<B> for WeightsOnlyDecay<R> {
    type State<const D: usize> = R::State<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        tensor: Tensor<B, D>,
        gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        let rule = if D < 2 { &self.others } else { &self.weights };
        rule.step(learning_rate, tensor, gradient, state)
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        R::to_device(state, device)
    }
}
