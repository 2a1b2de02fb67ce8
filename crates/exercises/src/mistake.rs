//! Common mistakes, each with what a function returns that makes it.

use crate::array::Array;

/// A common mistake.
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    /// Its name.
    pub name: &'static str,
    /// How to mend it.
    pub advice: &'static str,
    /// The outputs that it changes; all where there are none here.
    outputs: &'static [&'static str],
    /// What it returns in place of the right output, from the arguments.
    pub(crate) wrong: fn(&[Array], &Array) -> Array,
}

impl Mistake {
    /// A mistake that changes every output.
    pub const fn new(name: &'static str, advice: &'static str, wrong: fn(&[Array], &Array) -> Array) -> Self {
        Self::of(&[], name, advice, wrong)
    }

    /// A mistake that changes some outputs.
    pub const fn of(
        outputs: &'static [&'static str],
        name: &'static str,
        advice: &'static str,
        wrong: fn(&[Array], &Array) -> Array,
    ) -> Self {
        Self { name, advice, outputs, wrong }
    }

    /// Whether it changes an output.
    pub(crate) fn concerns(&self, output: &str) -> bool {
        self.outputs.is_empty() || self.outputs.contains(&output)
    }
}
