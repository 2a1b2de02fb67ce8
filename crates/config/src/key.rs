//! The declaration of one key.

use super::rule::Rule;

/// A key of a table: everything about it but its default, which is given where the key is used, because it
/// can depend on other keys.
///
/// ```ignore
/// let patience = key("patience", count(1), "validations in a row without improvement before training stops");
/// ```
pub(super) struct Key<'a, T> {
    /// The name within its table.
    pub name: &'static str,
    /// The allowed values, and how they are read and written.
    pub rule: Rule<'a, T>,
    /// One line for the documentation, with the unit where the value has one.
    pub about: &'static str,
    /// Another accepted name.
    pub alias: Option<Alias>,
    /// The allowed values under a former name, where they were others.
    pub former_rule: Option<Rule<'a, T>>,
    /// Describes the default where it is the value of another key.
    pub default_text: Option<&'static str>,
}

/// Another name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alias {
    /// As good as the first.
    Also(&'static str),
    /// The name before the key was renamed; using it prints a note.
    Former(&'static str),
}

impl Alias {
    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Also(name) | Self::Former(name) => name,
        }
    }
}

/// Declares a key.
pub(super) fn key<'a, T>(name: &'static str, rule: Rule<'a, T>, about: &'static str) -> Key<'a, T> {
    Key { name, rule, about, alias: None, former_rule: None, default_text: None }
}

impl<'a, T> Key<'a, T> {
    /// Accepts another name for good.
    pub fn also(self, name: &'static str) -> Self {
        Self { alias: Some(Alias::Also(name)), ..self }
    }

    /// Accepts the name that the key had before.
    pub fn formerly(self, name: &'static str) -> Self {
        Self { alias: Some(Alias::Former(name)), ..self }
    }

    /// Accepts the name that the key had before, when its values were others too.
    pub fn formerly_as(self, name: &'static str, rule: Rule<'a, T>) -> Self {
        Self { former_rule: Some(rule), ..self.formerly(name) }
    }

    /// The allowed values under the other name.
    pub fn alias_rule(&self) -> &Rule<'a, T> {
        self.former_rule.as_ref().unwrap_or(&self.rule)
    }

    /// Describes the default in the documentation, where it is the value of another key.
    pub fn default_text(self, text: &'static str) -> Self {
        Self { default_text: Some(text), ..self }
    }

    /// The name and its alias.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<'a, T> {
        [Some(self.name), self.alias.map(Alias::name)].into_iter().flatten()
    }
}
