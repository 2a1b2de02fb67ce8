//! Writing a configuration back as TOML.

use super::document::Document;
use super::location::Location;
use emberlab_data::text::on_one_line;
use std::cell::RefCell;

/// The column of the comments that say where a value came from.
const COMMENT_COLUMN: usize = 40;

/// The text so far, which the sections of a configuration share.
#[derive(Default)]
pub(super) struct Output<'a> {
    text: RefCell<String>,
    /// The document whose origins are written as comments.
    origins: Option<&'a Document>,
}

impl<'a> Output<'a> {
    /// Writes behind each value where it came from.
    pub fn with_origins(document: &'a Document) -> Self {
        Self { text: RefCell::default(), origins: Some(document) }
    }

    /// Writes the header of a table.
    pub fn header(&self, table: &str) {
        self.text.borrow_mut().push_str(&format!("\n[{table}]\n"));
    }

    /// Writes the header of a table in a list.
    pub fn list_header(&self, list: &str) {
        self.text.borrow_mut().push_str(&format!("\n[[{list}]]\n"));
    }

    /// Writes a line; `paths` are the dotted names that its key can have in the document.
    pub fn line(&self, line: &str, paths: &[String]) {
        let text = match self.origins {
            None => format!("{line}\n"),
            Some(document) => {
                let location = paths.iter().find_map(|path| document.origin(path));
                format!("{line:COMMENT_COLUMN$}  # {}\n", origin(location))
            }
        };
        self.text.borrow_mut().push_str(&text);
    }

    pub fn into_text(self) -> String {
        self.text.into_inner()
    }
}

/// Where a value came from, on one line, because a comment ends with its line.
fn origin(location: Option<Location>) -> String {
    match location {
        None | Some(Location::File) => "default".to_owned(),
        Some(Location::Place(place)) => {
            format!("{}:{}", on_one_line(&place.path().to_string_lossy()), place.line())
        }
        Some(Location::Argument(argument)) => format!("--set {}", on_one_line(&argument)),
    }
}
