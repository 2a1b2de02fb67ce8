//! `[[model.layers]]`: one table for each layer.

use super::hidden::ACTIVATIONS;
use super::init::{SCHEMES, SchemeWord};
use super::key::{Key, key};
use super::rule::{Rule, count, count_in, divisor_term, flag, fraction, number, positive, real, word};
use super::section::Section;
use emberlab_models::{
    BatchNormOptions, FilterInit, Filters, LayerDefinition, LayerKind, Padding, Shortcut, Window,
};

/// The largest height and width of filters and pools, and their largest steps.
const MAX_SIZE: u64 = 64;
/// The standard deviation of a normal distribution.
const DEFAULT_STD: f64 = 0.01;

/// The word for each kind.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Linear,
    Convolution,
    BatchNorm,
    Activation,
    Dropout,
    MaxPool,
    AveragePool,
    GlobalAveragePool,
    Flatten,
    Scale,
    Residual,
}

pub(super) const KINDS: [(&str, Kind); 11] = [
    ("linear", Kind::Linear),
    ("convolution", Kind::Convolution),
    ("batch-norm", Kind::BatchNorm),
    ("activation", Kind::Activation),
    ("dropout", Kind::Dropout),
    ("max-pool", Kind::MaxPool),
    ("average-pool", Kind::AveragePool),
    ("global-average-pool", Kind::GlobalAveragePool),
    ("flatten", Kind::Flatten),
    ("scale", Kind::Scale),
    ("residual", Kind::Residual),
];

const SHORTCUTS: [(&str, Shortcut); 2] =
    [("identity", Shortcut::Identity), ("projection", Shortcut::Projection)];

/// The word for each way to begin.
#[derive(Clone, Copy, PartialEq)]
enum InitWord {
    Scheme(SchemeWord),
    Dirac,
    Whitening,
}

/// The keys of one layer.
pub(super) fn keys(mut section: Section<'_>, written: Option<&LayerDefinition>) -> Option<LayerDefinition> {
    let set = written.map(|layer| &layer.kind);
    let about = "the layer; it decides which of the other keys exist";
    let kind = section.required(key("kind", word(&KINDS), about), set.map(kind_word));
    let repeat = key("repeat", count_in(1..=1000), "number of equal layers in a row");
    // Left out where it says nothing.
    let set_repeat = written.map(|layer| layer.repeat).filter(|repeat| *repeat != 1);
    let repeat = section.value(repeat, 1, set_repeat);
    let layer = kind.and_then(|kind| kind_keys(&mut section, kind, set));
    // The keys depend on the kind: without one, all others would be reported.
    if kind.is_some() {
        section.finish();
    }
    Some(LayerDefinition { kind: layer?, repeat })
}

fn kind_word(kind: &LayerKind) -> Kind {
    match kind {
        LayerKind::Linear { .. } => Kind::Linear,
        LayerKind::Convolution(_) => Kind::Convolution,
        LayerKind::BatchNorm(_) => Kind::BatchNorm,
        LayerKind::Activation(_) => Kind::Activation,
        LayerKind::Dropout(_) => Kind::Dropout,
        LayerKind::MaxPool(_) => Kind::MaxPool,
        LayerKind::AveragePool(_) => Kind::AveragePool,
        LayerKind::GlobalAveragePool => Kind::GlobalAveragePool,
        LayerKind::Flatten => Kind::Flatten,
        LayerKind::Scale(_) => Kind::Scale,
        LayerKind::Residual { .. } => Kind::Residual,
    }
}

