//! `[model]`: the classifier and where its gradients come from.

use super::hidden::Hidden;
use super::init::Init;
use super::key::key;
use super::layers;
use super::rule::{count, flag, list, number, seed, word};
use super::section::Section;
use super::shape::DataShape;
use emberlab_data::ImageShape;
use emberlab_models::{
    Architecture, ArchitectureError, Blocks, ConvolutionBlocks, GradientRule, LayerDefinition, LayerNames,
    Output, Pool, Reason, Shape,
};

/// The filters of each block of a CNN.
const DEFAULT_CHANNELS: [usize; 2] = [16, 32];
/// The height and width of a CNN's filters.
const DEFAULT_KERNEL_SIZE: usize = 3;
/// The largest number of weights: 2²⁸, a gigabyte.
const MAX_PARAMETERS: usize = 1 << 28;

/// The classifier.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// The layers.
    pub kind: ModelKind,
    /// Turns logits into probabilities.
    pub output: Output,
    /// Where the gradients come from.
    pub gradient: GradientRule,
    /// The initial weights.
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
        /// The pooling that ends each block.
        pool: Pool,
        /// Whether the mean of each channel, and not every pixel, goes to the linear layers.
        global_average_pool: bool,
        /// The layers after the blocks; activation and batch norm are those of the blocks too.
        hidden: Hidden,
    },
    /// Any layers.
    Layers(Vec<LayerDefinition>),
    /// A network that a program builds.
    Custom,
}

/// The word for each kind.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Linear,
    Mlp,
    Cnn,
    Layers,
    Custom,
}

pub(super) const KINDS: [(&str, Kind); 5] = [
    ("linear", Kind::Linear),
    ("mlp", Kind::Mlp),
    ("cnn", Kind::Cnn),
    ("layers", Kind::Layers),
    ("custom", Kind::Custom),
];

const POOLS: [(&str, Pool); 2] = [("max", Pool::Max), ("average", Pool::Average)];

const OUTPUTS: [(&str, Output); 2] = [("softmax", Output::Softmax), ("sigmoid", Output::Sigmoid)];

const GRADIENTS: [(&str, GradientRule); 2] =
    [("autodiff", GradientRule::Autodiff), ("manual", GradientRule::Manual)];

impl ModelConfig {
    /// The layers for data of a shape.
    ///
    /// # Errors
    ///
    /// [`ArchitectureError`] for the first layer that does not fit.
    pub fn architecture(&self, shape: &DataShape) -> Result<Architecture, ArchitectureError> {
        let DataShape { n_features, image, n_classes } = *shape;
        let input = image.map_or(Shape::Features(n_features), Shape::Image);
        let n_logits = self.output.n_outputs(n_classes);
        match &self.kind {
            ModelKind::Layers(layers) => Architecture::new(input, layers, n_logits, LayerNames::ByPosition),
            ModelKind::Custom => Err(ArchitectureError { place: Vec::new(), reason: Reason::Custom }),
            ModelKind::Linear => Architecture::of_blocks(input, &Blocks::default(), n_logits),
            ModelKind::Mlp(hidden) => Architecture::of_blocks(input, &hidden.after(None), n_logits),
            ModelKind::Cnn { channels, kernel_size, pool, global_average_pool, hidden } => {
                let blocks = ConvolutionBlocks {
                    channels: channels.clone(),
                    kernel_size: *kernel_size,
                    pool: *pool,
                    global_average_pool: *global_average_pool,
                };
                Architecture::of_blocks(input, &hidden.after(Some(blocks)), n_logits)
            }
        }
    }

    /// The smallest number of samples in a batch. Batch norm of rows takes a variance over the samples of a batch, which needs
    /// two; of images it takes it over the pixels too. Of `layers` it is known once the shape of the data is.
    pub fn least_batch(&self, shape: Option<&DataShape>) -> usize {
        let needs_two = match &self.kind {
            ModelKind::Linear | ModelKind::Custom => false,
            ModelKind::Mlp(hidden) | ModelKind::Cnn { hidden, .. } => {
                hidden.batch_norm && !hidden.units.is_empty()
            }
            ModelKind::Layers(_) => shape.is_some_and(|shape| {
                self.architecture(shape).is_ok_and(|architecture| architecture.normalizes_samples())
            }),
        };
        if needs_two { 2 } else { 1 }
    }

