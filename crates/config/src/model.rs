//! `[model]`: what is trained, and by which gradient rule.

use super::resolved::Resolved;
use super::rule::{count, flag, list, number, seed, text, word};
use super::section::Section;
use super::source::DataShape;
use emberlab_data::ImageShape;
use emberlab_models::{Activation, Architecture, ConvolutionBlocks, GradientRule, Output, Scheme};
use std::path::PathBuf;

/// The deviation of the lab's initial weights.
const DEFAULT_STD: f64 = 0.01;
/// The units of the lab's hidden layer.
const DEFAULT_HIDDEN: [usize; 1] = [64];
/// The filters of each block of a CNN.
const DEFAULT_CHANNELS: [usize; 2] = [16, 32];
/// The largest network that is made: 2²⁸ weights, a gigabyte.
const MAX_PARAMETERS: usize = 1 << 28;

/// The classifier.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `kind` | required | `linear`, `mlp` or `cnn` | |
/// | `channels` | `[16, 32]` | filters of each block, for `cnn` | at least one, each from 1 |
/// | `kernel_size` | 3 | height and width of the filters, for `cnn` | odd, 1 to 15 |
/// | `hidden` | `[64]`; none for `cnn` | units of each hidden layer | each from 1 |
/// | `activation` | `relu` | after each block and hidden layer | `relu`, `leaky-relu`, `tanh`, `sigmoid`, `gelu` |
/// | `batch_norm` | false | normalises each block and hidden layer; hidden layers need batches of two samples or more | |
/// | `dropout` | 0 | share of hidden units left out while training | 0 to below 1 |
/// | `dropout_seed` | top-level `seed` | of that choice | 0 to 2³²−1 |
/// | `output` | `softmax` | probabilities and loss | `softmax`; `sigmoid` for two classes |
/// | `gradient` | `autodiff` | where gradients come from | `autodiff`, `manual` |
/// | `init.scheme` | `normal` | how weights are drawn | see [`Scheme`] |
/// | `init.std` | 0.01 | standard deviation, for the normal schemes | above 0 |
/// | `init.seed` | top-level `seed` | of the draw of weights | 0 to 2³²−1 |
/// | `init.from` | none | a safetensors file with the weights, in place of a draw | a file's path |
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// The layers.
    pub kind: ModelKind,
    /// What makes probabilities of logits.
    pub output: Output,
    /// Where the gradients come from.
    pub gradient: GradientRule,
    /// How the weights are made.
    pub init: Init,
    /// The seed of their draw.
    pub init_seed: u32,
    /// The seed of dropout.
    pub dropout_seed: u32,
}

/// The layers of a model.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelKind {
    /// One linear layer.
    Linear,
    /// Linear layers with activations between them.
    Mlp(Hidden),
    /// Convolution blocks, then linear layers.
    Cnn {
        /// Filters of each block.
        channels: Vec<usize>,
        /// Height and width of the filters.
        kernel_size: usize,
        /// The layers after the blocks; activation and batch norm are those of the blocks too.
        hidden: Hidden,
    },
}

/// What lies between input and logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Units of each hidden layer.
    pub units: Vec<usize>,
    /// The function after each.
    pub activation: Activation,
    /// Whether each is normalised by batch.
    pub batch_norm: bool,
    /// Share of units left out while training.
    pub dropout: f64,
}

/// Where initial weights come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Init {
    /// They are drawn.
    Draw(Scheme),
    /// They are read from a safetensors file.
    From(PathBuf),
}

/// The word for each kind.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Linear,
    Mlp,
    Cnn,
}

/// The word for each scheme.
#[derive(Clone, Copy, PartialEq)]
enum SchemeWord {
    AugmentedNormal,
    Normal,
    KaimingUniform,
    XavierUniform,
}

const ACTIVATIONS: [(&str, Activation); 5] = [
    ("relu", Activation::Relu),
    ("leaky-relu", Activation::LeakyRelu),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
    ("gelu", Activation::Gelu),
];

impl ModelConfig {
    /// The layers for data of a shape.
    pub fn architecture(&self, shape: &DataShape) -> Architecture {
        let DataShape { n_features, image, n_classes } = *shape;
        let mut architecture = Architecture::linear(n_features, self.output.n_outputs(n_classes));
        let hidden = match &self.kind {
            ModelKind::Linear => return architecture,
            ModelKind::Mlp(hidden) => hidden,
            ModelKind::Cnn { channels, kernel_size, hidden } => {
                architecture.convolution = image.map(|image| ConvolutionBlocks {
                    image,
                    channels: channels.clone(),
                    kernel_size: *kernel_size,
                });
                hidden
            }
        };
        architecture.hidden.clone_from(&hidden.units);
        architecture.activation = hidden.activation;
        architecture.batch_norm = hidden.batch_norm;
        architecture.dropout = hidden.dropout;
        architecture
    }

