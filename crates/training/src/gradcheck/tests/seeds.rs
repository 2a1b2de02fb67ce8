//! That the check can be believed: over many networks drawn from seeds, right derivatives pass, few entries are left out,
//! and a derivative that is wrong by 1e-4 in one layer is caught.
//!
//! `tests/gradcheck/run` runs a thousand seeds.

use super::*;
use emberlab_config::ModelKind;
use emberlab_data::{Features, ImageShape, LabelledData, Normalization, Normalizer};
use emberlab_models::{
    Activation, Architecture, BatchNormOptions, FilterInit, Filters, LayerDefinition, LayerKind, LayerNames,
    Padding, Shape, Shortcut, Window,
};
use std::fmt::Write;
use std::path::Path;

/// How many seeds are tried, where it is not the number below.
const SEEDS: &str = "EMBERLAB_GRADCHECK_SEEDS";
const N_SEEDS: u32 = 40;
const N_LAYER_SEEDS: u32 = 40;
/// A derivative that is wrong.
const FACTOR: f64 = 1.0001;
/// A fault shows where it changes an entry by this share, and the entry is no smaller than this share of the largest.
const SHOWS: f64 = 0.5e-4;
const SMALLEST: f64 = 1e-9;

/// A configuration and its data.
struct Case {
    config: Config,
    train: LabelledData,
    normalizer: Normalizer,
}

impl Case {
    /// An MLP on a table or on images, or a CNN.
    fn draw(seed: u32) -> Self {
        let mut random = RandomState::new(seed);
        let mut between = |low: i64, high: i64| random.randint(low, high + 1).unwrap();
        let cnn = between(0, 3) == 0;
        let image = cnn || between(0, 1) == 0;
        let activation = ["relu", "leaky-relu", "tanh", "sigmoid", "gelu"][between(0, 4) as usize];
        let batch_norm = between(0, 1) == 1;
        let n_classes = between(2, 6);
        let n_samples = between(4, 20);
        let mut text = format!("name = \"drawn\"\nseed = {seed}\n[data]\n");
        let shape = ImageShape { channels: 3, height: 8, width: if cnn { 8 } else { 4 } };
        let normalize = ["unit", "standard"][between(0, 1) as usize];
        if image {
            let [height, width] = [shape.height, shape.width];
            writeln!(
                text,
                "source = \"image-folder\"\ndirectory = \"none\"\nimage_size = [{height}, {width}]"
            )
            .unwrap();
            writeln!(text, "normalize = {normalize:?}").unwrap();
        } else {
            writeln!(text, "source = \"csv\"\nfile = \"none.csv\"").unwrap();
        }
        let kind = if cnn { "cnn" } else { "mlp" };
        let depth = if cnn { between(0, 2) } else { between(1, 4) };
        let hidden: Vec<i64> = (0..depth).map(|_| between(3, 16)).collect();
        writeln!(text, "[model]\nkind = {kind:?}\nactivation = {activation:?}\nbatch_norm = {batch_norm}")
            .unwrap();
        writeln!(text, "hidden = {hidden:?}\ndropout = {}", [0.0, 0.3][between(0, 1) as usize]).unwrap();
        if cnn {
            let channels: Vec<i64> = (0..between(1, 2)).map(|_| between(2, 4)).collect();
            let kernel_size = [1, 3, 5][between(0, 2) as usize];
            writeln!(text, "channels = {channels:?}\nkernel_size = {kernel_size}").unwrap();
        }
        if n_classes == 2 && between(0, 1) == 0 {
            writeln!(text, "output = \"sigmoid\"").unwrap();
        }
        let init = [
            "scheme = \"normal\"",
            "scheme = \"augmented-normal\", std = 0.3",
            "scheme = \"kaiming-uniform\"",
            "scheme = \"xavier-uniform\"",
        ][between(0, 3) as usize];
        writeln!(text, "init = {{ {init} }}\n[training]\nepochs = 1").unwrap();
        writeln!(text, "l1 = {}", [0.0, 0.001][between(0, 1) as usize]).unwrap();
        writeln!(text, "label_smoothing = {}", [0.0, 0.1][between(0, 1) as usize]).unwrap();
        if between(0, 2) == 0 {
            writeln!(text, "class_weights = \"balanced\"").unwrap();
        }
        writeln!(text, "[training.optimizer]\nlearning_rate = 0.1").unwrap();
        let config = Config::parse(Path::new("drawn.toml"), &text, &[]).unwrap();

        let labels: Vec<u32> = (0..n_samples).map(|row| (row % n_classes) as u32).collect();
        let class_names = (0..n_classes).map(|class| class.to_string()).collect();
        let n = labels.len();
        let features = if image {
            // Few different values, so that pixels are equal.
            let levels = between(2, 256);
            let pixels = (0..n * shape.size()).map(|_| (between(0, levels - 1) * 255 / levels) as u8);
            Features::Images { pixels: pixels.collect(), shape }
        } else {
            let n_features = between(1, 12) as usize;
            let scale = 10f64.powi(between(-1, 2) as i32);
            let values = (0..n * n_features).map(|_| scale * random.standard_normal()).collect();
            Features::table(values, n_features)
        };
        let normalization = match (image, normalize) {
            (false, _) => Normalization::None,
            (true, "unit") => Normalization::Unit,
            (true, _) => Normalization::Standard,
        };
        let normalizer = Normalizer::fit(normalization, &features);
        Self { config, train: LabelledData { features, labels, class_names }, normalizer }
    }
}

