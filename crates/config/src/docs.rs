//! What is to be said about each key: the page of them all, `docs/configuration.md`, and single ones.

use super::ConfigError;
use super::key::Alias;
use super::nearest::nearest;
use super::reference::{Entry, entries};
use std::fmt::Write;

const INTRODUCTION: &str = "# Configuration keys

<!-- Written by `emberlab config docs`. Change the declarations in the program, then run `just schema`. -->

A configuration is a TOML file. `emberlab config check FILE` reports everything that is wrong with one, and
`emberlab config show FILE` prints it with its defaults and where each value came from. Any key can also be set on the
command line, as `--set training.epochs=10`.
";

/// The page as Markdown.
///
/// # Errors
///
/// None in practice: see [`schema`](super::schema).
pub fn docs() -> Result<String, ConfigError> {
    let entries = entries()?;
    let mut text = INTRODUCTION.to_owned();
    for table in tables(&entries) {
        text += &match table {
            "" => "\n## Top level\n".to_owned(),
            table => match table.strip_suffix(".*") {
                Some(list) => format!("\n## `[[{list}]]`\n"),
                None => format!("\n## `[{table}]`\n"),
            },
        };
        text += "\n| key | default | allowed | meaning |\n|---|---|---|---|\n";
        let here: Vec<&Entry> = entries.iter().filter(|entry| entry.table() == table).collect();
        for name in distinct(here.iter().map(|entry| entry.name())) {
            text += &Description::new(name, &here).row();
        }
    }
    Ok(text)
}

/// What a key means, its default and the allowed values, in lines. `key` is a dotted path, the last part of one, or a table, of which all
/// keys are described. A position in a list counts as any.
///
/// # Errors
///
/// None in practice: see [`schema`](super::schema).
pub fn explain(key: &str) -> Result<Explanation, ConfigError> {
    let entries = entries()?;
    let parts =
        key.split('.').map(|part| if part.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { part });
    let key = parts.collect::<Vec<_>>().join(".");
    let is_meant = |entry: &&Entry| {
        let path = &entry.declaration.path;
        let within =
            |path: &str| path.strip_prefix(&key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        within(path)
            || entry.name() == key
            || entry.declaration.alias_path().is_some_and(|alias| within(&alias))
    };
    let paths = distinct(entries.iter().filter(is_meant).map(|entry| entry.declaration.path.as_str()));
    if paths.is_empty() {
        let known = entries.iter().flat_map(|entry| [entry.declaration.path.as_str(), entry.name()]);
        return Ok(Explanation::Unknown { nearest: nearest(&key, known).map(str::to_owned) });
    }
    let texts = paths.into_iter().map(|path| {
        let (table, name) = path.rsplit_once('.').unwrap_or(("", path));
        let here: Vec<&Entry> = entries.iter().filter(|entry| entry.table() == table).collect();
        Description::new(name, &here).text(path)
    });
    Ok(Explanation::Known(texts.collect::<Vec<_>>().join("\n")))
}

/// What is to be said about a key that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explanation {
    /// The lines about it.
    Known(String),
    /// There is no such key.
    Unknown {
        /// The key that it probably stands for.
        nearest: Option<String>,
    },
}

/// What is to be said about a key.
struct Description {
    name: String,
    /// Its other name.
    alias: String,
    default: String,
    allowed: String,
    about: String,
}

/// The tables, each before those within it.
fn tables(entries: &[Entry]) -> Vec<&str> {
    let mut tables = distinct(entries.iter().map(Entry::table));
    let roots = distinct(tables.iter().map(|table| root(table)));
    tables.sort_by_key(|table| roots.iter().position(|&other| other == root(table)));
    tables
}

fn root(table: &str) -> &str {
    table.split('.').next().unwrap_or(table)
}

impl Description {
    /// The description of the key `name`, by its entries in `table`, one for each kind that has it.
    fn new(name: &str, table: &[&Entry]) -> Self {
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
    fn row(self) -> String {
        let Self { name, alias, default, allowed, about } = self;
        let cells = [format!("`{name}`{alias}"), default, allowed, about];
        format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
    }

    /// Lines for a terminal.
    fn text(self, path: &str) -> String {
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
fn distinct<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}
