//! What is to be said about each key: the page of them all, `docs/configuration.md`, and single ones.

use super::ConfigError;
use super::description::{Description, distinct};
use super::nearest::nearest;
use super::reference::{Entry, entries};

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
