//! The page of all keys, `docs/configuration.md`.

use super::ConfigError;
use super::key::Alias;
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
            let same: Vec<&Entry> = here.iter().copied().filter(|entry| entry.name() == name).collect();
            text += &row(name, &same, &here);
        }
    }
    Ok(text)
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

/// The row of a key; `same` are its entries, one for each kind that has it, and `table` those of its table.
fn row(name: &str, same: &[&Entry], table: &[&Entry]) -> String {
    let mut about = String::new();
    let kinds = distinct(same.iter().filter_map(|entry| entry.kind));
    if kinds.len() < distinct(table.iter().filter_map(|entry| entry.kind)).len() {
        let _ = write!(about, "for {}: ", quoted(&kinds));
    }
    let mut aliases = String::new();
    if let Some(first) = same.first() {
        about += first.declaration.about;
        if let Some(alias) = first.declaration.alias {
            let word = if matches!(alias, Alias::Former(_)) { "formerly" } else { "or" };
            let _ = write!(aliases, ", {word} `{}`", alias.name());
        }
    }
    let default = by_kind(same, |entry| entry.declaration.default.as_str());
    let allowed = by_kind(same, |entry| entry.declaration.allowed.as_str());
    let cells = [format!("`{name}`{aliases}"), default, allowed, about];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
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