impl Case {
    /// Layers of all kinds on images, in residual blocks of residual blocks too.
    fn draw_layers(seed: u32) -> Self {
        let mut random = RandomState::new(seed);
        let shape = ImageShape { channels: 3, height: 8, width: 6 };
        let n_classes = 3;
        let layers = draw_list(&mut random, Shape::Image(shape), 4, 2, n_classes);
        let text = format!(
            "name = \"drawn\"\nseed = {seed}\n[data]\nsource = \"image-folder\"\ndirectory = \"none\"\n\
             image_size = [8, 6]\n[model]\nkind = \"layers\"\n[[model.layers]]\nkind = \"linear\"\n\
             [model.init]\nscheme = \"pytorch\"\n[training]\nepochs = 1\nl1 = {}\nlabel_smoothing = {}\n\
             [training.optimizer]\nlearning_rate = 0.1\n",
            [0.0, 0.001][below(&mut random, 2)],
            [0.0, 0.1][below(&mut random, 2)],
        );
        let mut config = Config::parse(Path::new("drawn.toml"), &text, &[]).unwrap();
        config.model.kind = ModelKind::Layers(layers);
        let n = 6 + below(&mut random, 12);
        let labels: Vec<u32> = (0..n).map(|row| (row % n_classes) as u32).collect();
        let pixels = (0..n * shape.size()).map(|_| below(&mut random, 256) as u8).collect();
        let features = Features::Images { pixels, shape };
        let class_names = (0..n_classes).map(|class| class.to_string()).collect();
        let normalizer = Normalizer::fit(Normalization::Standard, &features);
        Self { config, train: LabelledData { features, labels, class_names }, normalizer }
    }
}

/// Layers that fit each other, the last one linear, with `depth` blocks inside each other at most.
fn draw_list(
    random: &mut RandomState,
    input: Shape,
    n_layers: usize,
    depth: usize,
    n_classes: usize,
) -> Vec<LayerDefinition> {
    let logits = LayerKind::Linear { n_outputs: None, bias: below(random, 2) == 0, scheme: None };
    let mut layers = Vec::new();
    while layers.len() < n_layers {
        layers.push(LayerDefinition { kind: draw_layer(random, depth), repeat: 1 + below(random, 4) / 3 });
        let whole: Vec<_> = layers.iter().cloned().chain([logits.clone().into()]).collect();
        if Architecture::new(input, &whole, n_classes, LayerNames::ByPosition).is_err() {
            layers.pop();
        }
    }
    layers.push(logits.into());
    layers
}

fn draw_layer(random: &mut RandomState, depth: usize) -> LayerKind {
    let flag = |random: &mut RandomState| below(random, 2) == 0;
    match below(random, if depth > 0 { 10 } else { 7 }) {
        0 => LayerKind::Convolution(draw_filters(random)),
        1 => LayerKind::BatchNorm(BatchNormOptions {
            momentum: 0.4,
            epsilon: [1e-5, 1e-2][below(random, 2)],
            scale: flag(random),
            shift: flag(random),
        }),
        2 => LayerKind::Activation(
            [
                Activation::Relu,
                Activation::LeakyRelu,
                Activation::Gelu,
                Activation::Tanh,
                Activation::Sigmoid,
            ][below(random, 5)],
        ),
        3 => LayerKind::Dropout(0.2),
        4 => LayerKind::MaxPool(draw_pool(random)),
        5 => LayerKind::AveragePool(draw_pool(random)),
        6 => LayerKind::Scale(0.5),
        _ => {
            let n_layers = 1 + below(random, 3);
            let layers = (0..n_layers).map(|_| draw_layer(random, depth - 1).into()).collect();
            let shortcut = if flag(random) { Shortcut::Identity } else { Shortcut::Projection };
            LayerKind::Residual { layers, shortcut }
        }
    }
}

