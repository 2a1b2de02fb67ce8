//! RMSprop with a decay that f32 cannot hold: Burn 0.21 computes `1 - α` in f32.
//!
//! `v ← v + (1 - α) (g² - v)`; centred by the mean `a ← a + (1 - α) (g - a)`, the divisor is
//! `√(v - a²) + ε`, else `√v + ε`; `u ← μ u + g / divisor` and `w ← w - η u`. Weight decay is added to `g`
//! first.

use super::adam::toward;
use burn::optim::SimpleOptimizer;
use burn::record::Record;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The largest `α` for which Burn's own step is used.
pub const LARGEST_IN_F32: f64 = 0.999;

/// RMSprop with factors in f64.
#[derive(Clone, Copy)]
pub struct RmsPropInF64 {
    /// `α`.
    pub alpha: f64,
    /// `μ`; 0 for none.
    pub momentum: f64,
    /// Whether the divisor is centred.
    pub centered: bool,
    /// `ε`.
    pub epsilon: f64,
    /// `λ`; 0 for none.
    pub weight_decay: f64,
}

/// The state of a parameter: running means of its gradients.
#[derive(Clone, Record)]
pub struct RmsPropInF64State<B: Backend, const D: usize> {
    square: Tensor<B, D>,
    mean: Option<Tensor<B, D>>,
    velocity: Option<Tensor<B, D>>,
}

impl<B: Backend> SimpleOptimizer<B> for RmsPropInF64 {
    type State<const D: usize> = RmsPropInF64State<B, D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        tensor: Tensor<B, D>,
        mut gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        if self.weight_decay > 0.0 {
            gradient = gradient + tensor.clone() * self.weight_decay;
        }
        let (square, mean, velocity) = match state {
            Some(RmsPropInF64State { square, mean, velocity }) => (Some(square), mean, velocity),
            None => (None, None, None),
        };
        let moved = |mean: Option<Tensor<B, D>>, value: Tensor<B, D>| {
            let mean = mean.unwrap_or_else(|| value.zeros_like());
            toward(mean, value, 1.0 - self.alpha)
        };
        let square = moved(square, gradient.clone().square());
        let mean = self.centered.then(|| moved(mean, gradient.clone()));
        let spread = match &mean {
            Some(mean) => square.clone() - mean.clone().square(),
            None => square.clone(),
        };
        let mut step = gradient / (spread.sqrt() + self.epsilon);
        if let Some(velocity) = velocity {
            step = velocity * self.momentum + step;
        }
        let velocity = (self.momentum > 0.0).then(|| step.clone());
        (tensor - step * learning_rate, Some(RmsPropInF64State { square, mean, velocity }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        let RmsPropInF64State { square, mean, velocity } = state;
        RmsPropInF64State {
            square: square.to_device(device),
            mean: mean.map(|mean| mean.to_device(device)),
            velocity: velocity.map(|velocity| velocity.to_device(device)),
        }
    }
}