    /// The batch norm that [`least_batch`](Self::least_batch) is of, as the key that has it and in words.
    pub(super) fn norm(&self) -> (&'static str, &'static str) {
        match &self.kind {
            ModelKind::Layers(_) => ("model.layers", "the batch norm of rows in `model.layers`"),
            ModelKind::Linear | ModelKind::Mlp(_) | ModelKind::Cnn { .. } | ModelKind::Custom => {
                ("model.batch_norm", "`model.batch_norm`")
            }
        }
    }

    pub(super) fn keys(section: &mut Section<'_>, written: Option<&Self>, default_seed: u32) -> Option<Self> {
        let set = written.map(|model| &model.kind);
        let kind = section.required(key("kind", word(&KINDS), "the layers"), set.map(ModelKind::word));
        let (channels, kernel_size, pool) = convolution_keys(section, set);
        let set_hidden = set.and_then(ModelKind::hidden);
        let global_average_pool = global_average_pool_key(section, set);
        let hidden = Hidden::keys(section, set_hidden, kind == Some(Kind::Cnn));
        let dropout_seed =
            key("dropout_seed", seed(), "seed of that choice").default_text("top-level `seed`");
        let set_seed =
            written.filter(|model| model.kind != ModelKind::Linear).map(|model| model.dropout_seed);
        let dropout_seed = section.value(dropout_seed, default_seed, set_seed);
        let about =
            "what turns logits into probabilities, and with it the loss; `sigmoid` is for two classes";
        let output = key("output", word(&OUTPUTS), about);
        let output = section.value(output, Output::Softmax, written.map(|model| model.output));
        let about = "where gradients come from: automatic differentiation, or derivatives written by hand";
        let gradient = key("gradient", word(&GRADIENTS), about);
        let gradient = section.value(gradient, GradientRule::Autodiff, written.map(|model| model.gradient));
        let set_init = written.map(|model| (&model.init, model.init_seed));
        let (init, init_seed) = Init::keys(section.table("init"), set_init, default_seed);
        let set_layers = match set {
            Some(ModelKind::Layers(layers)) => Some(layers.as_slice()),
            _ => None,
        };
        let about = "the layers from the input on, for `layers`; see `[[model.layers]]`";
        let layers = section.tables("layers", about, set_layers, layers::keys);
        if let Some((word, _)) =
            KINDS.iter().find(|(_, other)| kind == Some(*other) && *other != Kind::Layers)
        {
            let what =
                format!("`kind` = \"{word}\", whose layers follow from other keys; set `kind = \"layers\"`");
            section.refuse(&["layers"], &what);
        }
        let kind = match kind? {
            Kind::Linear => {
                let keys = ["hidden", "activation", "batch_norm", "dropout", "dropout_seed"];
                section.refuse(&keys, "`kind` = \"linear\", which has no hidden layer");
                section.refuse(&CONVOLUTION_KEYS, "`kind` = \"linear\", which has no filters");
                ModelKind::Linear
            }
            Kind::Mlp => {
                section.refuse(&CONVOLUTION_KEYS, "`kind` = \"mlp\", which has no filters");
                ModelKind::Mlp(hidden)
            }
            Kind::Cnn => ModelKind::Cnn { channels, kernel_size, pool, global_average_pool, hidden },
            Kind::Layers => {
                let what = "`kind` = \"layers\", which has its layers in `[[model.layers]]`";
                section.refuse(&["hidden", "activation", "batch_norm", "dropout"], what);
                section.refuse(&CONVOLUTION_KEYS, what);
                if layers.is_empty() && section.is_read("layers", 0) {
                    section.problem(
                        "layers",
                        "has no layers, must have one or more, each under `[[model.layers]]`",
                    );
                }
                // Without a layer that could not be read, the others would be said not to fit.
                if layers.is_empty() || !section.is_read("layers", layers.len()) {
                    return None;
                }
                ModelKind::Layers(layers)
            }
            Kind::Custom => {
                let what = "`kind` = \"custom\", whose layers a program builds";
                section.refuse(&["hidden", "activation", "batch_norm", "dropout"], what);
                section.refuse(&CONVOLUTION_KEYS, what);
                if !matches!(init, Init::Draw(_)) {
                    let reason = "reads weights `from` a file, which has no meaning with `kind` = \"custom\"";
                    section.problem("init", reason);
                }
                ModelKind::Custom
            }
        };
        Some(Self { kind, output, gradient, init, init_seed, dropout_seed })
    }

