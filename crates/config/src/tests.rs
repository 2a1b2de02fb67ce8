//! Tests of the configuration as a whole.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::reference::entries;
use super::{Config, Location, ProblemKind, ScoreName, Select, WeightDecayOn, docs, renamed_keys, settings};
use emberlab_models::MetricName;
use std::path::Path;

const BASE: &str = r#"name = "base"
[data]
source = "synthetic"
validation_fraction = 0.2
[model]
kind = "linear"
[training]
epochs = 2
early_stopping = { patience = 3, minimum_change = 0.25 }
[training.optimizer]
learning_rate = 0.1
"#;

fn parse(text: &str, overrides: &[&str]) -> Result<Config, super::ConfigError> {
    let overrides: Vec<String> = overrides.iter().map(|&set| set.to_owned()).collect();
    Config::parse(Path::new("base.toml"), text, &overrides)
}

/// Settings that together give every key a value.
const EVERY_KIND: [&[&str]; 28] = [
    &[],
    &["data.weights=[0.3]", "data.shift=random", "data.scale=2.5", "data.n_samples=50", "data.test_size=10"],
    &["data.source=cifar10", "data.train_samples=5", "data.augment.translate=2", "evaluation.views=mirror"],
    &["data.source=cifar100", "data.labels=coarse", "data.directory=d"],
    &["data.source=fashion-mnist", "data.test_samples=5", "data.augment.translate=2"],
    &["data.source=image-folder", "data.directory=images", "data.test_folder=t", "data.image_size=8"],
    &["data.source=csv", "data.file=a.csv", "data.header=true", "data.comment=#", "data.ignore=[1, \"x\"]"],
    &["data.source=parquet", "data.file=a.parquet", "data.missing=mean", "data.missing_values=[-999]"],
    &["data.source=csv", "data.train_file=a.csv", "data.test_file=b.csv", "data.delimiter=tab"],
    &[
        "data.source=numpy",
        "data.file=a.npz",
        "data.image_shape=[3, 8, 3]",
        "data.channels=first",
        "data.test_size=10",
    ],
    &[
        "data.source=numpy",
        "data.file=arrays",
        "data.train_inputs=a",
        "data.train_labels=b",
        "data.validation_inputs=c",
        "data.validation_labels=d",
        "data.test_inputs=e",
        "data.test_labels=f",
    ],
    &["data.source=cifar10", "model.kind=cnn", "model.kernel_size=5", "model.pool=average"],
    &["data.source=cifar10", "model.kind=cnn", "model.init.from=w.safetensors"],
    &[
        "data.source=cifar10",
        "data.augment={ mirror = \"alternating\", translate = 2, border = \"reflect\", cutout = 8 }",
    ],
    &["model.init.from=w.safetensors", "model.init.partial=true", "model.init.scheme=pytorch"],
    &["model.kind=mlp", "model.dropout=0.5", "model.init.scheme=kaiming-uniform", "device.threads=2"],
    &["training.optimizer.kind=adamw", "training.optimizer.clip_norm=1", "training.batch_size=8"],
    &[
        "training.optimizer.kind=rmsprop",
        "training.optimizer.momentum=0.5",
        "training.class_weights=balanced",
    ],
    &["training.optimizer.kind=muon", "training.schedule.step.every=3", "training.schedule.warmup.updates=2"],
    &["training.schedule.one_cycle.shape=linear", "training.schedule.one_cycle.warmup=0.2"],
    &["training.schedule.warmup.share=0.1", "training.schedule.cosine.share=0.5"],
    &["data.folds=5", "data.fold=2", "training.schedule.growth={ start = 1e-6, end = 10.0, updates = 20 }"],
    &["training.schedule.kind=product", "training.schedule.linear={}", "training.schedule.step.every=3"],
    &["training.ema.decay=0.9", "training.ema.every=2"],
    &["training.optimizer.weight_decay=0.1", "training.optimizer.weight_decay_on=weights"],
    &[
        "training.optimizer.kind=muon",
        "training.optimizer.normalize_weights=true",
        "training.optimizer.newton_schulz_steps=3",
    ],
    &["metrics.names=[]", "training.select=accuracy", "training.early_stopping.metric=top-5 accuracy"],
    &["training.optimizer.kind=adagrad", "device.remote=[\"ws://a:1\"]", "training.log_every=1"],
];

