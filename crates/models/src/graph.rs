//! Autodiff's graph: one at a time, and computations of our own as single operations of it.
//!
//! Kernels compute on tensors of flex, of which autodiff would see nothing. Recorded here, a computation is one operation for
//! Burn, whose backward pass it brings along, as those of PyTorch's autograd do. This is Burn's way to write a backward pass
//! (the trait [`Backward`]), for the one backend whose tensors the kernels know.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::{Autodiff, Flex};
use burn::tensor::backend::{Backend, BackendTypes};
use burn::tensor::{DType, Tensor, TensorPrimitive};
use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Waits for the graphs of other threads. To be held from the first operation of a graph to the end of its backward pass: Burn 0.21
/// keeps the graphs of all threads in one place, and each backward pass ends by removing every node that no tensor holds
/// (`GraphCleaner::cleanup_orphaned_entries`), including nodes that another thread is about to build upon. Without the
/// lock the gradients of the other thread silently lack terms.
pub fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The backend whose graph records kernels.
pub type Tracked = Autodiff<Flex>;

/// A tensor of [`Tracked`], with its place in the graph.
pub type Node = <Tracked as BackendTypes>::FloatTensorPrimitive;

/// The same tensor, if it has 32-bit numbers of flex and a place in autodiff's graph.
pub fn tracked<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> Option<&Tensor<Tracked, D>> {
    let tensor = (tensor as &dyn Any).downcast_ref::<Tensor<Tracked, D>>()?;
    (tensor.dtype() == DType::F32).then_some(tensor)
}

/// The inverse of [`tracked`].
pub fn untyped<B: Backend, const D: usize>(tensor: Tensor<Tracked, D>) -> Option<Tensor<B, D>> {
    (&mut Some(tensor) as &mut dyn Any).downcast_mut::<Option<Tensor<B, D>>>()?.take()
}

/// The place of a tensor in the graph.
pub fn node<const D: usize>(tensor: Tensor<Tracked, D>) -> Node {
    tensor.into_primitive().tensor()
}

/// `output` as a tensor of the graph that depends on `parents`, of which there are one to three. `backward` takes `∂J/∂output`,
/// and for each parent whether its gradient is wanted; it returns the gradients of the parents in order.
pub fn record<const D: usize>(
    parents: Vec<Node>,
    output: Tensor<Flex, D>,
    backward: impl FnOnce(Tensor<Flex, D>, &[bool]) -> Vec<Option<FlexTensor>> + Send + 'static,
) -> Option<Tensor<Tracked, D>> {
    let backward =
        move |grad, wanted: &[bool]| backward(Tensor::from_primitive(TensorPrimitive::Float(grad)), wanted);
    let kept = Kept(Arc::new(Mutex::new(Some(Box::new(backward)))));
    let output = output.into_primitive().tensor();
    // The number of parents is part of Burn's type.
    let output = match parents.len() {
        1 => finish::<1>(parents.try_into().ok()?, output, kept),
        2 => finish::<2>(parents.try_into().ok()?, output, kept),
        3 => finish::<3>(parents.try_into().ok()?, output, kept),
        _ => return None,
    };
    Some(Tensor::from_primitive(TensorPrimitive::Float(output)))
}

fn finish<const N: usize>(parents: [Node; N], output: FlexTensor, kept: Kept) -> Node {
    let nodes = parents.map(|parent| parent.node);
    match Operation.prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(operation) => operation.finish(kept, output),
        OpsKind::UnTracked(operation) => operation.finish(output),
    }
}

type BackwardPass = dyn FnOnce(FlexTensor, &[bool]) -> Vec<Option<FlexTensor>> + Send;

/// The backward pass of an operation, until it is computed. Burn asks that it can be cloned.
#[derive(Clone)]
struct Kept(Arc<Mutex<Option<Box<BackwardPass>>>>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

#[derive(Debug)]
struct Operation;

impl<const N: usize> Backward<Flex, N> for Operation {
    type State = Kept;

    fn backward(self, operation: Ops<Kept, N>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<Flex>(&operation.node);
        let backward = operation.state.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(backward) = backward else { return };
        let wanted = operation.parents.each_ref().map(Option::is_some);
        for (parent, gradient) in operation.parents.into_iter().zip(backward(grad, &wanted)) {
            if let (Some(parent), Some(gradient)) = (parent, gradient) {
                gradients.register::<Flex>(parent.id, gradient);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use burn::backend::NdArray;
    use burn::tensor::TensorData;

    /// `x²` with its derivative, beside a parent whose gradient is left out.
    fn square(x: &Tensor<Tracked, 2>, constant: &Tensor<Tracked, 2>) -> Tensor<Tracked, 2> {
        let parents = vec![node(x.clone()), node(constant.clone())];
        let x = x.clone().inner();
        let output = x.clone() * x.clone();
        let backward = move |grad: Tensor<Flex, 2>, wanted: &[bool]| {
            assert_eq!(wanted, [true, false]);
            vec![Some((grad * x * 2.0).into_primitive().tensor()), None]
        };
        record(parents, output, backward).unwrap()
    }

    #[test]
    fn an_operation_of_our_own_takes_part_in_the_chain_rule() {
        let _alone = alone();
        let device = Default::default();
        let data = TensorData::from([[1.0f32, -2.0], [0.5, 3.0]]);
        let gradient = |square: fn(&Tensor<Tracked, 2>, &Tensor<Tracked, 2>) -> Tensor<Tracked, 2>| {
            let leaf = Tensor::from_data(data.clone(), &device).require_grad();
            let constant = Tensor::from_data(data.clone(), &device);
            // The operation's input is also used beside it, and its output twice.
            let x = leaf.clone() * 3.0;
            let y = square(&x, &constant);
            let loss = (y.clone() * x + y.exp().log()).sum();
            leaf.grad(&loss.backward()).unwrap().into_data()
        };
        // `27 x³ + 9 x²`, differentiated.
        let expected = data.iter::<f32>().map(|x| 81.0 * x * x + 18.0 * x).collect::<Vec<_>>();
        for found in [gradient(square), gradient(|x, _| x.clone() * x.clone())] {
            let pairs = found.iter::<f32>().zip(&expected).map(|(found, expected)| (found - expected).abs());
            assert!(pairs.fold(0.0, f32::max) < 1e-3, "{found}");
        }
    }

    #[test]
    fn only_single_precision_of_flex_with_a_graph_is_recorded() {
        let _alone = alone();
        let device = Default::default();
        let tensor = Tensor::<Tracked, 2>::ones([1, 1], &device);
        assert!(tracked(&tensor).is_some());
        assert!(tracked(&tensor.clone().cast(DType::F64)).is_none());
        assert!(tracked(&tensor.inner()).is_none());
        assert!(tracked(&Tensor::<Autodiff<NdArray>, 2>::ones([1, 1], &Default::default())).is_none());
    }
}
