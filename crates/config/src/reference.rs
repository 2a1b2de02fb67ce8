//! All keys with what is known about them.

use super::document::{Changes, Document};
use super::findings::{Declaration, Findings};
use super::section::Section;
use super::{ConfigError, Parts, layers, model, optimizer, source};
use std::path::Path;

/// A key as one kind of source, model or optimizer declares it.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub declaration: Declaration,
    /// The kind; `None` in tables that are the same for all kinds.
    pub kind: Option<&'static str>,
}

impl Entry {
    /// The dotted path of its table; empty for the top level.
    pub fn table(&self) -> &str {
        self.declaration.path.rsplit_once('.').map_or("", |(table, _)| table)
    }

    /// The name within its table.
    pub fn name(&self) -> &str {
        self.declaration.path.rsplit_once('.').map_or(&self.declaration.path, |(_, name)| name)
    }
}

/// The keys of all tables, collected by reading a document of every kind.
///
/// # Errors
///
/// None in practice: the documents are part of the program.
pub(super) fn entries() -> Result<Vec<Entry>, ConfigError> {
    let mut entries = Vec::new();
    // These values decide which other keys exist.
    let sources = source::KINDS.map(|(word, _)| word);
    let models = model::KINDS.map(|(word, _)| word);
    let optimizers = optimizer::KINDS.map(|(word, _)| word);
    let layers = layers::KINDS.map(|(word, _)| word);
    for index in 0..sources.len().max(models.len()).max(optimizers.len()).max(layers.len()) {
        let source = sources[index % sources.len()];
        let model = models[index % models.len()];
        let optimizer = optimizers[index % optimizers.len()];
        let layer = layers[index % layers.len()];
        let text = format!(
            "[data]\nsource = {source:?}\n[model]\nkind = {model:?}\n[[model.layers]]\nkind = {layer:?}\n\
             [training.optimizer]\nkind = {optimizer:?}\n[[training.optimizer.groups]]\nkind = {optimizer:?}\n"
        );
        let document = Document::parse(Path::new("schema"), &text, Changes::default())?;
        let findings = Findings::default();
        // Required keys are missing from these documents; only the declarations matter.
        let _ = Parts::keys(Section::reading(&document, &findings), None, false);
        for declaration in findings.into_declarations() {
            let mut entry = Entry { declaration, kind: None };
            entry.kind = match entry.table() {
                "data" => Some(source),
                "model" => Some(model),
                "model.layers.*" => Some(layer),
                "training.optimizer" | "training.optimizer.groups.*" => Some(optimizer),
                _ => None,
            };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    Ok(entries)
}

/// The former and present paths of keys that were renamed, as `training.early_stopping.min_delta`.
///
/// # Errors
///
/// None in practice: see [`schema`](super::schema).
pub fn renamed_keys() -> Result<Vec<(String, String)>, ConfigError> {
    let former = |entry: Entry| Some((entry.declaration.former_path()?, entry.declaration.path));
    Ok(entries()?.into_iter().filter_map(former).collect())
}