#[test]
fn a_configuration_that_is_written_reads_back_equal() {
    for overrides in EVERY_KIND {
        let written = parse(BASE, overrides).unwrap().to_toml();
        assert_eq!(parse(&written, &[]).unwrap().to_toml(), written);
    }
}

#[test]
fn groups_of_parameters_read_back_equal_and_take_what_they_do_not_set_from_the_rest() {
    let groups = r#"
momentum = 0.9
weight_decay = 0.1
weight_decay_on = "weights"
clip_value = 1.0
[[training.optimizer.groups]]
layers = ["convolution", "linear"]
tensors = "weight"
kind = "muon"
nesterov = false
learning_rate = 0.2
[[training.optimizer.groups]]
names = ["norms.*", "layers.0.bias"]
frozen = true
[[training.optimizer.groups]]
tensors = "bias"
weight_decay = 0.3
epochs = 1
"#;
    let config = parse(&format!("{}{groups}", BASE.trim_end()), &[]).unwrap();
    let written = config.to_toml();
    let read = parse(&written, &[]).unwrap();
    assert_eq!(read.to_toml(), written);
    let optimizer = read.training.optimizer;
    assert_eq!(optimizer, config.training.optimizer);
    let [filters, frozen, biases] = optimizer.groups.as_slice() else { panic!("{written}") };
    let filters = filters.optimizer(&optimizer).unwrap();
    assert_eq!((filters.learning_rate, filters.weight_decay), (0.2, 0.01));
    assert_eq!((filters.weight_decay_on, filters.clip), (optimizer.weight_decay_on, optimizer.clip));
    assert_eq!(frozen.optimizer(&optimizer), None);
    let epochs = biases.epochs;
    let biases = biases.optimizer(&optimizer).unwrap();
    assert_eq!((&biases.kind, biases.learning_rate, epochs), (&optimizer.kind, 0.1, Some(1)));
    assert_eq!((biases.weight_decay, biases.weight_decay_on), (0.3, WeightDecayOn::All));
}

#[test]
fn a_former_name_is_accepted_with_a_note_and_written_by_the_present_one() {
    let config = parse(BASE, &[]).unwrap();
    assert_eq!(config.training.early_stopping.unwrap().min_delta, 0.25);
    assert_eq!(
        config.warnings(10, None),
        ["`training.early_stopping.minimum_change` is now called `min_delta`"]
    );
    let shown = config.to_toml_with_origins();
    let line = shown.lines().find(|line| line.starts_with("min_delta = 0.25")).unwrap();
    assert!(line.ends_with("# base.toml:9"), "{line}");
    let path = |name| format!("training.early_stopping.{name}");
    let early_stopping = (path("minimum_change"), path("min_delta"));
    let augment = |name| format!("data.augment.{name}");
    let mirror = (augment("horizontal_flip"), augment("mirror"));
    let translate = (augment("random_crop"), augment("translate"));
    assert_eq!(renamed_keys().unwrap(), [early_stopping, mirror, translate]);
}

