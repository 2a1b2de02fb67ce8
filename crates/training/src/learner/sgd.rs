//! Stochastic gradient descent, with momentum (B. Polyak, 1964) or in Nesterov's form.
//!
//! `g ← g + λ w`, `v ← g + μ v`, `w ← w - η v`, in Nesterov's form `w ← w - η (g + μ v)`; the velocity `v` begins at 0. Without
//! momentum `w ← w - η g`.
//!
//! Burn's takes a pass over the numbers for each operation, where a kernel here takes one on the CPU, and it keeps its velocity
//! to itself.

use burn::optim::SimpleOptimizer;
use burn::record::Record;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::host::{HostTensor, change, change_all};
use emberlab_kernels::optimizer as kernels;

/// Stochastic gradient descent.
#[derive(Clone, Copy)]
pub struct Sgd {
    /// `μ`; 0 for none.
    pub momentum: f64,
    /// Whether the velocity after the next update is used.
    pub nesterov: bool,
    /// `λ`; 0 for none.
    pub weight_decay: f64,
}

/// The state of a parameter.
#[derive(Clone, Record)]
pub struct SgdState<B: Backend, const D: usize> {
    velocity: Option<Tensor<B, D>>,
}

impl<B: Backend> SimpleOptimizer<B> for Sgd {
    type State<const D: usize> = SgdState<B, D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        weights: Tensor<B, D>,
        gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        let velocity = (self.momentum > 0.0)
            .then(|| state.and_then(|state| state.velocity).unwrap_or_else(|| weights.zeros_like()));
        let (weights, velocity) =
            self.step_on_host(learning_rate, weights, &gradient, velocity).unwrap_or_else(
                |(weights, velocity)| self.step_by_operations(learning_rate, weights, gradient, velocity),
            );
        (weights, Some(SgdState { velocity }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        SgdState { velocity: state.velocity.map(|velocity| velocity.to_device(device)) }
    }
}

/// Weights and velocity.
type Tensors<B, const D: usize> = (Tensor<B, D>, Option<Tensor<B, D>>);

impl Sgd {
    /// A step by a kernel, or what it was given where there is none.
    fn step_on_host<B: Backend, const D: usize>(
        &self,
        learning_rate: f64,
        weights: Tensor<B, D>,
        gradient: &Tensor<B, D>,
        velocity: Option<Tensor<B, D>>,
    ) -> Result<Tensors<B, D>, Tensors<B, D>> {
        let Some(gradient) = HostTensor::of(gradient) else { return Err((weights, velocity)) };
        let kernel = kernels::Sgd {
            learning_rate: learning_rate as f32,
            momentum: self.momentum as f32,
            nesterov: self.nesterov,
            weight_decay: self.weight_decay as f32,
        };
        match velocity {
            None => change(weights, |weights| kernel.step(weights, gradient.values()))
                .map(|weights| (weights, None))
                .map_err(|weights| (weights, None)),
            Some(velocity) => change_all([weights, velocity], |[weights, velocity]| {
                kernel.step_with_momentum(weights, gradient.values(), velocity);
            })
            .map(|[weights, velocity]| (weights, Some(velocity)))
            .map_err(|[weights, velocity]| (weights, Some(velocity))),
        }
    }

    fn step_by_operations<B: Backend, const D: usize>(
        &self,
        learning_rate: f64,
        weights: Tensor<B, D>,
        mut gradient: Tensor<B, D>,
        velocity: Option<Tensor<B, D>>,
    ) -> Tensors<B, D> {
        if self.weight_decay > 0.0 {
            gradient = weights.clone() * self.weight_decay + gradient;
        }
        let velocity = velocity.map(|velocity| gradient.clone() + velocity * self.momentum);
        let step = match &velocity {
            Some(velocity) if self.nesterov => velocity.clone() * self.momentum + gradient,
            Some(velocity) => velocity.clone(),
            None => gradient,
        };
        (weights - step * learning_rate, velocity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::Flex;
    use burn::tensor::Int;

    /// Numbers for several threads.
    fn numbers(seed: i64) -> Tensor<Flex, 1> {
        let indices = Tensor::<Flex, 1, Int>::arange(0..40_000, &Default::default());
        (indices.float() * seed).sin()
    }

    #[test]
    fn the_kernel_computes_the_bits_of_the_operations() {
        for (momentum, nesterov, weight_decay) in
            [(0.0, false, 0.0), (0.0, false, 0.01), (0.9, false, 0.0), (0.85, true, 0.02)]
        {
            let sgd = Sgd { momentum, nesterov, weight_decay };
            let [weights, gradient, velocity] = [1, 2, 3].map(numbers);
            let velocity = (momentum > 0.0).then_some(velocity);
            let (expected, expected_velocity) =
                sgd.step_by_operations(0.1, weights.clone(), gradient.clone(), velocity.clone());
            let (weights, velocity) =
                sgd.step_on_host(0.1, weights, &gradient, velocity).expect("tensors of flex");
            assert_eq!(weights.into_data(), expected.into_data());
            assert_eq!(velocity.map(Tensor::into_data), expected_velocity.map(Tensor::into_data));
        }
    }
}
