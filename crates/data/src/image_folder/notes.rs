//! Notes on an image folder: what is unusual but not an error, a line each.

use super::listing::Listing;
use crate::text::first;
use std::path::PathBuf;

/// The most names in a note.
const MAX_NAMES: usize = 3;

/// The notes on a folder; `others` are the folders beside those of its parts.
pub(super) fn notes(class_names: &[String], all: &Listing, others: &[PathBuf]) -> Vec<String> {
    let Listing { left_out, deeper, bad, .. } = all;
    let mut notes = Vec::new();
    let shown = |path: &PathBuf| format!("`{}`", path.display());
    if !left_out.is_empty() {
        let names = first(left_out.iter().map(shown), MAX_NAMES);
        notes.push(match left_out.len() {
            1 => format!("1 file is no image of a class and is left out: {names}"),
            n => format!("{n} files are no images of a class and are left out: {names}"),
        });
    }
    if !deeper.is_empty() {
        let names = first(deeper.iter().map(shown), MAX_NAMES);
        notes.push(match deeper.len() {
            1 => format!("1 folder within a class is left out, with all that it holds: {names}"),
            n => format!("{n} folders within classes are left out, with all that they hold: {names}"),
        });
    }
    if !others.is_empty() {
        let names = first(others.iter().map(shown), MAX_NAMES);
        let text = match others.len() {
            1 => format!("1 folder beside those of the parts is left out: {names}"),
            n => format!("{n} folders beside those of the parts are left out: {names}"),
        };
        notes.push(format!("{text}; name a part with `train_folder`, `validation_folder` or `test_folder`"));
    }
    if !bad.is_empty() {
        let names = first(bad.iter().map(|bad| format!("{} {}", shown(&bad.path), bad.problem)), MAX_NAMES);
        notes.push(match bad.len() {
            1 => format!("1 image cannot be read and is left out: {names}"),
            n => format!("{n} images cannot be read and are left out: {names}"),
        });
    }
    let lower: Vec<String> = class_names.iter().map(|name| name.to_lowercase()).collect();
    for (index, name) in lower.iter().enumerate() {
        if let Some(other) = lower[..index].iter().position(|other| other == name) {
            let (one, two) = (&class_names[other], &class_names[index]);
            notes
                .push(format!("`{one}` and `{two}` differ in upper and lower case only and are two classes"));
        }
    }
    notes
}
