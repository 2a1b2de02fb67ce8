//! Loss and predictions for extreme logits.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod one_hot;

use burn::backend::{Autodiff, Flex, NdArray};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{DType, Tensor, TensorData};
use emberlab_data::ClassificationBatch;
use emberlab_models::{Loss, Output};
use std::sync::{Mutex, PoisonError};

/// The end of a backward pass removes parts of graphs that other threads are building.
static ONE_GRAPH_AT_A_TIME: Mutex<()> = Mutex::new(());

fn batch<B: Backend>(labels: &[i64], n_classes: usize) -> ClassificationBatch<B> {
    let inputs = Tensor::zeros([labels.len(), 1], &B::Device::default());
    one_hot::batch(inputs, labels, n_classes, DType::F32)
}

fn logits<B: Backend>(values: &[f32], width: usize) -> Tensor<B, 2> {
    let shape = [values.len() / width, width];
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &B::Device::default())
}

fn read<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// Loss and gradient by hand, and the gradient by autodiff.
fn evaluate<B: AutodiffBackend>(
    output: Output,
    values: &[f32],
    width: usize,
    labels: &[i64],
) -> (f32, Vec<f32>, Vec<f32>) {
    let _alone = ONE_GRAPH_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let n_classes = width.max(2);
    let tracked = logits::<B>(values, width).require_grad();
    let loss = Loss::new(output);
    let autodiff = loss.value(tracked.clone(), &batch(labels, n_classes)).backward();
    let autodiff = read(tracked.grad(&autodiff).unwrap());
    let (loss, gradient) =
        loss.value_and_gradient(logits::<B::InnerBackend>(values, width), &batch(labels, n_classes));
    (read(loss)[0], read(gradient), autodiff)
}

fn assert_huge_logits_stay_finite<B: AutodiffBackend>() {
    let (loss, gradient, autodiff) =
        evaluate::<B>(Output::Softmax, &[1e4, -1e4, 0.0, -1e4, 1e4, 0.0], 3, &[0, 0]);
    assert_eq!(loss, 1e4, "0 for the first row, 20,000 for the second");
    assert_eq!(gradient, [0.0, 0.0, 0.0, -0.5, 0.5, 0.0]);
    assert_eq!(autodiff, gradient);

    let (loss, gradient, autodiff) =
        evaluate::<B>(Output::Sigmoid, &[1e4, -1e4, 1e4, -1e4], 1, &[1, 0, 0, 1]);
    assert_eq!(loss, 5e3, "0 twice, then 10,000 twice");
    assert_eq!(gradient, [0.0, 0.0, 0.25, -0.25]);
    assert_eq!(autodiff, gradient);

    let (loss, gradient, _) = evaluate::<B>(Output::Softmax, &[f32::MAX, -f32::MAX], 2, &[0]);
    assert_eq!((loss, gradient), (0.0, vec![0.0, 0.0]));
}

#[test]
fn huge_logits_give_finite_losses_and_gradients() {
    assert_huge_logits_stay_finite::<Autodiff<Flex>>();
    assert_huge_logits_stay_finite::<Autodiff<NdArray>>();
}

#[test]
fn losses_equal_numpy() {
    // >>> z = numpy.array([[0.5, -1.0, 2.0], [0.0, 0.0, 0.0]]); y = [2, 1]
    // >>> (numpy.log(numpy.exp(z).sum(1)) - z[[0, 1], y]).mean()
    // 0.6699617926626334
    let (loss, ..) =
        evaluate::<Autodiff<Flex>>(Output::Softmax, &[0.5, -1.0, 2.0, 0.0, 0.0, 0.0], 3, &[2, 1]);
    assert!((loss - 0.669_961_8).abs() < 1e-6, "{loss}");
    // >>> numpy.mean([numpy.log1p(numpy.exp(-1.5)), numpy.log1p(numpy.exp(-0.25))])
    // 0.388676348930798
    let (loss, ..) = evaluate::<Autodiff<Flex>>(Output::Sigmoid, &[1.5, -0.25], 1, &[1, 0]);
    assert!((loss - 0.388_676_35).abs() < 1e-6, "{loss}");
}

#[test]
fn a_sigmoid_of_one_half_is_class_one() {
    let predictions = Output::Sigmoid.predictions(logits::<Flex>(&[-1e-6, 0.0, 1e-6], 1));
    assert_eq!(predictions.into_data().iter::<i64>().collect::<Vec<_>>(), [0, 1, 1]);
}

#[test]
fn the_largest_logit_is_predicted() {
    let values = [0.1, 0.3, 0.2, -5.0, -6.0, -4.0];
    let predictions = Output::Softmax.predictions(logits::<Flex>(&values, 3));
    assert_eq!(predictions.into_data().iter::<i64>().collect::<Vec<_>>(), [1, 2]);
    let correct = Output::Softmax.correct(logits::<Flex>(&values, 3), &batch(&[1, 0], 3));
    assert_eq!(read(correct), [1.0]);
}
