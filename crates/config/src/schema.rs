//! The configuration file as a JSON schema, for editors.
//!
//! It is made from the declarations of the keys, so it agrees with what is checked. It does not say which
//! keys are required, because a file that is extended may have them.

use super::ConfigError;
use super::reference::entries;
use serde_json::{Map, Value, json};

/// The schema.
///
/// # Errors
///
/// None in practice: the documents that are read are part of the program.
pub fn schema() -> Result<Value, ConfigError> {
    let mut root = Value::Object(Map::new());
    for declaration in entries()?.into_iter().map(|entry| entry.declaration) {
        let names = [
            (Some(declaration.path.clone()), &declaration.schema),
            (declaration.alias_path(), &declaration.alias_schema),
        ];
        for (path, schema) in names.into_iter().filter_map(|(path, schema)| Some((path?, schema))) {
            insert(&mut root, &path.split('.').collect::<Vec<_>>(), schema);
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

fn widen(place: &mut Value, schema: &Value) {
    match place.get_mut("anyOf") {
        Some(Value::Array(rules)) if !rules.contains(schema) => rules.push(schema.clone()),
        Some(_) => (),
        None => *place = json!({ "anyOf": [place.take(), schema] }),
    }
}
