//! Products in bfloat16 against PyTorch's autocast, values from `tests/golden/torch_mixed.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::Flex;
use burn::module::{Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor, TensorData};
use emberlab_data::{ImageShape, RandomState};
use emberlab_models::layers::{Convolution, InputGradient, Layer, Linear};
use emberlab_models::{Precision, Scheme};
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
}

#[derive(Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f32>,
}

const IMAGE: ImageShape = ImageShape { channels: 2, height: 4, width: 6 };

/// The numbers that a layer computes, by name.
type Computed = Vec<(&'static str, Vec<f32>)>;

impl Record {
    fn tensor<const D: usize>(&self, name: &str) -> Tensor<Flex, D> {
        let numbers = &self.tensors[name];
        let shape: [usize; D] = numbers.shape.clone().try_into().unwrap();
        let data = TensorData::new(numbers.values.clone(), shape);
        Tensor::from_data(data, (&Device::<Flex>::default(), DType::F32))
    }

    /// The layer with PyTorch's weights.
    fn build(&self) -> Layer<Flex> {
        let (random, device) = (&mut RandomState::new(0), &Device::<Flex>::default());
        let scheme = Scheme::XavierUniform;
        match self.settings.kernel_size {
            None => {
                let mut layer = Linear::new(48, 8, scheme, random, device);
                layer.weight = Param::from_tensor(self.tensor("weight"));
                layer.bias = Param::from_tensor(self.tensor("bias"));
                Layer::Linear(layer)
            }
            Some(size) => {
                let mut layer = Convolution::new(IMAGE, 3, size, scheme, random, device);
                layer.weight = Param::from_tensor(self.tensor("weight"));
                layer.bias = Param::from_tensor(self.tensor("bias"));
                Layer::Convolution(layer)
            }
        }
    }

    fn compute(&self, precision: Precision) -> Computed {
        let layer = self.build();
        let (output, backward) = layer.differentiate(self.tensor("input"), precision);
        let mut gradients = GradientsParams::new();
        let grad_input = backward(self.tensor("grad_output"), InputGradient::Wanted, &mut gradients);
        let (grad_weight, grad_bias) = match &layer {
            Layer::Linear(layer) => (take::<2>(&mut gradients, layer.weight.id), layer.bias.id),
            Layer::Convolution(layer) => (take::<4>(&mut gradients, layer.weight.id), layer.bias.id),
            _ => unreachable!(),
        };
        vec![
            ("output", values(output)),
            ("grad_input", values(grad_input.unwrap())),
            ("grad_weight", grad_weight),
            ("grad_bias", take::<1>(&mut gradients, grad_bias)),
        ]
    }

    /// The largest difference from PyTorch, as a share of its largest number.
    fn error(&self, name: &str, computed: &[f32]) -> f64 {
        let expected = &self.tensors[name].values;
        assert_eq!(computed.len(), expected.len(), "{} {name}", self.layer);
        let most = |values: &mut dyn Iterator<Item = f32>| {
            values.fold(0.0, |most: f32, value| most.max(value.abs()))
        };
        let difference = most(&mut computed.iter().zip(expected).map(|(left, right)| left - right));
        f64::from(difference / most(&mut expected.iter().copied()))
    }
}

fn values<const D: usize>(tensor: Tensor<Flex, D>) -> Vec<f32> {
    assert_eq!(tensor.dtype(), DType::F32);
    tensor.into_data().iter::<f32>().collect()
}

fn take<const D: usize>(gradients: &mut GradientsParams, id: ParamId) -> Vec<f32> {
    values(gradients.remove::<Flex, D>(id).unwrap())
}

#[test]
fn products_are_rounded_as_by_pytorch() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/torch_mixed.json");
    let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(golden.records.len(), 3);
    for record in golden.records {
        let (mixed, full) = (record.compute(Precision::Mixed), record.compute(Precision::Full));
        for ((name, mixed), (_, full)) in mixed.iter().zip(&full) {
            let [mixed, full] = [mixed, full].map(|values| record.error(name, values));
            let what = format!("{} {:?} {name}: {mixed:.1e}", record.layer, record.settings.kernel_size);
            match (record.layer.as_str(), *name) {
                // A sum in f32, however products are computed.
                (_, "grad_bias") => assert!(mixed < 1e-6, "{what}"),
                // PyTorch rounds the sum over all samples, here each sample's product is rounded.
                ("convolution", "grad_weight") => assert!(mixed < 5e-3, "{what}"),
                // Rounded alike, these are the same numbers, which in full precision are others.
                _ => assert!(mixed < 1e-6 && full > 1e-3, "{what}, in full {full:.1e}"),
            }
        }
    }
}