    /// Reports keys that do not fit the data.
    pub(super) fn check(&self, section: &Section<'_>, shape: &DataShape) {
        let n_classes = shape.n_classes;
        if self.output == Output::Sigmoid && n_classes != 2 {
            let reason =
                format!("is \"sigmoid\", must be \"softmax\": the data has {n_classes} classes, not two");
            section.problem("output", reason);
        }
        if self.kind == ModelKind::Custom {
            return;
        }
        if let ModelKind::Cnn { channels, .. } = &self.kind
            && !fits_image(section, channels.len(), shape.image)
        {
            return;
        }
        let n_parameters = match self.architecture(shape) {
            Ok(architecture) => architecture.n_parameters(),
            Err(error) => return section.problem(&place(&error.place), error.reason.to_string()),
        };
        if n_parameters > MAX_PARAMETERS {
            let key = ["hidden", "layers"].into_iter().find(|key| section.has(key)).unwrap_or("kind");
            let reason =
                format!("makes a network of {n_parameters} weights, must make at most {MAX_PARAMETERS}");
            section.problem(key, reason);
        }
    }
}

impl ModelKind {
    fn word(&self) -> Kind {
        match self {
            Self::Linear => Kind::Linear,
            Self::Mlp(_) => Kind::Mlp,
            Self::Cnn { .. } => Kind::Cnn,
            Self::Layers(_) => Kind::Layers,
            Self::Custom => Kind::Custom,
        }
    }

    fn hidden(&self) -> Option<&Hidden> {
        match self {
            Self::Linear | Self::Layers(_) | Self::Custom => None,
            Self::Mlp(hidden) | Self::Cnn { hidden, .. } => Some(hidden),
        }
    }
}

/// The keys that only a CNN has.
const CONVOLUTION_KEYS: [&str; 4] = ["channels", "kernel_size", "pool", "global_average_pool"];

/// The filters of each block, their size, and the pooling.
fn convolution_keys(section: &mut Section<'_>, written: Option<&ModelKind>) -> (Vec<usize>, usize, Pool) {
    let (set_channels, set_kernel_size, set_pool) = match written {
        Some(ModelKind::Cnn { channels, kernel_size, pool, .. }) => {
            (Some(channels.clone()), Some(*kernel_size), Some(*pool))
        }
        _ => (None, None, None),
    };
    let channels = key("channels", list(count(1), 1), "number of filters of each block, for `cnn`");
    let channels = section.value(channels, DEFAULT_CHANNELS.to_vec(), set_channels);
    let odd = number("an odd number from 1 to 15", |size| size % 2.0 == 1.0 && (1.0..=15.0).contains(&size))
        .map(|size| size as usize, |&size| Some(size as f64))
        .written_as(|&size| size as i64);
    let kernel_size = key("kernel_size", odd, "height and width of the filters in pixels, for `cnn`");
    let kernel_size = section.value(kernel_size, DEFAULT_KERNEL_SIZE, set_kernel_size);
    let pool = key("pool", word(&POOLS), "value that is kept of each 2 × 2 pixels after a block, for `cnn`");
    // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
    let set_pool = set_pool.filter(|pool| *pool != Pool::Max);
    (channels, kernel_size, section.value(pool, Pool::Max, set_pool))
}

/// Whether the means of the channels go to the linear layers.
fn global_average_pool_key(section: &mut Section<'_>, written: Option<&ModelKind>) -> bool {
    let about =
        "give the linear layers the mean of each channel of the last block, not every pixel, for `cnn`";
    // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
    let set = matches!(written, Some(ModelKind::Cnn { global_average_pool: true, .. })).then_some(true);
    section.value(key("global_average_pool", flag(), about), false, set)
}

/// Whether blocks fit the images; reports it where they do not.
fn fits_image(section: &Section<'_>, n_blocks: usize, image: Option<ImageShape>) -> bool {
    let Some(image) = image else {
        section.problem("kind", "is \"cnn\", must be \"linear\" or \"mlp\": the samples are not images");
        return false;
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
    n_blocks <= halvings
}

/// The key of a layer, as `layers.3.layers.0`.
fn place(positions: &[usize]) -> String {
    let parts: Vec<String> = positions.iter().map(|position| format!("layers.{position}")).collect();
    if parts.is_empty() { "layers".to_owned() } else { parts.join(".") }
}
