//! The running means of layers, from a copy without a graph to the layers themselves.

use super::{LayerVisitor, Path};
use burn::module::RunningState;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};

/// Running means, in the order in which layers show them.
pub struct RunningMeans<I: Backend>(Vec<Tensor<I, 1>>);

impl<I: Backend> RunningMeans<I> {
    /// Those of the layers that `show` shows to a visitor.
    pub fn read(show: impl FnOnce(&mut Self)) -> Self {
        let mut means = Self(Vec::new());
        show(&mut means);
        means
    }

    /// A visitor that gives them to the same layers.
    pub fn adoption(self) -> Adoption<I> {
        Adoption(self.0.into_iter())
    }
}

impl<I: Backend> LayerVisitor<I> for RunningMeans<I> {
    fn state(&mut self, _path: &Path<'_>, state: &RunningState<Tensor<I, 1>>) {
        self.0.push(state.value_sync());
    }
}

/// Gives the next running mean to each that it sees.
pub struct Adoption<I: Backend>(std::vec::IntoIter<Tensor<I, 1>>);

impl<B: AutodiffBackend> LayerVisitor<B> for Adoption<B::InnerBackend> {
    fn state(&mut self, _path: &Path<'_>, state: &RunningState<Tensor<B, 1>>) {
        if let Some(value) = self.0.next() {
            state.update(Tensor::from_inner(value));
        }
    }
}
