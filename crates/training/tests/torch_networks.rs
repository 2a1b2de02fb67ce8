//! Networks of `kind = "layers"` against PyTorch in f64, values from `tests/golden/torch_networks.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::{Autodiff, Flex};
use burn::module::{AutodiffModule, Module, ModuleMapper, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use emberlab_config::{Config, DataShape};
use emberlab_data::{ClassificationBatch, RandomState};
use emberlab_models::layers::{LayerVisitor, Path as LayerPath, Penalty};
use emberlab_models::{
    Classifier, GradientRule, Loss, NamedTensor, Network, Objective, Output, Precision, Scheme, SharedRandom,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

type B = Autodiff<Flex>;
type Named = BTreeMap<String, Numbers>;

const N_CLASSES: usize = 3;

#[derive(Deserialize)]
struct Golden {
    networks: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    name: String,
    inputs: Numbers,
    labels: Vec<i64>,
    /// The tensors of the module before the batch.
    before: Named,
    logits: Numbers,
    loss: f64,
    gradients: Named,
    /// The running means after the batch.
    running: Named,
    /// The logits when predicting after the batch.
    predicted: Numbers,
}

#[derive(Clone, Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f64>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

fn records() -> Vec<Record> {
    let bytes = std::fs::read(golden().join("torch_networks.json")).unwrap();
    let records = serde_json::from_slice::<Golden>(&bytes).unwrap().networks;
    assert_eq!(records.len(), 4);
    records
}

impl Numbers {
    fn tensor(&self) -> Tensor<B, 2> {
        let shape: [usize; 2] = self.shape.clone().try_into().unwrap();
        let data = TensorData::new(self.values.clone(), shape);
        Tensor::from_data(data, (&Device::<B>::default(), DType::F64))
    }

    /// Compares with numbers of a tolerance, relative to the largest one and at least to 1.
    #[track_caller]
    fn assert_close(&self, place: &str, shape: &[usize], values: impl Iterator<Item = f64>, tolerance: f64) {
        assert_eq!(shape, self.shape, "{place}");
        let largest = self.values.iter().fold(1.0f64, |largest, value| largest.max(value.abs()));
        for (value, expected) in values.zip(&self.values) {
            assert!((value - expected).abs() <= tolerance * largest, "{place}: {value} for {expected}");
        }
    }

    #[track_caller]
    fn assert_tensor<const D: usize>(&self, place: &str, tensor: Tensor<Flex, D>) {
        let shape = tensor.dims();
        self.assert_close(place, &shape, tensor.into_data().iter::<f64>(), 1e-12);
    }
}

impl Record {
    fn architecture(&self) -> emberlab_models::Architecture {
        let config =
            Config::load(&golden().join("networks").join(format!("{}.toml", self.name)), &[]).unwrap();
        let image = config.data.source.image();
        let n_features = image.unwrap().size();
        config.architecture(&DataShape { n_features, image, n_classes: N_CLASSES }).unwrap()
    }

    /// The network with PyTorch's weights in f64.
    fn network(&self) -> Network<B> {
        let (random, dropout) = (&mut RandomState::new(0), SharedRandom::new(0));
        let device = Device::<B>::default();
        let network =
            Network::<B>::new(&self.architecture(), Scheme::XavierUniform, random, &dropout, &device);
        let tensors = self.before.iter().map(|(name, Numbers { shape, values })| NamedTensor {
            name: name.clone(),
            shape: shape.clone(),
            values: values.iter().map(|&value| value as f32).collect(),
        });
        network.with_tensors(tensors.collect()).unwrap().map(&mut ToF64)
    }

    fn batch(&self) -> ClassificationBatch<B> {
        let labels = Tensor::<B, 1, Int>::from_data(self.labels.as_slice(), &Device::<B>::default());
        let targets = labels.clone().one_hot::<2>(N_CLASSES).float().cast(DType::F64);
        ClassificationBatch { inputs: self.inputs.tensor(), labels, targets }
    }
}

/// Converts every parameter and running mean.
struct ToF64;

impl<B: AutodiffBackend> ModuleMapper<B> for ToF64 {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let trained = parameter.val().is_require_grad();
        parameter.map(|tensor| Tensor::from_inner(tensor.inner().cast(DType::F64)).set_require_grad(trained))
    }
}

/// Compares the gradient of each parameter.
struct CompareGradients<'a> {
    record: &'a Record,
    rule: GradientRule,
    found: GradientsParams,
    names: Vec<String>,
}

impl LayerVisitor<B> for CompareGradients<'_> {
    fn parameter<const D: usize>(
        &mut self,
        path: &LayerPath<'_>,
        parameter: &Param<Tensor<B, D>>,
        _: Penalty,
    ) {
        let name = path.to_string();
        let place = format!("{:?}, gradient of {name} of {}", self.rule, self.record.name);
        let gradient = self.found.remove::<Flex, D>(parameter.id).unwrap();
        self.record.gradients[&name].assert_tensor(&place, gradient);
        self.names.push(name);
    }
}

#[test]
fn tensors_have_the_names_of_pytorch() {
    for record in records() {
        let mut names = record.network().tensor_names();
        names.sort();
        assert_eq!(names, record.before.keys().cloned().collect::<Vec<_>>(), "{}", record.name);
    }
}

#[test]
fn logits_and_losses_of_training_batches_equal_pytorch() {
    for record in records() {
        let logits = record.network().forward_training(record.inputs.tensor(), Precision::Full);
        record.logits.assert_tensor(&record.name, logits.clone().inner());
        let loss = Loss::new(Output::Softmax).value(logits, &record.batch());
        let expected = Numbers { shape: vec![1], values: vec![record.loss] };
        expected.assert_tensor(&format!("loss of {}", record.name), loss.inner());
    }
}

#[test]
fn gradients_and_the_predictions_after_them_equal_pytorch() {
    for record in records() {
        for rule in [GradientRule::Autodiff, GradientRule::Manual] {
            let place = format!("{rule:?}, {}", record.name);
            let objective = Objective::new(Loss::new(Output::Softmax));
            let classifier = Classifier::new(record.network(), objective, rule);
            let gradients = rule.gradients(&classifier, record.batch());
            let loss = gradients.score.read().loss;
            // Scores are f32.
            assert!((f64::from(loss) - record.loss).abs() < 1e-6, "{place}: {loss} for {}", record.loss);
            let mut compare =
                CompareGradients { record: &record, rule, found: gradients.parameters, names: Vec::new() };
            classifier.network().visit_layers(&mut compare);
            assert!(compare.found.is_empty(), "{place}");
            compare.names.sort();
            assert_eq!(compare.names, record.gradients.keys().cloned().collect::<Vec<_>>(), "{place}");
            let running = classifier.network().tensors().into_iter();
            let running: Vec<_> = running.filter(|tensor| tensor.name.contains("running")).collect();
            assert_eq!(running.len(), record.running.len(), "{place}");
            for NamedTensor { name, shape, values } in running {
                // Tensors are read in f32.
                let values = values.into_iter().map(f64::from);
                record.running[&name].assert_close(&format!("{place}, {name}"), &shape, values, 1e-6);
            }
            let predicted = classifier.valid().logits(record.inputs.tensor().inner());
            record.predicted.assert_tensor(&place, predicted);
        }
    }
}
