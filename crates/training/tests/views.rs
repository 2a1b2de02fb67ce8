//! Logits averaged over the views of images equal those of PyTorch.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_config::Config;
use emberlab_data::{
    DeviceSet, Features, ImageShape, LabelledData, NoProgress, Normalization, Normalizer, Upload,
};
use emberlab_models::{Classifier, NamedTensor};
use emberlab_training::devices::{self, Backend};
use emberlab_training::{classifier, evaluate};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Values from `tests/golden/torch_views.py`.
#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    height: usize,
    width: usize,
    images: Vec<u8>,
    weights: Vec<Weights>,
    /// For each value of `evaluation.views`, of each image.
    logits: BTreeMap<String, Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct Weights {
    name: String,
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Case {
    fn config(&self, views: &str) -> Config {
        let model = match self.name.as_str() {
            "cnn" => "kind = \"cnn\"\nchannels = [2]\nactivation = \"tanh\"",
            _ => "kind = \"mlp\"\nhidden = [6]\nactivation = \"tanh\"",
        };
        let text = format!(
            r#"
name = "views"
[data]
source = "image-folder"
directory = "images"
image_size = [{}, {}]
[model]
{model}
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
[evaluation]
views = "{views}"
"#,
            self.height, self.width
        );
        Config::parse(Path::new("views.toml"), &text, &[]).unwrap()
    }

    fn samples(&self) -> LabelledData {
        let shape = ImageShape { channels: 3, height: self.height, width: self.width };
        let n_classes = self.logits["none"][0].len();
        LabelledData {
            labels: vec![0; self.images.len() / shape.size()],
            features: Features::Images { pixels: self.images.clone(), shape },
            class_names: (0..n_classes).map(|class| class.to_string()).collect(),
        }
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let tensors = self.weights.iter().map(|Weights { name, shape, values }| NamedTensor {
            name: name.clone(),
            shape: shape.clone(),
            values: values.clone(),
        });
        tensors.collect()
    }
}

#[test]
fn logits_averaged_over_views_are_those_of_airbench_in_pytorch() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/torch_views.json");
    let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for case in golden.cases {
        for (views, expected) in &case.logits {
            let (config, samples) = (case.config(views), case.samples());
            let device = devices::device(&config.device).unwrap();
            let normalizer = Normalizer::fit(Normalization::Unit, &samples.features);
            let initial: Classifier<Backend> = classifier(&config, &samples, &normalizer, &device).unwrap();
            let network = initial.network().clone().with_tensors(case.tensors()).unwrap();
            let objective = emberlab_training::objective(&config, &samples);
            let classifier = Classifier::new(network, objective, config.model.gradient);
            let set = DeviceSet::new(samples, &normalizer, false, Upload::default(), &device);
            let averaged = evaluate::views(&config, &device);
            let logits = evaluate::logits(&classifier, &set, &averaged, &NoProgress).into_data();
            for (found, expected) in logits.iter::<f64>().zip(expected.concat()) {
                let tolerance = 2e-5 * expected.abs().max(1.0);
                assert!(
                    (found - expected).abs() < tolerance,
                    "{} {views}: {found} for {expected}",
                    case.name
                );
            }
        }
        let distinct = |first: &str, second: &str| case.logits[first] != case.logits[second];
        assert!(distinct("none", "mirror") && distinct("mirror", "mirror+translate"));
    }
}
