//! That right derivatives pass and wrong ones are caught, layer by layer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use burn::optim::GradientsParams;
use emberlab_data::{NoProgress, RandomState};
use emberlab_models::layers::Layer;
use emberlab_models::{InputGradientTensor, manual_gradients};
use std::fs;

/// A network with a layer of each kind, on little images.
fn config(activation: &str) -> (tempfile::TempDir, Config) {
    let folder = tempfile::TempDir::new().unwrap();
    let data = folder.path().join("cifar-10-batches-bin");
    fs::create_dir(&data).unwrap();
    let mut random = RandomState::new(3);
    for name in ["data_batch_1.bin", "test_batch.bin"] {
        let records: Vec<u8> = (0..4)
            .flat_map(|label| {
                let pixels = (0..3072).map(|_| random.randint(0, 256).unwrap() as u8);
                std::iter::once(label).chain(pixels.collect::<Vec<_>>())
            })
            .collect();
        fs::write(data.join(name), records).unwrap();
    }
    fs::write(data.join("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n").unwrap();
    let text = format!(
        r#"
        name = "all-layers"
        [data]
        source = "cifar10"
        directory = {directory:?}
        [model]
        kind = "cnn"
        channels = [2, 3]
        hidden = [6]
        activation = "{activation}"
        batch_norm = true
        dropout = 0.3
        init = {{ scheme = "kaiming-uniform" }}
        [training]
        epochs = 1
        label_smoothing = 0.1
        l1 = 0.001
        [training.optimizer]
        learning_rate = 0.1
        "#,
        directory = folder.path(),
    );
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    let config = Config::load(&path, &[]).unwrap();
    (folder, config)
}

const OPTIONS: GradcheckOptions = GradcheckOptions {
    samples: 4,
    entries: 6,
    autodiff_tolerance: 1e-9,
    difference_tolerance: 1e-5,
    device_tolerance: 1e-3,
};

#[test]
fn right_derivatives_pass_for_every_layer_and_activation() {
    for activation in ["relu", "leaky-relu", "tanh", "sigmoid", "gelu"] {
        let (_folder, config) = config(activation);
        let report = gradcheck(&config, &OPTIONS, &NoProgress).unwrap();
        assert!(report.passed, "{activation}: {report:#?}");
        assert_eq!(report.parameters.len(), 4 + 6 + 4);
    }
}

/// Whether a rule is caught whose layer at `position` gives everything 1 % too large.
fn is_caught(config: &Config, position: usize) -> bool {
    let report = gradcheck_rule(config, &OPTIONS, &NoProgress, |classifier, batch| {
        let layer = &classifier.network().layers()[position];
        manual_gradients(
            classifier,
            batch,
            |index, returned: InputGradientTensor<Autodiff<Cpu>>, gradients| {
                if index != position {
                    return returned;
                }
                enlarge(layer, gradients);
                returned.map(|gradient| gradient * 1.01)
            },
        )
    });
    !report.unwrap().passed
}

/// Makes the gradients of a layer's own parameters 1 % too large.
fn enlarge(layer: &Layer<Autodiff<Cpu>>, gradients: &mut GradientsParams) {
    fn times<const D: usize>(id: ParamId, gradients: &mut GradientsParams) {
        let gradient = gradients.remove::<Cpu, D>(id).unwrap();
        gradients.register(id, gradient * 1.01);
    }
    match layer {
        Layer::Linear(layer) => times::<2>(layer.weight.id, gradients),
        Layer::Convolution(layer) => times::<4>(layer.weight.id, gradients),
        Layer::BatchNorm(layer) => times::<1>(layer.weight.id, gradients),
        _ => (),
    }
}

#[test]
fn a_wrong_derivative_of_each_layer_is_caught() {
    let (_folder, config) = config("tanh");
    let n_layers = 2 * 4 + 4 + 1;
    let caught: Vec<bool> = (0..n_layers).map(|position| is_caught(&config, position)).collect();
    assert_eq!(caught, vec![true; n_layers]);
}
