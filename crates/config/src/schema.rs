//! The configuration file as a JSON schema, for editors.
//!
//! It is made by reading a file of every kind and noting each key that is asked for, with its rule: it
//! cannot say anything else than what is checked. It does not say which keys a file must have, for another
//! that it extends may have them.

use super::document::{Document, EXTENDS};
use super::section::{AskedKey, Problems, Section};
use super::{ConfigError, read};
use serde_json::{Map, Value, json};

/// What decides which other keys there are.
const SOURCES: [&str; 4] = ["synthetic", "cifar10", "image-folder", "csv"];
const MODELS: [&str; 3] = ["linear", "mlp", "cnn"];
const OPTIMIZERS: [&str; 6] = ["sgd", "adam", "adamw", "rmsprop", "adagrad", "muon"];

/// The schema.
///
/// # Errors
///
/// None that anybody can cause: the files that are read are this function's own.
pub fn schema() -> Result<Value, ConfigError> {
    let mut root = Value::Object(Map::new());
    insert(
        &mut root,
        &[EXTENDS],
        json!({ "type": "string", "description": "a file whose values are taken where this one sets none" }),
    );
    for index in 0..OPTIMIZERS.len() {
        let (source, model) = (SOURCES[index % SOURCES.len()], MODELS[index % MODELS.len()]);
        let optimizer = OPTIMIZERS[index];
        let text = format!(
            "[data]\nsource = {source:?}\n[model]\nkind = {model:?}\n[training.schedule]\nstep = {{}}\n\
             exponential = {{}}\n[training.early_stopping]\n[training.optimizer]\nkind = {optimizer:?}\n"
        );
        let document = Document::of(&text)?;
        let problems = Problems::default();
        // What is missing from these files is no matter; what was asked for is.
        let _ = read(Section::root(&document, &problems));
        for AskedKey { path, schema } in problems.into_keys() {
            insert(&mut root, &path.split('.').collect::<Vec<_>>(), schema);
        }
    }
    root["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    root["title"] = "emberlab configuration".into();
    Ok(root)
}

/// Puts a key's schema into that of its table, which is made where it is missing. Where another kind has
/// another rule for the same key, either will do.
fn insert(table: &mut Value, path: &[&str], schema: Value) {
    let [key, rest @ ..] = path else { return };
    table["type"] = "object".into();
    table["additionalProperties"] = false.into();
    let place = &mut table["properties"][*key];
    if !rest.is_empty() {
        insert(place, rest, schema);
    } else if place.is_null() {
        *place = schema;
    } else if *place != schema {
        widen(place, schema);
    }
}

fn widen(place: &mut Value, schema: Value) {
    match place.get_mut("anyOf") {
        Some(Value::Array(rules)) if !rules.contains(&schema) => rules.push(schema),
        Some(_) => (),
        None => *place = json!({ "anyOf": [place.take(), schema] }),
    }
}