    /// The samples that a batch must have to be trained on: batch norm takes mean and variance of a hidden
    /// layer's units over the samples of a batch, and there is no variance of one. Of images it has as many
    /// values as pixels.
    pub fn least_batch(&self) -> usize {
        match &self.kind {
            ModelKind::Linear => 1,
            ModelKind::Mlp(hidden) | ModelKind::Cnn { hidden, .. } => {
                if hidden.batch_norm && !hidden.units.is_empty() { 2 } else { 1 }
            }
        }
    }

    pub(super) fn read(section: &mut Section<'_>, default_seed: u32) -> Option<Self> {
        let kinds = [("linear", Kind::Linear), ("mlp", Kind::Mlp), ("cnn", Kind::Cnn)];
        let kind = section.required("kind", word(&kinds));
        let channels = section.value("channels", list(count(1), 1), DEFAULT_CHANNELS.to_vec());
        let kernel_size = read_kernel_size(section);
        let hidden = read_hidden(section, kind);
        let dropout_seed = section.value("dropout_seed", seed(), default_seed);
        let output = word(&[("softmax", Output::Softmax), ("sigmoid", Output::Sigmoid)]);
        let output = section.value("output", output, Output::Softmax);
        let rule = [("autodiff", GradientRule::Autodiff), ("manual", GradientRule::Manual)];
        let gradient = section.value("gradient", word(&rule), GradientRule::Autodiff);
        let (init, init_seed) = read_init(section.table("init"), default_seed);
        let kind = match kind? {
            Kind::Linear => {
                let keys = ["hidden", "activation", "batch_norm", "dropout", "dropout_seed"];
                refuse(section, &keys, "`kind` = \"linear\", which has no hidden layer");
                refuse(section, &["channels", "kernel_size"], "`kind` = \"linear\", which has no filters");
                ModelKind::Linear
            }
            Kind::Mlp => {
                refuse(section, &["channels", "kernel_size"], "`kind` = \"mlp\", which has no filters");
                ModelKind::Mlp(hidden)
            }
            Kind::Cnn => ModelKind::Cnn { channels, kernel_size, hidden },
        };
        Some(Self { kind, output, gradient, init, init_seed, dropout_seed })
    }

    /// Reports what does not fit the data.
    pub(super) fn check(&self, section: &Section<'_>, shape: &DataShape) {
        let n_classes = shape.n_classes;
        if self.output == Output::Sigmoid && n_classes != 2 {
            let reason =
                format!("is \"sigmoid\", must be \"softmax\": the data has {n_classes} classes, not two");
            section.problem("output", reason);
        }
        if let ModelKind::Cnn { channels, .. } = &self.kind {
            check_image(section, channels.len(), shape.image);
        }
        let n_parameters = self.architecture(shape).n_parameters();
        if n_parameters > MAX_PARAMETERS {
            let key = if section.has("hidden") { "hidden" } else { "kind" };
            let reason =
                format!("makes a network of {n_parameters} weights, must make at most {MAX_PARAMETERS}");
            section.problem(key, reason);
        }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("model");
        match &self.kind {
            ModelKind::Linear => out.entry("kind", "linear"),
            ModelKind::Mlp(hidden) => {
                out.entry("kind", "mlp");
                self.write_hidden(hidden, out);
            }
            ModelKind::Cnn { channels, kernel_size, hidden } => {
                out.entry("kind", "cnn");
                out.counts("channels", channels);
                out.count("kernel_size", *kernel_size);
                self.write_hidden(hidden, out);
            }
        }
        let output = match self.output {
            Output::Softmax => "softmax",
            Output::Sigmoid => "sigmoid",
        };
        out.entry("output", output);
        let gradient = match self.gradient {
            GradientRule::Autodiff => "autodiff",
            GradientRule::Manual => "manual",
        };
        out.entry("gradient", gradient);
        out.table("model.init");
        match &self.init {
            Init::Draw(scheme) => {
                let (scheme, std) = written_scheme(*scheme);
                out.entry("scheme", scheme);
                out.optional("std", std);
                out.entry("seed", self.init_seed);
            }
            Init::From(path) => out.entry("from", path.to_string_lossy().as_ref()),
        }
    }

