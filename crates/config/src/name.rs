//! Names of run directories.

use super::rule::{Rule, text};

/// The names that a run directory can have, in words.
pub const NAME_RULE: &str = "a plain file name: at most 100 letters, digits, `-`, `_`, `.` and spaces in 200 bytes, starting with a letter or digit and not ending in `.` or a space";

/// Whether a run directory can have this name.
pub fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    name.starts_with(char::is_alphanumeric)
        && name.chars().count() <= 100
        && name.len() <= 200
        && name.chars().all(plain)
        && !name.ends_with(['.', ' '])
}

pub(super) fn name<'a>() -> Rule<'a, String> {
    text(NAME_RULE, is_plain_name)
}
