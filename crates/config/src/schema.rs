//! The configuration file as a JSON schema, for editors.
//!
//! It is made from the declarations of the keys, so it agrees with what is checked. It does not say which
//! keys are required, because a file that is extended may have them.

use super::ConfigError;
use super::description::Description;
use super::reference::{Entry, entries};
use serde_json::{Map, Value, json};

/// The schema.
///
/// # Errors
///
/// None in practice: the documents that are read are part of the program.
pub fn schema() -> Result<Value, ConfigError> {
    let mut root = Value::Object(Map::new());
    let entries = entries()?;
    for Entry { declaration, .. } in &entries {
        let names = [
            (Some(declaration.path.clone()), &declaration.schema),
            (declaration.alias_path(), &declaration.alias_schema),
        ];
        for (path, schema) in names.into_iter().filter_map(|(path, schema)| Some((path?, schema))) {
            insert(&mut root, &path.split('.').collect::<Vec<_>>(), schema);
        }
    }
    for entry in &entries {
        let same: Vec<&Entry> = entries.iter().filter(|other| other.table() == entry.table()).collect();
        let text = Description::new(entry.name(), &same).paragraph();
        for path in
            [Some(entry.declaration.path.clone()), entry.declaration.alias_path()].into_iter().flatten()
        {
            describe(&mut root, &path.split('.').collect::<Vec<_>>(), &text);
        }
    }
    root["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    root["title"] = "emberlab configuration".into();
    Ok(root)
}

/// Inserts a key's schema into that of its table, which is created if it is missing. If the key has another
/// rule with another kind, either is allowed.
fn insert(table: &mut Value, path: &[&str], schema: &Value) {
    let [key, rest @ ..] = path else { return };
    let place = if *key == "*" {
        &mut table["items"]
    } else {
        table["type"] = "object".into();
        table["additionalProperties"] = false.into();
        &mut table["properties"][*key]
    };
    if !rest.is_empty() {
        insert(place, rest, schema);
    } else if place.is_null() {
        *place = schema.clone();
    } else if place != schema {
        widen(place, schema);
    }
}

/// Describes a key whose schema is in its place.
fn describe(table: &mut Value, path: &[&str], text: &str) {
    let [key, rest @ ..] = path else {
        table["description"] = text.into();
        return;
    };
    describe(if *key == "*" { &mut table["items"] } else { &mut table["properties"][*key] }, rest, text);
}

fn widen(place: &mut Value, schema: &Value) {
    match place.get_mut("anyOf") {
        Some(Value::Array(rules)) if !rules.contains(schema) => rules.push(schema.clone()),
        Some(_) => (),
        None => *place = json!({ "anyOf": [place.take(), schema] }),
    }
}
