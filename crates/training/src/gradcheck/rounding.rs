//! Weights and inputs changed as rounding changes them.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::{ClassificationBatch, RandomState};
use emberlab_models::Classifier;

/// Moves every number up or down by a share of its size; each seed has signs of its own.
pub struct Jitter {
    signs: Signs,
    share: f64,
    smallest: f64,
}

impl Jitter {
    /// Moves by `share`; numbers as small as `smallest` move as if they had that size.
    pub fn new(seed: u32, share: f64, smallest: f64) -> Self {
        Self { signs: Signs { random: RandomState::new(seed), bits: 0, left: 0 }, share, smallest }
    }

    /// The tensor with every number moved.
    pub fn moved<B: Backend, const D: usize>(&mut self, tensor: Tensor<B, D>) -> Tensor<B, D> {
        let (shape, device, dtype) = (tensor.shape(), tensor.device(), tensor.dtype());
        let values = tensor.into_data();
        let (share, smallest) = (self.share, self.smallest);
        let moved: Vec<f64> = values
            .iter::<f64>()
            .map(|value| value + self.signs.next() * share * value.abs().max(smallest))
            .collect();
        Tensor::from_data(TensorData::new(moved, shape), (&device, dtype))
    }
}

/// Random signs, several from one draw.
struct Signs {
    random: RandomState,
    bits: u64,
    left: u32,
}

impl Signs {
    fn next(&mut self) -> f64 {
        if self.left == 0 {
            self.left = f64::MANTISSA_DIGITS;
            self.bits = (self.random.random_sample() * f64::from(self.left).exp2()) as u64;
        }
        let sign = if self.bits & 1 == 0 { 1.0 } else { -1.0 };
        self.bits >>= 1;
        self.left -= 1;
        sign
    }
}

impl<B: Backend> ModuleMapper<B> for Jitter {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        param.map(|tensor| {
            let trained = tensor.is_require_grad();
            self.moved(tensor).set_require_grad(trained)
        })
    }
}

/// Returns the classifier and the batch, inputs and targets, with a relative error of `share` in every number. A 0 stays 0,
/// so that a unit that lies on a kink because everything before it is 0 stays there.
pub fn rounded<B: Backend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
    share: f64,
    seed: u32,
) -> (Classifier<B>, ClassificationBatch<B>) {
    let mut jitter = Jitter::new(seed, share, 0.0);
    let classifier = classifier.clone().map(&mut jitter);
    let [inputs, targets] = [batch.inputs, batch.targets].map(|values| jitter.moved(values));
    (classifier, ClassificationBatch { inputs, targets, labels: batch.labels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::Flex;

    #[test]
    fn numbers_move_by_their_share_in_both_directions_and_zeros_stay() {
        let values: Vec<f64> = (0..200).map(f64::from).collect();
        let tensor =
            Tensor::<Flex, 1>::from_data(TensorData::new(values.clone(), [200]), &Default::default());
        let moved = Jitter::new(1, 0.25, 0.0).moved(tensor).into_data();
        let moves: Vec<f64> = moved.iter::<f64>().zip(&values).map(|(moved, value)| moved - value).collect();
        assert!(moves.iter().zip(&values).all(|(by, value)| by.abs() == 0.25 * value));
        let n_up = moves.iter().filter(|by| **by > 0.0).count();
        assert!((70..130).contains(&n_up), "{n_up}");
    }
}