#[test]
fn the_former_keys_of_augmentation_mean_the_same_as_the_present_ones() {
    for (former, present, note) in [
        (
            "{ horizontal_flip = true, random_crop = 2 }",
            "{ mirror = \"random\", translate = 2 }",
            "`data.augment.horizontal_flip` is now called `mirror`, and this value `\"random\"`",
        ),
        (
            "{ random_crop = 3, horizontal_flip = false, seed = 7 }",
            "{ translate = 3, seed = 7 }",
            "`data.augment.horizontal_flip` is now called `mirror`, and this value `\"none\"`",
        ),
    ] {
        let augment =
            |table: &str| parse(BASE, &["data.source=cifar10", &format!("data.augment={table}")]).unwrap();
        assert_eq!(augment(former).to_toml(), augment(present).to_toml());
        let renamed = "`data.augment.random_crop` is now called `translate`";
        assert_eq!(augment(former).warnings(10, None)[..2], [note, renamed]);
        let resolved = |table: &str| {
            let text = format!(
                "name = \"a\"\n[data]\nsource = \"cifar10\"\naugment = {table}\n[model]\nkind = \"linear\"\n[training]\nepochs = 1\n[training.optimizer]\nlearning_rate = 1.0\n"
            );
            settings::resolve(Path::new("config.toml"), &text).unwrap()
        };
        assert_eq!(resolved(former), resolved(present));
    }
    let error = parse(BASE, &["data.source=cifar10", "data.augment.horizontal_flip=random"]).unwrap_err();
    let wanted = "`data.augment.horizontal_flip` is \"random\", must be true or false";
    assert!(error.to_string().ends_with(wanted), "{error}");
}

#[test]
fn a_seed_of_a_table_has_no_effect_and_is_not_written() {
    let table = ["data.source=csv", "data.file=a.csv"];
    let with_seed = parse(BASE, &[&table[..], &["data.seed=7"]].concat()).unwrap();
    assert_eq!(with_seed.to_toml(), parse(BASE, &table).unwrap().to_toml());
    assert_eq!(
        with_seed.warnings(10, None)[0],
        "`data.seed` has no effect: the samples of a table are not drawn"
    );
}

#[test]
fn an_origin_with_a_line_break_stays_in_its_comment() {
    let overrides = ["data.source=csv", "data.file=a.csv", "data.ignore=[\"a\",\n\"b\"]"].map(str::to_owned);
    let shown = Config::parse(Path::new("a\nb.toml"), BASE, &overrides).unwrap().to_toml_with_origins();
    let comment =
        |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap().split_once("  # ").unwrap().1;
    assert_eq!(comment("ignore = "), "--set data.ignore=[\"a\",\\n\"b\"]");
    assert_eq!(comment("name = "), "a\\nb.toml:1");
    let read = parse(&shown, &[]).unwrap();
    assert_eq!(read.to_toml(), Config::parse(Path::new("base.toml"), BASE, &overrides).unwrap().to_toml());
}

#[test]
fn a_problem_tells_its_key_value_and_place() {
    let error = parse(BASE, &["training.epochs=0"]).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(problem.location, Location::Argument("training.epochs=0".into()));
    let ProblemKind::InvalidValue { key, value, .. } = &problem.kind else { panic!("{error}") };
    assert_eq!((key.as_str(), value.as_str()), ("training.epochs", "0"));
    let error = parse(BASE, &["training.epoch=1"]).unwrap_err();
    let kind = &error.problems()[0].kind;
    assert!(matches!(kind, ProblemKind::UnknownKey { nearest: Some("epochs"), .. }), "{kind:?}");
}

#[test]
fn every_key_is_described_and_stands_on_the_page() {
    let page = docs().unwrap();
    for entry in entries().unwrap() {
        let path = &entry.declaration.path;
        assert!(!entry.declaration.about.is_empty() && !entry.declaration.default.is_empty(), "{path}");
        assert!(page.contains(&format!("\n| `{}`", entry.name())), "{path}");
    }
}

