//! `[model]`: what is trained, and by which gradient rule.

use super::resolved::Resolved;
use super::rule::{count, list, number, seed, word};
use super::section::Section;
use emberlab_models::{GradientRule, NetworkShape, Output, Scheme};

/// The deviation of the lab's initial weights.
const DEFAULT_STD: f64 = 0.01;
/// The units of the lab's hidden layer.
const DEFAULT_HIDDEN: [usize; 1] = [64];

/// The classifier.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `kind` | required | `linear` or `mlp` | |
/// | `hidden` | `[64]` | units of each hidden layer, for `mlp` | at least one, each from 1 |
/// | `activation` | `relu` | after each hidden layer, for `mlp` | `relu` |
/// | `output` | `softmax` | probabilities and loss | `softmax`; `sigmoid` for two classes |
/// | `gradient` | `autodiff` | where gradients come from | `autodiff`, `manual` |
/// | `init.scheme` | `normal` | how weights are drawn | see [`Scheme`] |
/// | `init.std` | 0.01 | standard deviation, for the normal schemes | above 0 |
/// | `init.seed` | top-level `seed` | of the draw of weights | 0 to 2³²−1 |
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// The layers.
    pub kind: ModelKind,
    /// What makes probabilities of logits.
    pub output: Output,
    /// Where the gradients come from.
    pub gradient: GradientRule,
    /// How the weights are drawn.
    pub init: Scheme,
    /// The seed of that draw.
    pub init_seed: u32,
}

/// The layers of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelKind {
    /// One linear layer.
    Linear,
    /// Linear layers with ReLU between them.
    Mlp {
        /// Units of each hidden layer.
        hidden: Vec<usize>,
    },
}

/// The word for each scheme.
#[derive(Clone, Copy, PartialEq)]
enum SchemeWord {
    AugmentedNormal,
    Normal,
    KaimingUniform,
    XavierUniform,
}

impl ModelConfig {
    /// The sizes of the network for data of so many columns and classes.
    pub fn shape(&self, n_features: usize, n_classes: usize) -> NetworkShape {
        let hidden = match &self.kind {
            ModelKind::Linear => Vec::new(),
            ModelKind::Mlp { hidden } => hidden.clone(),
        };
        NetworkShape { n_features, hidden, n_outputs: self.output.n_outputs(n_classes) }
    }

    pub(super) fn read(section: &mut Section<'_>, default_seed: u32) -> Option<Self> {
        let mlp = section.required("kind", word(&[("linear", false), ("mlp", true)]));
        let hidden = section.value("hidden", list(count(1), 1), DEFAULT_HIDDEN.to_vec());
        section.optional("activation", word(&[("relu", ())]));
        let output = word(&[("softmax", Output::Softmax), ("sigmoid", Output::Sigmoid)]);
        let output = section.value("output", output, Output::Softmax);
        let rule = [("autodiff", GradientRule::Autodiff), ("manual", GradientRule::Manual)];
        let gradient = section.value("gradient", word(&rule), GradientRule::Autodiff);
        let (init, init_seed) = read_init(section.table("init"), default_seed);
        if mlp == Some(false) {
            for key in ["hidden", "activation"].into_iter().filter(|key| section.has(key)) {
                section.problem(key, "has no meaning for `kind` = \"linear\", which has no hidden layer");
            }
        }
        let kind = if mlp? { ModelKind::Mlp { hidden } } else { ModelKind::Linear };
        Some(Self { kind, output, gradient, init, init_seed })
    }

    pub(super) fn write(&self, out: &mut Resolved) {
        out.table("model");
        match &self.kind {
            ModelKind::Linear => out.entry("kind", "linear"),
            ModelKind::Mlp { hidden } => {
                out.entry("kind", "mlp");
                let units: Vec<i64> = hidden.iter().map(|&units| units as i64).collect();
                out.entry("hidden", units);
                out.entry("activation", "relu");
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
        let (scheme, std) = match self.init {
            Scheme::AugmentedNormal { std } => ("augmented-normal", Some(std)),
            Scheme::Normal { std } => ("normal", Some(std)),
            Scheme::KaimingUniform => ("kaiming-uniform", None),
            Scheme::XavierUniform => ("xavier-uniform", None),
        };
        out.table("model.init");
        out.entry("scheme", scheme);
        out.optional("std", std);
        out.entry("seed", self.init_seed);
    }
}

fn read_init(mut section: Section<'_>, default_seed: u32) -> (Scheme, u32) {
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
    let uniform = matches!(scheme, SchemeWord::KaimingUniform | SchemeWord::XavierUniform);
    if uniform && section.has("std") {
        section.problem("std", "has no meaning for this `scheme`, whose bound follows from the layer's size");
    }
    section.finish();
    let scheme = match scheme {
        SchemeWord::AugmentedNormal => Scheme::AugmentedNormal { std },
        SchemeWord::Normal => Scheme::Normal { std },
        SchemeWord::KaimingUniform => Scheme::KaimingUniform,
        SchemeWord::XavierUniform => Scheme::XavierUniform,
    };
    (scheme, seed)
}
