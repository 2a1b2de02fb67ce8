//! Something that keeps a device from computing.

use serde::Serialize;

/// A problem and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, as a sentence without its full stop.
    pub what: String,
    /// A command, or what to do where no command does it.
    pub mend: String,
}

impl Problem {
    /// Creates a problem and its remedy.
    pub fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }

    /// A device that this build does not use, and the command that does.
    pub(super) fn unused_device(name: &str, command: &str) -> Self {
        Self::new(format!("`{name}` is there and this build does not use it"), command)
    }
}