#[test]
fn metrics_that_epochs_are_compared_by_are_computed_too() {
    let names = |overrides: &[&str]| parse(BASE, overrides).unwrap().metric_names();
    let [top_5, mean_per_class] = [MetricName::TopFiveAccuracy, MetricName::MeanPerClassAccuracy];
    assert_eq!(names(&[]), [MetricName::Accuracy]);
    assert_eq!(names(&["metrics.names=[]"]), []);
    assert_eq!(names(&["metrics.names=[\"top-5 accuracy\"]"]), [top_5]);
    let select = "training.select=mean per-class accuracy";
    assert_eq!(names(&[select]), [MetricName::Accuracy, mean_per_class]);
    let stop = "training.early_stopping.metric=top-5 accuracy";
    assert_eq!(names(&[select, stop]), [MetricName::Accuracy, mean_per_class, top_5]);
    let config = parse(BASE, &[select]).unwrap();
    assert_eq!(config.training.select, Select::Best(ScoreName::Metric(mean_per_class)));
    // Early stopping goes by the same number unless it names another.
    assert_eq!(config.training.early_stopping.unwrap().metric, ScoreName::Metric(mean_per_class));
    let error = parse(BASE, &["metrics.names=[\"accuracy\", \"accuracy\"]"]).unwrap_err().to_string();
    assert!(error.ends_with("`metrics.names` has \"accuracy\" twice"), "{error}");
}

const LAYERS: &str = r#"
name = "layers"
data = { source = "cifar10", directory = "data" }
training = { epochs = 1, optimizer = { learning_rate = 0.1 } }
[model]
kind = "layers"
[[model.layers]]
kind = "convolution"
filters = 8
bias = false
init = "dirac"
[[model.layers]]
kind = "residual"
repeat = 2
shortcut = "projection"
layers = [
    { kind = "convolution", filters = 8, stride = 2 },
    { kind = "residual", layers = [{ kind = "batch-norm", scale = false }, { kind = "scale", factor = 0.5 }] },
]
[[model.layers]]
kind = "max-pool"
size = 3
[[model.layers]]
kind = "linear"
init = "normal"
std = 1.0
"#;

#[test]
fn layers_are_written_as_they_are_read() {
    let config = parse(LAYERS, &[]).unwrap();
    let text = config.to_toml();
    let again = parse(&text, &[]).unwrap();
    assert_eq!(again.model.kind, config.model.kind, "{text}");
    assert_eq!(again.to_toml(), text);
    let set = parse(LAYERS, &["model.layers.1.layers.0.filters=4"]).unwrap();
    assert!(set.to_toml().contains("[[model.layers.layers]]\nkind = \"convolution\"\nfilters = 4\n"));
    let origins = config.to_toml_with_origins();
    let comment = |key: &str| {
        let line = origins.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_once("# ").unwrap().1.to_owned()
    };
    assert_eq!(
        (comment("factor = "), comment("std = 1.0")),
        ("base.toml:18".to_owned(), "base.toml:26".to_owned())
    );
}

#[test]
fn a_layer_that_does_not_fit_is_named_by_its_place() {
    let said = |overrides: &[&str]| parse(LAYERS, overrides).unwrap_err().to_string();
    assert_eq!(
        said(&["model.layers.2.size=9"]),
        "base.toml:20:1: `model.layers.2` looks at 9 × 9 pixels, but receives images of 8 × 8 × 8; make it smaller, or \
         keep larger images by fewer pools and strides before it"
    );
    assert_eq!(
        said(&["model.layers.1.layers.1.layers.0={ kind = \"convolution\", filters = 2 }"]),
        "base.toml:18:5: `model.layers.1.layers.1` adds its input, 8 × 16 × 16, to the output of its layers, 2 × 16 × 16: both \
         must have one shape; `shortcut = \"projection\"` changes channels, and height and width by the stride of the layers"
    );
    assert_eq!(
        said(&["model.layers.3.outputs=7"]),
        "base.toml:23:1: `model.layers.3` is the last layer and gives 7 numbers, must give 10: one logit for each class, \
         as a last layer `linear` without `outputs` does"
    );
    assert_eq!(
        said(&["model.layers.9.outputs=7"]),
        "--set model.layers.9.outputs=7: `model.layers` is a list of 4; `9` is none of its items, counted from 0"
    );
}
