//! `[model.init]`: the initial weights.

use super::key::key;
use super::rule::{flag, non_negative, path, seed, word};
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
    /// Those that a safetensors file has are read from it, the others are drawn.
    Partial {
        /// The file.
        from: PathBuf,
        /// How the others are drawn.
        scheme: Scheme,
    },
}

/// The word for each scheme.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SchemeWord {
    AugmentedNormal,
    Normal,
    KaimingUniform,
    XavierUniform,
    Pytorch,
}

pub(super) const SCHEMES: [(&str, SchemeWord); 5] = [
    ("augmented-normal", SchemeWord::AugmentedNormal),
    ("normal", SchemeWord::Normal),
    ("kaiming-uniform", SchemeWord::KaimingUniform),
    ("xavier-uniform", SchemeWord::XavierUniform),
    ("pytorch", SchemeWord::Pytorch),
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
            Some((Self::Partial { from, scheme }, seed)) => (Some((*scheme, seed)), Some(from.clone())),
            None => (None, None),
        };
        let about = "how weights are drawn; `augmented-normal` and `normal` use `std`, the others the size of the layer";
        let scheme = key("scheme", word(&SCHEMES), about);
        let scheme =
            section.value(scheme, SchemeWord::Normal, set_scheme.map(|(scheme, _)| SchemeWord::of(scheme).0));
        let std = key("std", non_negative(), "standard deviation of the weights, for the normal schemes");
        let std =
            section.value(std, DEFAULT_STD, set_scheme.and_then(|(scheme, _)| SchemeWord::of(scheme).1));
        let draws = key("seed", seed(), "seed of the draw of weights").default_text("top-level `seed`");
        let draws = section.value(draws, default_seed, set_scheme.map(|(_, seed)| seed));
        let from = key("from", path("file"), "a safetensors file with the weights, instead of a draw");
        let from = section.optional(from, set_from);
        let about = "draw the weights that the file of `from` does not have in the shape of the model, instead of stopping";
        // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
        let set_partial = matches!(written, Some((Self::Partial { .. }, _))).then_some(true);
        let partial = section.value(key("partial", flag(), about), false, set_partial);
        if from.is_none() {
            section.refuse(&["partial"], "weights that are not read `from` a file");
        }
        if from.is_some() && !partial {
            section.refuse(&["scheme", "std", "seed"], "weights that are read `from` a file");
        } else if !scheme.has_std() {
            section.refuse(&["std"], "this `scheme`, whose bound follows from the layer's size");
        }
        section.finish();
        let scheme = scheme.with_std(std);
        let init = match from {
            None => Self::Draw(scheme),
            Some(from) if partial => Self::Partial { from, scheme },
            Some(from) => Self::From(from),
        };
        (init, draws)
    }
}

impl SchemeWord {
    /// The word of a scheme, and its standard deviation if it has one.
    pub(super) fn of(scheme: Scheme) -> (Self, Option<f64>) {
        match scheme {
            Scheme::AugmentedNormal { std } => (Self::AugmentedNormal, Some(std)),
            Scheme::Normal { std } => (Self::Normal, Some(std)),
            Scheme::KaimingUniform => (Self::KaimingUniform, None),
            Scheme::XavierUniform => (Self::XavierUniform, None),
            Scheme::Pytorch => (Self::Pytorch, None),
        }
    }

    /// Whether the scheme has a standard deviation.
    pub(super) fn has_std(self) -> bool {
        matches!(self, Self::AugmentedNormal | Self::Normal)
    }

    /// The scheme, with a standard deviation if it has one.
    pub(super) fn with_std(self, std: f64) -> Scheme {
        match self {
            Self::AugmentedNormal => Scheme::AugmentedNormal { std },
            Self::Normal => Scheme::Normal { std },
            Self::KaimingUniform => Scheme::KaimingUniform,
            Self::XavierUniform => Scheme::XavierUniform,
            Self::Pytorch => Scheme::Pytorch,
        }
    }
}