fn kind_keys(section: &mut Section<'_>, kind: Kind, set: Option<&LayerKind>) -> Option<LayerKind> {
    match kind {
        Kind::Linear => Some(linear_keys(section, set)),
        Kind::Convolution => filters_keys(section, set).map(LayerKind::Convolution),
        Kind::BatchNorm => Some(LayerKind::BatchNorm(batch_norm_keys(section, set))),
        Kind::Activation => {
            let set = match set {
                Some(LayerKind::Activation(activation)) => Some(*activation),
                _ => None,
            };
            let activation = key("activation", word(&ACTIVATIONS), "the function of each element");
            section.required(activation, set).map(LayerKind::Activation)
        }
        Kind::Dropout => {
            let set = match set {
                Some(LayerKind::Dropout(probability)) => Some(*probability),
                _ => None,
            };
            let about = "share of the elements that is left out while training";
            section.required(key("probability", fraction(), about), set).map(LayerKind::Dropout)
        }
        Kind::MaxPool => Some(LayerKind::MaxPool(pool_keys(section, set))),
        Kind::AveragePool => Some(LayerKind::AveragePool(pool_keys(section, set))),
        Kind::GlobalAveragePool => Some(LayerKind::GlobalAveragePool),
        Kind::Flatten => Some(LayerKind::Flatten),
        Kind::Scale => {
            let set = match set {
                Some(LayerKind::Scale(factor)) => Some(*factor),
                _ => None,
            };
            let about = "the number that each element is multiplied by";
            section.required(key("factor", real(), about), set).map(LayerKind::Scale)
        }
        Kind::Residual => residual_keys(section, set),
    }
}

fn linear_keys(section: &mut Section<'_>, set: Option<&LayerKind>) -> LayerKind {
    let (set_outputs, set_bias, set_scheme) = match set {
        Some(LayerKind::Linear { n_outputs, bias, scheme }) => (*n_outputs, Some(*bias), *scheme),
        _ => (None, None, None),
    };
    let outputs = key("outputs", count(1), "values of its output").default_text("one for each class");
    let n_outputs = section.optional(outputs, set_outputs);
    let bias = section.value(bias_key(), true, set_bias);
    let schemes = SCHEMES.map(|(word, scheme)| (word, InitWord::Scheme(scheme)));
    let init = init_keys(section, &schemes, set_scheme.map(FilterInit::Scheme));
    let scheme = match init {
        Some(FilterInit::Scheme(scheme)) => Some(scheme),
        _ => None,
    };
    LayerKind::Linear { n_outputs, bias, scheme }
}

fn filters_keys(section: &mut Section<'_>, set: Option<&LayerKind>) -> Option<Filters> {
    let set = match set {
        Some(LayerKind::Convolution(filters)) => Some(*filters),
        _ => None,
    };
    let filters = key("filters", count(1), "number of filters: channels of its output");
    let n_filters = section.required(filters, set.map(|filters| filters.n_filters));
    let size = key("kernel_size", size(), "height and width of the filters in pixels");
    let size = section.value(size, 3, set.map(|filters| filters.window.size));
    let stride = section.value(stride_key(), 1, set.map(|filters| filters.window.stride));
    let about = "rows and columns of zeros around the image; `same` gives an image as large as the input at a stride of 1";
    let padding_key = key("padding", padding(), about);
    let set_padding = set.map(|filters| match filters.window.padding {
        padding if padding == Padding::same(filters.window.size) => None,
        Padding { before, .. } => Some(before),
    });
    let padding =
        section.value(padding_key, None, set_padding).map_or(Padding::same(size), Padding::all_around);
    let bias = section.value(bias_key(), true, set.map(|filters| filters.bias));
    let mut words = SCHEMES.map(|(word, scheme)| (word, InitWord::Scheme(scheme))).to_vec();
    words.extend([("dirac", InitWord::Dirac), ("whitening", InitWord::Whitening)]);
    let init = init_keys(section, &words, set.and_then(|filters| filters.init));
    Some(Filters { n_filters: n_filters?, window: Window { size, stride, padding }, bias, init })
}

