//! Each layer and the loss against PyTorch in f64, values from `tests/golden/torch_layers.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::Flex;
use burn::module::{Param, ParamId, RunningState};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor, TensorData};
use emberlab_data::{ClassificationBatch, ImageShape, RandomState};
use emberlab_models::layers::{
    ActivationLayer, BatchNorm, Convolution, InputGradient, Layer, Linear, MaxPool,
};
use emberlab_models::{Activation, Loss, Output, Precision, Scheme};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Golden {
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    layer: String,
    settings: Settings,
    tensors: BTreeMap<String, Numbers>,
}

#[derive(Deserialize)]
struct Settings {
    kernel_size: Option<usize>,
    label_smoothing: Option<f64>,
    labels: Option<Vec<i64>>,
}

#[derive(Clone, Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f64>,
}

const IMAGE: ImageShape = ImageShape { channels: 2, height: 4, width: 6 };

impl Record {
    fn tensor<const D: usize>(&self, name: &str) -> Tensor<Flex, D> {
        let numbers = &self.tensors[name];
        let shape: [usize; D] = numbers.shape.clone().try_into().unwrap();
        let data = TensorData::new(numbers.values.clone(), shape);
        Tensor::from_data(data, (&Device::<Flex>::default(), DType::F64))
    }

    #[track_caller]
    fn assert_equal<const D: usize>(&self, name: &str, tensor: Tensor<Flex, D>) {
        let expected = &self.tensors[name];
        assert_eq!(tensor.dims().to_vec(), expected.shape, "{} {name}", self.layer);
        for (value, expected) in tensor.into_data().iter::<f64>().zip(&expected.values) {
            assert!((value - expected).abs() < 1e-12, "{} {name}: {value} for {expected}", self.layer);
        }
    }

    /// The layer with PyTorch's weights.
    fn build(&self) -> Layer<Flex> {
        let (random, device) = (&mut RandomState::new(0), &Device::<Flex>::default());
        let scheme = Scheme::XavierUniform;
        let activation = |activation| Layer::Activation(ActivationLayer::new(activation));
        match self.layer.as_str() {
            "linear" => {
                let mut layer = Linear::new(7, 4, scheme, random, device);
                layer.weight = Param::from_tensor(self.tensor("weight"));
                layer.bias = Param::from_tensor(self.tensor("bias"));
                Layer::Linear(layer)
            }
            "convolution" => {
                let (n_filters, size) =
                    (self.tensors["bias"].values.len(), self.settings.kernel_size.unwrap());
                let mut layer = Convolution::new(IMAGE, n_filters, size, scheme, random, device);
                layer.weight = Param::from_tensor(self.tensor("weight"));
                layer.bias = Param::from_tensor(self.tensor("bias"));
                Layer::Convolution(layer)
            }
            "batch-norm" => {
                let channels = self.tensors["bias"].values.len();
                let mut layer = BatchNorm::new(channels, device);
                let f64_of = |tensor: Tensor<Flex, 1>| RunningState::new(tensor.cast(DType::F64));
                layer.running_mean = f64_of(Tensor::zeros([channels], device));
                layer.running_variance = f64_of(Tensor::ones([channels], device));
                layer.weight = Param::from_tensor(self.tensor("weight"));
                layer.bias = Param::from_tensor(self.tensor("bias"));
                Layer::BatchNorm(layer)
            }
            "max-pool" => Layer::MaxPool(MaxPool::new(IMAGE)),
            "relu" => activation(Activation::Relu),
            "leaky-relu" => activation(Activation::LeakyRelu),
            "tanh" => activation(Activation::Tanh),
            "sigmoid" => activation(Activation::Sigmoid),
            "gelu" => activation(Activation::Gelu),
            other => panic!("{other}"),
        }
    }
}

fn records() -> Vec<Record> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/torch_layers.json");
    serde_json::from_slice::<Golden>(&std::fs::read(path).unwrap()).unwrap().records
}

fn gradient<const D: usize>(gradients: &mut GradientsParams, id: ParamId) -> Tensor<Flex, D> {
    gradients.remove(id).unwrap()
}

#[test]
fn output_and_gradients_of_each_layer_equal_pytorch() {
    let records: Vec<Record> =
        records().into_iter().filter(|record| record.layer != "cross-entropy").collect();
    assert_eq!(records.len(), 11);
    for record in records {
        let layer = record.build();
        let (output, backward) = layer.differentiate(record.tensor("input"), Precision::Full);
        record.assert_equal("output", output);
        let mut gradients = GradientsParams::new();
        let grad_input = backward(record.tensor("grad_output"), InputGradient::Wanted, &mut gradients);
        record.assert_equal("grad_input", grad_input.unwrap());
        match &layer {
            Layer::Linear(layer) => {
                record.assert_equal("grad_weight", gradient::<2>(&mut gradients, layer.weight.id));
                record.assert_equal("grad_bias", gradient::<1>(&mut gradients, layer.bias.id));
            }
            Layer::Convolution(layer) => {
                record.assert_equal("grad_weight", gradient::<4>(&mut gradients, layer.weight.id));
                record.assert_equal("grad_bias", gradient::<1>(&mut gradients, layer.bias.id));
            }
            Layer::BatchNorm(layer) => {
                record.assert_equal("grad_weight", gradient::<1>(&mut gradients, layer.weight.id));
                record.assert_equal("grad_bias", gradient::<1>(&mut gradients, layer.bias.id));
                record.assert_equal("running_mean", layer.running_mean.value_sync());
                record.assert_equal("running_var", layer.running_variance.value_sync());
            }
            Layer::Activation(_) | Layer::Dropout(_) | Layer::MaxPool(_) => (),
        }
    }
}

#[test]
fn the_loss_with_smoothing_and_class_weights_equals_pytorch() {
    let records: Vec<Record> =
        records().into_iter().filter(|record| record.layer == "cross-entropy").collect();
    assert_eq!(records.len(), 4);
    for record in records {
        let labels = record.settings.labels.clone().unwrap();
        let (n, n_classes) = (labels.len(), 4);
        let mut targets = vec![0.0f64; n * n_classes];
        for (row, &label) in labels.iter().enumerate() {
            targets[row * n_classes + label as usize] = 1.0;
        }
        let device = Device::<Flex>::default();
        let batch = ClassificationBatch::<Flex> {
            inputs: Tensor::zeros([n, 1], &device),
            labels: Tensor::from_data(TensorData::new(labels, [n]), &device),
            targets: Tensor::from_data(TensorData::new(targets, [n, n_classes]), (&device, DType::F64)),
        };
        let loss = Loss {
            output: Output::Softmax,
            label_smoothing: record.settings.label_smoothing.unwrap(),
            class_weights: record.tensors.get("class_weights").map(|weights| weights.values.clone()),
        };
        let (value, gradient) = loss.value_and_gradient(record.tensor("input"), &batch);
        record.assert_equal("output", value);
        record.assert_equal("grad_input", gradient);
        record.assert_equal("output", loss.value(record.tensor("input"), &batch));
    }
}