    fn write_hidden(&self, hidden: &Hidden, out: &mut Resolved<'_>) {
        out.counts("hidden", &hidden.units);
        let activation = ACTIVATIONS.iter().find(|(_, activation)| *activation == hidden.activation);
        out.optional("activation", activation.map(|(word, _)| *word));
        out.entry("batch_norm", hidden.batch_norm);
        out.entry("dropout", hidden.dropout);
        out.entry("dropout_seed", self.dropout_seed);
    }
}

fn refuse(section: &Section<'_>, keys: &[&str], meaningless: &str) {
    for key in keys.iter().filter(|key| section.has(key)) {
        section.problem(key, format!("has no meaning for {meaningless}"));
    }
}

fn check_image(section: &Section<'_>, n_blocks: usize, image: Option<ImageShape>) {
    let Some(image) = image else {
        section.problem("kind", "is \"cnn\", must be \"linear\" or \"mlp\": the data is no images");
        return;
    };
    let side = image.height.min(image.width);
    let halvings = side.trailing_zeros().min(image.height.max(image.width).trailing_zeros()) as usize;
    if n_blocks > halvings {
        let (height, width) = (image.height, image.width);
        let reason = format!(
            "has {n_blocks} blocks, must have at most {halvings}: each halves the images, of {height} × {width} pixels"
        );
        section.problem("channels", reason);
    }
}

fn read_kernel_size(section: &mut Section<'_>) -> usize {
    const DEFAULT: f64 = 3.0;
    let odd = |size: f64| size % 2.0 == 1.0 && (1.0..=15.0).contains(&size);
    section.value("kernel_size", number("an odd number from 1 to 15", odd), DEFAULT) as usize
}

fn read_hidden(section: &mut Section<'_>, kind: Option<Kind>) -> Hidden {
    let (least, default) = match kind {
        Some(Kind::Cnn) => (0, Vec::new()),
        _ => (1, DEFAULT_HIDDEN.to_vec()),
    };
    let share = number("a number from 0 to below 1", |share| (0.0..1.0).contains(&share));
    Hidden {
        units: section.value("hidden", list(count(1), least), default),
        activation: section.value("activation", word(&ACTIVATIONS), Activation::Relu),
        batch_norm: section.value("batch_norm", flag(), false),
        dropout: section.value("dropout", share, 0.0),
    }
}

fn read_init(mut section: Section<'_>, default_seed: u32) -> (Init, u32) {
    let schemes = [
        ("augmented-normal", SchemeWord::AugmentedNormal),
        ("normal", SchemeWord::Normal),
        ("kaiming-uniform", SchemeWord::KaimingUniform),
        ("xavier-uniform", SchemeWord::XavierUniform),
    ];
    let scheme = section.value("scheme", word(&schemes), SchemeWord::Normal);
    let positive = number("a number above 0", |std| std > 0.0);
    let std = section.value("std", positive, DEFAULT_STD);
    let seed = section.value("seed", seed(), default_seed);
    let from = section
        .optional("from", text("a file's path", |path| !path.is_empty() && !path.contains(char::is_control)));
    let uniform = matches!(scheme, SchemeWord::KaimingUniform | SchemeWord::XavierUniform);
    if from.is_some() {
        refuse(&section, &["scheme", "std", "seed"], "weights that are read `from` a file");
    } else if uniform {
        let meaningless = "this `scheme`, whose bound follows from the layer's size";
        refuse(&section, &["std"], meaningless);
    }
    section.finish();
    let scheme = match scheme {
        SchemeWord::AugmentedNormal => Scheme::AugmentedNormal { std },
        SchemeWord::Normal => Scheme::Normal { std },
        SchemeWord::KaimingUniform => Scheme::KaimingUniform,
        SchemeWord::XavierUniform => Scheme::XavierUniform,
    };
    let init = from.map_or(Init::Draw(scheme), |path| Init::From(path.into()));
    (init, seed)
}

fn written_scheme(scheme: Scheme) -> (&'static str, Option<f64>) {
    match scheme {
        Scheme::AugmentedNormal { std } => ("augmented-normal", Some(std)),
        Scheme::Normal { std } => ("normal", Some(std)),
        Scheme::KaimingUniform => ("kaiming-uniform", None),
        Scheme::XavierUniform => ("xavier-uniform", None),
    }
}