fn batch_norm_keys(section: &mut Section<'_>, set: Option<&LayerKind>) -> BatchNormOptions {
    let set = match set {
        Some(LayerKind::BatchNorm(options)) => Some(*options),
        _ => None,
    };
    let default = BatchNormOptions::default();
    let share = number("a number above 0 and up to 1", |momentum| momentum > 0.0 && momentum <= 1.0);
    let momentum = key("momentum", share, "weight of a batch in the running means, as PyTorch's `momentum`");
    let momentum = section.value(momentum, default.momentum, set.map(|options| options.momentum));
    let epsilon = key("epsilon", divisor_term(), "added to the variance, so that the divisor is not 0");
    let epsilon = section.value(epsilon, default.epsilon, set.map(|options| options.epsilon));
    let scale = key("scale", flag(), "multiply each channel by a parameter");
    let scale = section.value(scale, default.scale, set.map(|options| options.scale));
    let shift = key("shift", flag(), "add a parameter to each channel");
    let shift = section.value(shift, default.shift, set.map(|options| options.shift));
    BatchNormOptions { momentum, epsilon, scale, shift }
}

fn pool_keys(section: &mut Section<'_>, set: Option<&LayerKind>) -> Window {
    let set = match set {
        Some(LayerKind::MaxPool(window) | LayerKind::AveragePool(window)) => Some(*window),
        _ => None,
    };
    let size = key("size", size(), "height and width of the pixels that become one");
    let size = section.value(size, 2, set.map(|window| window.size));
    let stride = stride_key().default_text("`size`");
    let stride = section.value(stride, size, set.map(|window| window.stride));
    Window { size, stride, padding: Padding::NONE }
}

fn residual_keys(section: &mut Section<'_>, set: Option<&LayerKind>) -> Option<LayerKind> {
    let (set_layers, set_shortcut) = match set {
        Some(LayerKind::Residual { layers, shortcut }) => (Some(layers.as_slice()), Some(*shortcut)),
        _ => (None, None),
    };
    let about = "what is added to the output of the layers: the input, or its projection by a convolution of 1 × 1 pixels \
                 with the same stride, and batch norm";
    let shortcut = key("shortcut", word(&SHORTCUTS), about);
    let shortcut = section.value(shortcut, Shortcut::Identity, set_shortcut);
    let layers = section.tables("layers", "the layers of a residual block", set_layers, keys);
    section.is_read("layers", layers.len()).then_some(LayerKind::Residual { layers, shortcut })
}

/// The keys of the initial weights; none for those of `[model.init]`.
fn init_keys(
    section: &mut Section<'_>,
    words: &[(&'static str, InitWord)],
    set: Option<FilterInit>,
) -> Option<FilterInit> {
    let (set_word, set_std) = match set {
        None => (None, None),
        Some(FilterInit::Dirac) => (Some(InitWord::Dirac), None),
        Some(FilterInit::Whitening) => (Some(InitWord::Whitening), None),
        Some(FilterInit::Scheme(scheme)) => {
            let (word, std) = SchemeWord::of(scheme);
            (Some(InitWord::Scheme(word)), std)
        }
    };
    let about = "the initial weights, where they differ from `[model.init]`";
    let init = key("init", word(words), about).default_text("as `[model.init]`");
    let init = section.optional(init, set_word);
    let std = key("std", positive(), "standard deviation of the weights, for the normal schemes");
    let has_std = matches!(init, Some(InitWord::Scheme(scheme)) if scheme.has_std());
    if !has_std {
        section.meaningless("std", "has no meaning without `init` = \"normal\" or \"augmented-normal\"");
    }
    let std = section.value(std, DEFAULT_STD, set_std);
    Some(match init? {
        InitWord::Dirac => FilterInit::Dirac,
        InitWord::Whitening => FilterInit::Whitening,
        InitWord::Scheme(scheme) => FilterInit::Scheme(scheme.with_std(std)),
    })
}

fn size<'a>() -> Rule<'a, usize> {
    count_in(1..=MAX_SIZE)
}

fn stride_key<'a>() -> Key<'a, usize> {
    key("stride", size(), "pixels from one position to the next")
}

fn bias_key<'a>() -> Key<'a, bool> {
    key("bias", flag(), "add a parameter to each output")
}

/// `None` for `same`.
fn padding<'a>() -> Rule<'a, Option<usize>> {
    word(&[("same", None)]).or(count_in(0..=MAX_SIZE).map(Some, |&padding| padding))
}
