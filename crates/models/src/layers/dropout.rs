//! Dropout: while training, each element is 0 with probability `p`, else divided by `1 - p` (N.
//! Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014).
//!
//! With the mask `m`, 0 or `1 / (1 - p)`, the output is `m x`, so `∂J/∂x = m ∂J/∂output`. When
//! predicting, the layer does nothing.
//!
//! All dropout layers of a network draw from one [`RandomState`], layer after layer and update after
//! update: each element is kept where `random_sample() >= p`.

use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::Precision;
use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::RandomState;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

/// The generator of all dropout layers of a network and of its clones.
#[derive(Clone, Debug)]
pub struct SharedRandom(Arc<Mutex<RandomState>>);

impl SharedRandom {
    /// A generator from a seed.
    pub fn new(seed: u32) -> Self {
        Self(Arc::new(Mutex::new(RandomState::new(seed))))
    }

    /// Continues from `state`, in every layer that shares the generator.
    pub fn reset(&self, state: RandomState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The current state.
    pub fn state(&self) -> RandomState {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A seed for another generator.
    pub(super) fn seed(&self) -> u64 {
        // A sample has 53 random bits.
        let sample = self.samples(1).first().copied().unwrap_or(0.0);
        (sample * (1u64 << 53) as f64) as u64
    }

    fn samples(&self, n: usize) -> Vec<f64> {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (0..n).map(|_| random.random_sample()).collect()
    }
}

/// A dropout layer. It has no parameters.
#[derive(Module, Debug)]
pub struct Dropout<B: Backend> {
    probability: f64,
    random: SharedRandom,
    backend: PhantomData<B>,
}

impl<B: Backend> Dropout<B> {
    /// A layer that zeroes each element with `probability`, from 0 to below 1.
    pub fn new(probability: f64, random: SharedRandom) -> Self {
        Self { probability, random, backend: PhantomData }
    }

    fn draw_mask(&self, input: &Tensor<B, 2>) -> Tensor<B, 2> {
        let [n, width] = input.dims();
        let scale = 1.0 / (1.0 - self.probability);
        let samples = self.random.samples(n * width).into_iter();
        let mask: Vec<f64> =
            samples.map(|sample| if sample >= self.probability { scale } else { 0.0 }).collect();
        Tensor::from_data(TensorData::new(mask, [n, width]), (&input.device(), input.dtype()))
    }
}

impl<B: Backend> Layer<B> for Dropout<B> {
    fn group(&self) -> &'static str {
        "dropouts"
    }

    fn accept(&self, _path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visitor.random(&self.random);
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        input
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        let mask = self.draw_mask(&input);
        input * mask
    }

    /// Keeps the mask.
    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let mask = self.draw_mask(&input);
        let output = input * mask.clone();
        let backward =
            move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| wanted.when_wanted(|| grad * mask);
        (output, Box::new(backward))
    }
}
