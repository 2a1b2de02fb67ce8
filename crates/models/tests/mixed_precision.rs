//! Products in bfloat16 against PyTorch's autocast, values from `tests/golden/torch_mixed.py`.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;

use burn::backend::Flex;
use burn::module::ParamId;
use burn::optim::GradientsParams;
use burn::tensor::{DType, Tensor};
use emberlab_models::Precision;
use emberlab_models::layers::{AnyLayer, InputGradient, Layer};
use serde::Deserialize;

#[derive(Deserialize)]
struct Settings {
    kernel_size: Option<usize>,
}

type Record = golden::Record<Settings>;

/// The numbers that a layer computes, by name.
type Computed = Vec<(&'static str, Vec<f32>)>;

fn compute(record: &Record, precision: Precision) -> Computed {
    let layer = match record.settings.kernel_size {
        None => record.linear(DType::F32),
        Some(_) => record.convolution(DType::F32),
    };
    let (output, backward) = layer.differentiate(record.tensor("input", DType::F32), precision);
    let mut gradients = GradientsParams::new();
    let grad_input =
        backward(record.tensor("grad_output", DType::F32), InputGradient::Wanted, &mut gradients);
    let (grad_weight, grad_bias) = match &layer {
        AnyLayer::Linear(layer) => {
            (take::<2>(&mut gradients, layer.weight.id), layer.bias.as_ref().unwrap().id)
        }
        AnyLayer::Convolution(layer) => {
            (take::<4>(&mut gradients, layer.weight.id), layer.bias.as_ref().unwrap().id)
        }
        other => panic!("{other:?}"),
    };
    vec![
        ("output", values(output)),
        ("grad_input", values(grad_input.unwrap())),
        ("grad_weight", grad_weight),
        ("grad_bias", take::<1>(&mut gradients, grad_bias)),
    ]
}

/// The largest difference from PyTorch, as a share of its largest number.
fn error(record: &Record, name: &str, computed: &[f32]) -> f64 {
    let expected: Vec<f32> = record.values(name).unwrap().iter().map(|&value| value as f32).collect();
    assert_eq!(computed.len(), expected.len(), "{} {name}", record.layer);
    let most =
        |values: &mut dyn Iterator<Item = f32>| values.fold(0.0, |most: f32, value| most.max(value.abs()));
    let difference = most(&mut computed.iter().zip(&expected).map(|(left, right)| left - right));
    f64::from(difference / most(&mut expected.iter().copied()))
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
    let records: Vec<Record> = golden::records("torch_mixed.json");
    assert_eq!(records.len(), 3);
    for record in records {
        let (mixed, full) = (compute(&record, Precision::Mixed), compute(&record, Precision::Full));
        for ((name, mixed), (_, full)) in mixed.iter().zip(&full) {
            let [mixed, full] = [mixed, full].map(|values| error(&record, name, values));
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
