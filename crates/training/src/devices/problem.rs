//! Something that keeps a device from computing.

use serde::Serialize;

/// Something that is in the way, and what mends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, as a sentence without its full stop.
    pub what: String,
    /// A command, or what to do where no command does it.
    pub mend: String,
}

impl Problem {
    /// A problem and its remedy.
    pub fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }
}
