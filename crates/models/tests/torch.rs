//! Each layer and the loss against PyTorch in f64, values from `tests/golden/torch_layers.py`.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;
mod one_hot;

use burn::backend::Flex;
use burn::module::{Param, ParamId, RunningState};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor};
use emberlab_models::layers::{
    ActivationLayer, AnyLayer, AveragePool, BatchNorm, GlobalAveragePool, InputGradient, Layer, MaxPool,
};
use emberlab_models::{Activation, BatchNormOptions, Loss, Output, Precision, Window};
use golden::IMAGE;
use serde::Deserialize;

#[derive(Deserialize)]
struct Settings {
    label_smoothing: Option<f64>,
    labels: Option<Vec<i64>>,
}

type Record = golden::Record<Settings>;

fn records(wanted: impl Fn(&str) -> bool) -> Vec<Record> {
    golden::records("torch_layers.json").into_iter().filter(|record: &Record| wanted(&record.layer)).collect()
}

fn tensor<const D: usize>(record: &Record, name: &str) -> Tensor<Flex, D> {
    record.tensor(name, DType::F64)
}

#[track_caller]
fn assert_equal<const D: usize>(record: &Record, name: &str, tensor: Tensor<Flex, D>) {
    assert_eq!(tensor.dims(), record.shape(name), "{} {name}", record.layer);
    let expected = record.values(name).unwrap();
    for (value, expected) in tensor.into_data().iter::<f64>().zip(expected) {
        assert!((value - expected).abs() < 1e-12, "{} {name}: {value} for {expected}", record.layer);
    }
}

/// The layer with PyTorch's weights.
fn build(record: &Record) -> AnyLayer<Flex> {
    let activation = |activation| AnyLayer::Activation(ActivationLayer::new(activation));
    match record.layer.as_str() {
        "linear" => record.linear(DType::F64),
        "convolution" => record.convolution(DType::F64),
        "batch-norm" => AnyLayer::BatchNorm(batch_norm(record)),
        "max-pool" => AnyLayer::MaxPool(MaxPool::new(IMAGE, Window::tiling(2))),
        "average-pool" => AnyLayer::AveragePool(AveragePool::new(IMAGE, Window::tiling(2))),
        "global-average-pool" => AnyLayer::GlobalAveragePool(GlobalAveragePool::new(IMAGE)),
        "relu" => activation(Activation::Relu),
        "leaky-relu" => activation(Activation::LeakyRelu),
        "tanh" => activation(Activation::Tanh),
        "sigmoid" => activation(Activation::Sigmoid),
        "gelu" => activation(Activation::Gelu),
        other => panic!("{other}"),
    }
}

fn batch_norm(record: &Record) -> BatchNorm<Flex> {
    let device = Device::<Flex>::default();
    let [channels] = record.shape("bias");
    let mut layer = BatchNorm::new(channels, BatchNormOptions::default(), &device);
    let f64_of = |tensor: Tensor<Flex, 1>| RunningState::new(tensor.cast(DType::F64));
    layer.running_mean = f64_of(Tensor::zeros([channels], &device));
    layer.running_variance = f64_of(Tensor::ones([channels], &device));
    layer.weight = Some(Param::from_tensor(tensor(record, "weight")));
    layer.bias = Some(Param::from_tensor(tensor(record, "bias")));
    layer
}

fn gradient<const D: usize>(gradients: &mut GradientsParams, id: ParamId) -> Tensor<Flex, D> {
    gradients.remove(id).unwrap()
}

#[test]
fn output_and_gradients_of_each_layer_equal_pytorch() {
    let records = records(|layer| layer != "cross-entropy");
    assert_eq!(records.len(), 13);
    for record in records {
        let layer = build(&record);
        let (output, backward) = layer.differentiate(tensor(&record, "input"), Precision::Full);
        assert_equal(&record, "output", output);
        let mut gradients = GradientsParams::new();
        let grad_input = backward(tensor(&record, "grad_output"), InputGradient::Wanted, &mut gradients);
        assert_equal(&record, "grad_input", grad_input.unwrap());
        match &layer {
            AnyLayer::Linear(layer) => {
                assert_equal(&record, "grad_weight", gradient::<2>(&mut gradients, layer.weight.id));
                assert_equal(
                    &record,
                    "grad_bias",
                    gradient::<1>(&mut gradients, layer.bias.as_ref().unwrap().id),
                );
            }
            AnyLayer::Convolution(layer) => {
                assert_equal(&record, "grad_weight", gradient::<4>(&mut gradients, layer.weight.id));
                assert_equal(
                    &record,
                    "grad_bias",
                    gradient::<1>(&mut gradients, layer.bias.as_ref().unwrap().id),
                );
            }
            AnyLayer::BatchNorm(layer) => {
                assert_equal(
                    &record,
                    "grad_weight",
                    gradient::<1>(&mut gradients, layer.weight.as_ref().unwrap().id),
                );
                assert_equal(
                    &record,
                    "grad_bias",
                    gradient::<1>(&mut gradients, layer.bias.as_ref().unwrap().id),
                );
                assert_equal(&record, "running_mean", layer.running_mean.value_sync());
                assert_equal(&record, "running_var", layer.running_variance.value_sync());
            }
            // The others have no parameters.
            _ => assert!(record.values("grad_weight").is_none()),
        }
    }
}

#[test]
fn the_loss_with_smoothing_and_class_weights_equals_pytorch() {
    let records = records(|layer| layer == "cross-entropy");
    assert_eq!(records.len(), 4);
    for record in records {
        let labels = record.settings.labels.clone().unwrap();
        let inputs = Tensor::zeros([labels.len(), 1], &Device::<Flex>::default());
        let batch = one_hot::batch(inputs, &labels, 4, DType::F64);
        let loss = Loss {
            output: Output::Softmax,
            label_smoothing: record.settings.label_smoothing.unwrap(),
            class_weights: record.values("class_weights").map(<[f64]>::to_vec),
        };
        let (value, gradient) = loss.value_and_gradient(tensor(&record, "input"), &batch);
        assert_equal(&record, "output", value);
        assert_equal(&record, "grad_input", gradient);
        assert_equal(&record, "output", loss.value(tensor(&record, "input"), &batch));
    }
}
