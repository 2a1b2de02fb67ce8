//! What reading a document brings to light: problems, notes, and the keys that were declared.

use super::document::Document;
use super::key::{Alias, Key};
use super::location::Location;
use super::problem::{ConfigError, Problem, ProblemKind};
use serde_json::json;
use std::cell::RefCell;

/// Collects everything, so that all problems are reported at once.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: RefCell<Vec<Problem>>,
    notes: RefCell<Vec<String>>,
    declarations: RefCell<Vec<Declaration>>,
}

/// A key that was declared, without its type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Declaration {
    /// The dotted path.
    pub path: String,
    /// Another name within its table.
    pub alias: Option<Alias>,
    /// The allowed values as a JSON schema.
    pub schema: serde_json::Value,
    /// Those under the other name.
    pub alias_schema: serde_json::Value,
    /// The allowed values, in words.
    pub allowed: String,
    /// The default as the documentation shows it.
    pub default: String,
    /// The line of documentation.
    pub about: &'static str,
}

impl Declaration {
    pub fn of<T>(key: &Key<'_, T>, path: String, default: &str) -> Self {
        Self {
            path,
            alias: key.alias,
            schema: key.rule.schema(),
            alias_schema: key.alias_rule().schema(),
            allowed: key.rule.allowed.clone(),
            default: default.to_owned(),
            about: key.about,
        }
    }

    /// The declaration of a list of tables. The tables of a list within a list of the same name have the same keys.
    pub fn of_tables(path: String, about: &'static str) -> Self {
        let mut schema = json!({ "type": "array" });
        if let Some((outer, name)) = path.rsplit_once(".*.")
            && outer.ends_with(&format!(".{name}"))
        {
            let outer = outer.replace('.', "/properties/");
            schema["items"] = json!({ "$ref": format!("#/properties/{outer}/items") });
        }
        Self {
            path,
            alias: None,
            alias_schema: serde_json::Value::Null,
            schema,
            allowed: "a list of tables".to_owned(),
            default: "none".to_owned(),
            about,
        }
    }

    /// The dotted path of the alias.
    pub fn alias_path(&self) -> Option<String> {
        let alias = self.alias?.name();
        Some(match self.path.rsplit_once('.') {
            Some((table, _)) => format!("{table}.{alias}"),
            None => alias.to_owned(),
        })
    }

    /// The dotted path of the name that the key had before it was renamed.
    pub fn former_path(&self) -> Option<String> {
        self.alias_path().filter(|_| matches!(self.alias, Some(Alias::Former(_))))
    }
}

impl Findings {
    pub fn push(&self, location: Location, kind: ProblemKind) {
        self.problems.borrow_mut().push(Problem { location, kind });
    }

    /// Keeps a note for the user that is no error.
    pub fn note(&self, note: String) {
        self.notes.borrow_mut().push(note);
    }

    pub fn declare(&self, declaration: Declaration) {
        self.declarations.borrow_mut().push(declaration);
    }

    /// The problems so far.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.borrow().clone()
    }

    /// The declared keys, in order.
    pub fn into_declarations(self) -> Vec<Declaration> {
        self.declarations.into_inner()
    }

    /// The notes.
    ///
    /// # Errors
    ///
    /// All problems, if there are any.
    pub fn finish(self, document: &Document) -> Result<Vec<String>, ConfigError> {
        let problems = self.problems.into_inner();
        if problems.is_empty() {
            Ok(self.notes.into_inner())
        } else {
            Err(ConfigError::new(&document.path, problems))
        }
    }
}
