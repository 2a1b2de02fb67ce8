//! What is to be said about one key.

use super::key::Alias;
use super::reference::Entry;
use std::fmt::Write;

/// What is to be said about a key.
pub(super) struct Description {
    name: String,
    /// Its other name.
    alias: String,
    default: String,
    allowed: String,
    about: String,
}

impl Description {
    /// The description of the key `name`, by its entries in `table`, one for each kind that has it.
    pub fn new(name: &str, table: &[&Entry]) -> Self {
        let same: Vec<&Entry> = table.iter().copied().filter(|entry| entry.name() == name).collect();
        let mut about = String::new();
        let kinds = distinct(same.iter().filter_map(|entry| entry.kind));
        if kinds.len() < distinct(table.iter().filter_map(|entry| entry.kind)).len() {
            let _ = write!(about, "for {}: ", quoted(&kinds));
        }
        let mut alias = String::new();
        if let Some(first) = same.first() {
            about += first.declaration.about;
            if let Some(other) = first.declaration.alias {
                let word = if matches!(other, Alias::Former(_)) { "formerly" } else { "or" };
                let _ = write!(alias, ", {word} `{}`", other.name());
            }
        }
        let default = by_kind(&same, |entry| entry.declaration.default.as_str());
        let allowed = by_kind(&same, |entry| entry.declaration.allowed.as_str());
        Self { name: name.to_owned(), alias, default, allowed, about }
    }

    /// A row of the page.
    pub fn row(self) -> String {
        let Self { name, alias, default, allowed, about } = self;
        let cells = [format!("`{name}`{alias}"), default, allowed, about];
        format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
    }

    /// Lines for a terminal.
    pub fn text(self, path: &str) -> String {
        let Self { alias, default, allowed, about, .. } = self;
        let plain = |text: String| text.replace('`', "");
        format!(
            "{path}{}\n  meaning  {}\n  default  {}\n  allowed  {}\n",
            plain(alias),
            plain(about),
            plain(default),
            plain(allowed)
        )
    }

    /// A paragraph for an editor.
    pub fn paragraph(&self) -> String {
        let Self { default, allowed, about, .. } = self;
        format!("{about}\n\nAllowed: {allowed}\nDefault: {default}").replace('`', "")
    }
}

/// The values of a cell; where they differ, with the kinds that have each.
fn by_kind<'a>(same: &[&'a Entry], cell: impl Fn(&'a Entry) -> &'a str) -> String {
    let values = distinct(same.iter().map(|entry| cell(entry)));
    if let [only] = values[..] {
        return only.to_owned();
    }
    let with_kinds = values.into_iter().map(|value| {
        let kinds: Vec<&str> =
            same.iter().filter(|entry| cell(entry) == value).filter_map(|entry| entry.kind).collect();
        if kinds.is_empty() { value.to_owned() } else { format!("{value} for {}", quoted(&distinct(kinds))) }
    });
    with_kinds.collect::<Vec<_>>().join("; ")
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Each item once, in order of first appearance.
pub(super) fn distinct<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}
