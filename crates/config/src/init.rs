//! `[model.init]`: the initial weights.

use super::key::key;
use super::rule::{path, positive, seed, word};
use super::section::Section;
use emberlab_models::Scheme;
use std::path::PathBuf;

/// The standard deviation of the lab's initial weights.
const DEFAULT_STD: f64 = 0.01;

/// Where initial weights come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Init {
    /// They are drawn.
    Draw(Scheme),
    /// They are read from a safetensors file.
    From(PathBuf),
}

/// The word for each scheme.
#[derive(Clone, Copy, PartialEq)]
enum SchemeWord {
    AugmentedNormal,
    Normal,
    KaimingUniform,
    XavierUniform,
}

const SCHEMES: [(&str, SchemeWord); 4] = [
    ("augmented-normal", SchemeWord::AugmentedNormal),
    ("normal", SchemeWord::Normal),
    ("kaiming-uniform", SchemeWord::KaimingUniform),
    ("xavier-uniform", SchemeWord::XavierUniform),
];

impl Init {
    /// The initial weights and the seed of their draw.
    pub(super) fn keys(
        mut section: Section<'_>,
        written: Option<(&Self, u32)>,
        default_seed: u32,
    ) -> (Self, u32) {
        let (set_scheme, set_from) = match written {
            Some((Self::Draw(scheme), seed)) => (Some((*scheme, seed)), None),
            Some((Self::From(path), _)) => (None, Some(path.clone())),
            None => (None, None),
        };
        let about = "how weights are drawn; `augmented-normal` and `normal` use `std`, the others the size of the layer";
        let scheme = key("scheme", word(&SCHEMES), about);
        let scheme =
            section.value(scheme, SchemeWord::Normal, set_scheme.map(|(scheme, _)| scheme_word(scheme)));
        let std = key("std", positive(), "standard deviation of the weights, for the normal schemes");
        let std = section.value(std, DEFAULT_STD, set_scheme.and_then(|(scheme, _)| scheme_std(scheme)));
        let draws = key("seed", seed(), "seed of the draw of weights").default_text("top-level `seed`");
        let draws = section.value(draws, default_seed, set_scheme.map(|(_, seed)| seed));
        let from = key("from", path("file"), "a safetensors file with the weights, instead of a draw");
        let from = section.optional(from, set_from);
        let uniform = matches!(scheme, SchemeWord::KaimingUniform | SchemeWord::XavierUniform);
        if from.is_some() {
            section.refuse(&["scheme", "std", "seed"], "weights that are read `from` a file");
        } else if uniform {
            section.refuse(&["std"], "this `scheme`, whose bound follows from the layer's size");
        }
        section.finish();
        let scheme = match scheme {
            SchemeWord::AugmentedNormal => Scheme::AugmentedNormal { std },
            SchemeWord::Normal => Scheme::Normal { std },
            SchemeWord::KaimingUniform => Scheme::KaimingUniform,
            SchemeWord::XavierUniform => Scheme::XavierUniform,
        };
        (from.map_or(Self::Draw(scheme), Self::From), draws)
    }
}

fn scheme_word(scheme: Scheme) -> SchemeWord {
    match scheme {
        Scheme::AugmentedNormal { .. } => SchemeWord::AugmentedNormal,
        Scheme::Normal { .. } => SchemeWord::Normal,
        Scheme::KaimingUniform => SchemeWord::KaimingUniform,
        Scheme::XavierUniform => SchemeWord::XavierUniform,
    }
}

fn scheme_std(scheme: Scheme) -> Option<f64> {
    match scheme {
        Scheme::AugmentedNormal { std } | Scheme::Normal { std } => Some(std),
        Scheme::KaimingUniform | Scheme::XavierUniform => None,
    }
}