fn draw_filters(random: &mut RandomState) -> Filters {
    let size = 1 + below(random, 4);
    let padding = [Padding::same(size), Padding::NONE, Padding::all_around(1)][below(random, 3)];
    let window = Window { size, stride: 1 + below(random, 3), padding };
    let init = [None, Some(FilterInit::Dirac)][below(random, 2)];
    Filters { n_filters: [3, 3, 2][below(random, 3)], window, bias: below(random, 2) == 0, init }
}

fn draw_pool(random: &mut RandomState) -> Window {
    let size = 2 + below(random, 2);
    Window { size, stride: 1 + below(random, size + 1), padding: Padding::NONE }
}

fn below(random: &mut RandomState, n: usize) -> usize {
    random.randint(0, n as i64).unwrap() as usize
}

/// Counts over all seeds.
#[derive(Debug, Default)]
struct Counts {
    failures: Vec<u32>,
    entries: usize,
    kinks: usize,
    bounded: usize,
    most_kinks: (f64, u32),
    /// Seeds with more than a tenth of the entries on a kink.
    many_kinks: Vec<u32>,
    faults: usize,
    /// Faults that change nothing, as behind units that are all inactive.
    without_effect: usize,
    missed: Vec<(u32, Vec<usize>)>,
    caught_by_differences: usize,
}

impl Counts {
    fn add(&mut self, seed: u32, case: Case) {
        let Case { config, train, normalizer } = case;
        let options = options(16, 12);
        let setting = Setting::new(&Trainer::new(&config), &train, &normalizer, options.samples).unwrap();
        let reference =
            Reference::compute(&Trainer::new(&config), &train, &normalizer, &setting, &options, &NoProgress)
                .unwrap();
        let report = reference.compare(&by_rule(GradientRule::Manual)).unwrap();
        if !report.passed {
            eprintln!("seed {seed}: {report:#?}\n{}", config.to_toml());
            self.failures.push(seed);
        }
        let sum = |of: fn(&ParameterReport) -> usize| report.parameters.iter().map(of).sum::<usize>();
        let kinks = sum(|parameter| parameter.kinks);
        let entries = kinks + sum(|parameter| parameter.difference.entries);
        self.entries += entries;
        self.kinks += kinks;
        self.bounded += sum(|parameter| parameter.bounded);
        let share = kinks as f64 / entries as f64;
        if share > 0.1 {
            self.many_kinks.push(seed);
        }
        if share > self.most_kinks.0 {
            self.most_kinks = (share, seed);
        }
        let right = setting.gradients(&by_rule(GradientRule::Manual));
        let architecture = config.architecture(&DataShape::of(&train)).unwrap();
        for place in places(architecture.layers(), &[]) {
            self.faults += 1;
            let rule = faulty(place.clone(), FACTOR);
            if !shows(&right, &setting.gradients(&rule)) {
                self.without_effect += 1;
                continue;
            }
            let report = reference.compare(&rule).unwrap();
            let by_differences =
                |parameter: &ParameterReport| parameter.difference.max_error > options.difference_tolerance;
            self.caught_by_differences += usize::from(report.parameters.iter().any(by_differences));
            if report.passed {
                self.missed.push((seed, place));
            }
        }
    }
}

fn shows(right: &gradients::HostGradients, wrong: &gradients::HostGradients) -> bool {
    let largest = gradients::largest(right.values().flat_map(|gradient| gradient.values.iter().copied()));
    right.iter().any(|(id, right)| {
        right.values.iter().zip(&wrong[id].values).any(|(right, wrong)| {
            right.abs() >= SMALLEST * largest
                && (right - wrong).abs() >= SHOWS * right.abs()
                && right != wrong
        })
    })
}

#[test]
fn right_derivatives_pass_and_wrong_ones_are_caught_over_many_seeds() {
    let n_seeds = std::env::var(SEEDS).map_or(N_SEEDS, |number| number.parse().unwrap());
    let mut counts = Counts::default();
    (0..n_seeds).for_each(|seed| counts.add(seed, Case::draw(seed)));
    eprintln!("{n_seeds} seeds: {counts:#?}");
    assert_eq!(counts.failures, [0; 0], "false failures");
    assert_eq!(counts.missed, [], "missed faults");
    assert!(counts.kinks * 10 < counts.entries, "{counts:?}");
}

#[test]
fn layers_of_all_kinds_pass_and_wrong_ones_are_caught_inside_blocks_of_blocks() {
    let n_seeds = std::env::var(SEEDS).map_or(N_LAYER_SEEDS, |number| number.parse().unwrap());
    let mut counts = Counts::default();
    (0..n_seeds).for_each(|seed| counts.add(seed, Case::draw_layers(seed)));
    eprintln!("{n_seeds} seeds: {counts:#?}");
    assert_eq!(counts.failures, [0; 0], "false failures");
    assert_eq!(counts.missed, [], "missed faults");
    assert!(counts.kinks * 10 < counts.entries, "{counts:?}");
}
