//! That right derivatives pass and wrong ones are caught, layer by layer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod seeds;

use super::*;
use burn::module::Param;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use emberlab_data::{NoProgress, RandomState};
use emberlab_models::layers::{Layer, LayerDerivative, LayerVisitor, Path, Penalty};
use emberlab_models::{LayerSpec, manual_gradients};
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

fn options(samples: usize, entries: usize) -> GradcheckOptions {
    GradcheckOptions { samples, entries, ..GradcheckOptions::default() }
}

#[test]
fn right_derivatives_pass_for_every_layer_and_activation() {
    for activation in ["relu", "leaky-relu", "tanh", "sigmoid", "gelu"] {
        let (_folder, config) = config(activation);
        let report = gradcheck(&config, &options(4, 6), &NoProgress).unwrap();
        assert!(report.passed, "{activation}: {report:#?}");
        assert_eq!(report.parameters.len(), 4 + 6 + 4);
    }
}

/// Whether the derivatives of an MLP pass on 24 rows of three columns, `offset` to `offset + width`, in `n_classes` classes.
fn mlp_passes(
    [offset, width]: [f64; 2],
    n_classes: usize,
    settings: &[String],
    options: &GradcheckOptions,
) -> bool {
    let folder = tempfile::TempDir::new().unwrap();
    let (table, path) = (folder.path().join("table.csv"), folder.path().join("config.toml"));
    let mut random = RandomState::new(5);
    let rows = (0..24).map(|row| {
        let [a, b, c] = [(); 3].map(|()| offset + width * random.random_sample());
        format!("{a},{b},{c},{}\n", row % n_classes)
    });
    fs::write(&table, std::iter::once("a,b,c,y\n".to_owned()).chain(rows).collect::<String>()).unwrap();
    let text = format!(
        r#"
        name = "mlp"
        [data]
        source = "csv"
        file = {table:?}
        label = "y"
        [model]
        kind = "mlp"
        [training]
        epochs = 1
        [training.optimizer]
        learning_rate = 0.1
        "#
    );
    fs::write(&path, text).unwrap();
    gradcheck(&Config::load(&path, settings).unwrap(), options, &NoProgress).unwrap().passed
}

/// A table whose columns are far from 0, as many are that are not normalised: most units are saturated, and little is left of
/// their slopes.
#[test]
fn right_derivatives_pass_where_units_are_saturated() {
    for (activation, seed) in [("tanh", 2), ("tanh", 16), ("tanh", 17), ("sigmoid", 15), ("sigmoid", 17)] {
        let settings = [
            format!("seed={seed}"),
            "data.normalize=none".into(),
            "model.hidden=[6, 4]".into(),
            format!("model.activation={activation}"),
            "model.init.scheme=kaiming-uniform".into(),
        ];
        let passed = mlp_passes([0.0, 1000.0], 2, &settings, &options(16, 4));
        assert!(passed, "{activation}, seed {seed}");
    }
}

/// Over two samples the terms of batch norm's derivative cancel almost entirely.
#[test]
fn right_derivatives_pass_with_batch_norm_over_two_samples() {
    for seed in 0..12 {
        let settings =
            ["model.hidden=[16, 8]".into(), "model.batch_norm=true".into(), format!("seed={seed}")];
        assert!(mlp_passes([4.0, 1.0], 3, &settings, &options(2, 4)), "seed {seed}");
    }
}

/// A derivative whose layer at `place` gives everything `factor` times too large.
fn faulty(
    place: Vec<usize>,
    factor: f64,
) -> impl Fn(&Classifier<Tracked>, ClassificationBatch<Tracked>) -> Gradients<Tracked> {
    move |classifier, batch| {
        manual_gradients(classifier, batch, |derivative: LayerDerivative<'_, Cpu>| {
            let LayerDerivative { place: here, layer, grad_input, parameters: gradients, .. } = derivative;
            if here != place {
                return grad_input;
            }
            layer.accept(&Path::root(), &mut Enlarge { gradients, factor });
            grad_input.map(|gradient| gradient * factor)
        })
    }
}

/// The places of all layers, those inside residual blocks included.
fn places(layers: &[LayerSpec], place: &[usize]) -> Vec<Vec<usize>> {
    let of_each = layers.iter().enumerate().flat_map(|(index, layer)| {
        let place = [place, &[index]].concat();
        let mut found = vec![place.clone()];
        if let LayerSpec::Residual { layers, shortcut } = layer {
            found.extend(places(layers, &[&place[..], &[0]].concat()));
            found.extend(places(shortcut, &[&place[..], &[1]].concat()));
        }
        found
    });
    of_each.collect()
}

/// Multiplies the gradients of a layer's parameters by `factor`.
struct Enlarge<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl LayerVisitor<Cpu> for Enlarge<'_> {
    fn parameter<const D: usize>(&mut self, _: &Path<'_>, parameter: &Param<Tensor<Cpu, D>>, _: Penalty) {
        let gradient = self.gradients.remove::<Cpu, D>(parameter.id).unwrap();
        self.gradients.register(parameter.id, gradient * self.factor);
    }
}

#[test]
fn a_wrong_derivative_of_each_layer_is_caught() {
    let (_folder, config) = config("tanh");
    let options = options(4, 6);
    let Loaded { splits, normalizer, .. } = crate::load(&config, &NoProgress).unwrap();
    let train = &splits.train.samples;
    let setting = Setting::new(&Trainer::new(&config), train, &normalizer, options.samples).unwrap();
    let reference =
        Reference::compute(&Trainer::new(&config), train, &normalizer, &setting, &options, &NoProgress)
            .unwrap();
    let architecture = config.architecture(&DataShape::of(train)).unwrap();
    for place in places(architecture.layers(), &[]) {
        let report = reference.compare(&faulty(place.clone(), 1.0001)).unwrap();
        assert!(!report.passed, "layer {place:?}");
        let by_differences =
            |parameter: &ParameterReport| parameter.difference.max_error > options.difference_tolerance;
        assert!(report.parameters.iter().any(by_differences), "layer {place:?}: {report:#?}");
    }
}
