//! The keys of `[training.optimizer]` that clip gradients.

use super::key::key;
use super::rule::positive;
use super::section::Section;

/// A bound on the gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// On the norm of the gradients of all parameters together.
    Norm(f64),
    /// On the norm of each parameter's gradient.
    NormPerParameter(f64),
    /// On the absolute value of each entry.
    Value(f64),
}

const NORM: &str = "clip_norm";
const NORM_PER_PARAMETER: &str = "clip_norm_per_parameter";
const VALUE: &str = "clip_value";

impl Clip {
    /// The first bound that is given; a second one is an error.
    pub(super) fn keys(section: &mut Section<'_>, written: Option<Self>) -> Option<Self> {
        let (norm, per_parameter, value) = match written {
            Some(Self::Norm(norm)) => (Some(norm), None, None),
            Some(Self::NormPerParameter(norm)) => (None, Some(norm), None),
            Some(Self::Value(value)) => (None, None, Some(value)),
            None => (None, None, None),
        };
        let about =
            "largest norm of the gradients of all parameters together, as PyTorch's `clip_grad_norm_`";
        let norm = section.optional(key(NORM, positive(), about), norm);
        let about = "largest norm of each parameter's gradient";
        let per_parameter = section.optional(key(NORM_PER_PARAMETER, positive(), about), per_parameter);
        let value =
            section.optional(key(VALUE, positive(), "largest absolute value of a gradient's entries"), value);
        let bounds = [
            (NORM, norm.map(Self::Norm)),
            (NORM_PER_PARAMETER, per_parameter.map(Self::NormPerParameter)),
            (VALUE, value.map(Self::Value)),
        ];
        let mut given = bounds.into_iter().filter_map(|(name, clip)| Some((name, clip?)));
        let (first, clip) = given.next()?;
        for (name, _) in given {
            section.problem(name, format!("cannot be given together with `{first}`"));
        }
        Some(clip)
    }
}
