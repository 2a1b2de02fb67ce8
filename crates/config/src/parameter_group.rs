//! `[[training.optimizer.groups]]`: parameters that are trained in another way than the rest.

use super::key::key;
use super::optimizer::{KINDS, OptimizerConfig, OptimizerKind, WeightDecayOn};
use super::rule::{count, flag, list, non_negative, positive, text, word};
use super::section::Section;
use emberlab_models::TrainableLayer;

/// A group of parameters, as PyTorch's optimizers have them. A parameter belongs to the first group that selects it, and
/// without one to `[training.optimizer]` itself. A group selects the parameters that fulfil each of `layers`, `tensors` and
/// `names` that it gives.
///
/// The schedule is that of the run, times the group's own `learning_rate`; with `epochs` it is as long as these epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterGroup {
    /// The kinds of layers; empty for all.
    pub layers: Vec<TrainableLayer>,
    /// Weights or biases.
    pub tensors: Option<TensorKind>,
    /// Names as a file of weights has them, with `*` for any part; empty for all.
    pub names: Vec<String>,
    /// Whether the parameters keep their initial values.
    pub frozen: bool,
    /// Step size, if not that of the rest.
    pub learning_rate: Option<f64>,
    /// The optimizer, if not that of the rest.
    pub kind: Option<OptimizerKind>,
    /// Weight decay of all parameters of the group, if it has its own.
    pub weight_decay: Option<f64>,
    /// The epochs in which the parameters change; `None` for all.
    pub epochs: Option<usize>,
}

/// The two kinds of parameters of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorKind {
    /// Weights; of batch norm, its factors.
    Weight,
    /// Biases.
    Bias,
}

const TENSORS: [(&str, TensorKind); 2] = [("weight", TensorKind::Weight), ("bias", TensorKind::Bias)];

/// The keys that say how a group is trained.
const TRAINING_KEYS: [&str; 4] = ["learning_rate", "kind", "weight_decay", "epochs"];

impl ParameterGroup {
    /// Whether the group selects the parameter `name` of a layer.
    pub fn selects(&self, name: &str, layer: Option<TrainableLayer>) -> bool {
        let tensor = match name.rsplit('.').next() {
            Some("weight") => Some(TensorKind::Weight),
            Some("bias") => Some(TensorKind::Bias),
            _ => None,
        };
        let fits_layer = self.layers.is_empty() || layer.is_some_and(|layer| self.layers.contains(&layer));
        let fits_name = self.names.is_empty() || self.names.iter().any(|pattern| matches(pattern, name));
        fits_layer && fits_name && (self.tensors.is_none() || self.tensors == tensor)
    }

    /// The optimizer of the group, where `rest` is that of the parameters without one; `None` if it is frozen.
    pub fn optimizer(&self, rest: &OptimizerConfig) -> Option<OptimizerConfig> {
        if self.frozen {
            return None;
        }
        let inherited = match &self.kind {
            Some(kind) if kind.word() != rest.kind.word() => kind.word().default_weight_decay(),
            _ => rest.weight_decay,
        };
        Some(OptimizerConfig {
            kind: self.kind.as_ref().unwrap_or(&rest.kind).clone(),
            learning_rate: self.learning_rate.unwrap_or(rest.learning_rate),
            weight_decay: self.weight_decay.unwrap_or(inherited),
            weight_decay_on: self.weight_decay.map_or(rest.weight_decay_on, |_| WeightDecayOn::All),
            clip: rest.clip,
            groups: Vec::new(),
        })
    }

    /// `epochs` are those of the run.
    pub(super) fn keys(
        mut section: Section<'_>,
        written: Option<&Self>,
        epochs: Option<usize>,
    ) -> Option<Self> {
        let (layers, tensors, names) = selection_keys(&mut section, written);
        let about = "keep the initial values; running means of batch norm still change";
        let set_frozen = written.map(|group| group.frozen).filter(|&frozen| frozen);
        let frozen = section.value(key("frozen", flag(), about), false, set_frozen);
        let kind =
            key("kind", word(&KINDS), "optimizer of the group, with its own keys").default_text(AS_REST);
        let set_kind = written.and_then(|group| group.kind.as_ref());
        let kind = section.optional(kind, set_kind.map(OptimizerKind::word));
        let kind = kind.map(|kind| OptimizerKind::keys(&mut section, kind, set_kind));
        let rate = key("learning_rate", positive(), "step size of the group").default_text(AS_REST);
        let learning_rate = section.optional(rate, written.and_then(|group| group.learning_rate));
        let about = "weight decay of all parameters of the group";
        let decay = key("weight_decay", non_negative(), about)
            .default_text("as `training.optimizer`, or that of another `kind`");
        let weight_decay = section.optional(decay, written.and_then(|group| group.weight_decay));
        let about = "train the group in the first epochs only, with a schedule of this length, and keep its values then";
        let own_epochs = key("epochs", count(1), about).default_text("all");
        let own_epochs = section.optional(own_epochs, written.and_then(|group| group.epochs));
        if let (Some(own), Some(epochs)) = (own_epochs, epochs)
            && own > epochs
        {
            section.problem("epochs", format!("is {own}, must be at most {epochs}, the epochs of the run"));
        }
        if frozen {
            section.refuse(&TRAINING_KEYS, "`frozen` = true");
        }
        section.finish();
        Some(Self { layers, tensors, names, frozen, learning_rate, kind, weight_decay, epochs: own_epochs })
    }
}

const AS_REST: &str = "as `training.optimizer`";

/// The keys that select parameters.
fn selection_keys(
    section: &mut Section<'_>,
    written: Option<&ParameterGroup>,
) -> (Vec<TrainableLayer>, Option<TensorKind>, Vec<String>) {
    let layers = key("layers", list(word(&TrainableLayer::ALL), 1), "kinds of layers that the group selects");
    let set = written.map(|group| group.layers.clone()).filter(|set| !set.is_empty());
    let layers = section.optional(layers.default_text("all"), set).unwrap_or_default();
    let tensors =
        key("tensors", word(&TENSORS), "tensors of a layer that the group selects").default_text("both");
    let tensors = section.optional(tensors, written.and_then(|group| group.tensors));
    let about =
        "names of the parameters that the group selects, as in `model.safetensors`; `*` stands for any part";
    let names = key("names", list(text("a name", |name| !name.is_empty()), 1), about).default_text("all");
    let set = written.map(|group| group.names.clone()).filter(|set| !set.is_empty());
    let names = section.optional(names, set).unwrap_or_default();
    if !["layers", "tensors", "names"].iter().any(|name| section.has(name)) {
        section.problem("names", "is missing, as are `layers` and `tensors`; give at least one of them");
    }
    (layers, tensors, names)
}

/// Whether a name is that of a pattern, in which each `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_name() {
        for (pattern, name, fits) in [
            ("layers.0.weight", "layers.0.weight", true),
            ("layers.0.weight", "layers.0.weights", false),
            ("layers.0", "layers.0.weight", false),
            ("*", "layers.0.weight", true),
            ("layers.*", "layers.10.bias", true),
            ("*.bias", "layers.0.weight", false),
            ("*.0.*", "convolutions.0.bias", true),
            ("*ab*ab", "xabab", true),
            ("*ab*ab", "xab", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
