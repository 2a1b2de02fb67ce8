//! The tensors of a model of which a file has some.

use super::renamed::Renamed;
use emberlab_data::text::first;
use emberlab_models::NamedTensor;
use std::collections::BTreeSet;

/// The largest number of tensors that a note names.
const MAX_NAMES: usize = 100;

/// All tensors of a model, those that fit taken from a file.
pub(super) struct Taken {
    /// The tensors, in the order of the model.
    pub tensors: Vec<NamedTensor>,
    /// The number of those from the file.
    pub n_taken: usize,
    /// Names that the file does not have.
    missing: Vec<String>,
    /// Names whose tensor has another shape in the file, with both shapes.
    misshapen: Vec<String>,
    /// Names of the file that the model does not have.
    left_over: Vec<String>,
}

impl Taken {
    /// The model's own tensors, replaced by those of the file that have their name and shape. `constants` are names that the
    /// model has no parameter for: it keeps its values, and takes none.
    pub fn new(own: Vec<NamedTensor>, constants: &BTreeSet<String>, file: Renamed) -> Self {
        let Renamed { tensors: mut found, in_file, .. } = file;
        let (mut n_taken, mut missing, mut misshapen, mut ignored) = (0, Vec::new(), Vec::new(), Vec::new());
        let in_file = |name: String| in_file.get(&name).cloned().unwrap_or(name);
        let take = |own: NamedTensor| match found.remove(&own.name) {
            // What the layer has no parameter for is left over, unless it is what the layer computes with.
            theirs if constants.contains(&own.name) => {
                let others = theirs.filter(|theirs| theirs.values != own.values);
                ignored.extend(others.map(|theirs| quoted(&in_file(theirs.name))));
                own
            }
            Some(found) if found.shape == own.shape => {
                n_taken += 1;
                found
            }
            Some(found) => {
                let theirs = in_file(found.name);
                let shapes = format!("has shape {:?}, must have {:?}", found.shape, own.shape);
                misshapen.push(if theirs == own.name {
                    format!("`{theirs}` {shapes}")
                } else {
                    format!("`{theirs}` for `{}` {shapes}", own.name)
                });
                own
            }
            None => {
                missing.push(quoted(&own.name));
                own
            }
        };
        let tensors = own.into_iter().map(take).collect();
        let left_over = found.into_keys().map(|name| quoted(&in_file(name))).chain(ignored).collect();
        Self { tensors, n_taken, missing, misshapen, left_over }
    }

    /// Which tensors did not come from the file, and which of the file were not used.
    pub fn notes(&self) -> Vec<String> {
        let Self { missing, misshapen, left_over, .. } = self;
        let mut notes = Vec::new();
        if !missing.is_empty() {
            notes.push(format!(
                "does not have {}; initial values are kept there",
                first(missing.iter(), MAX_NAMES)
            ));
        }
        if !misshapen.is_empty() {
            notes.push(format!(
                "does not fit everywhere: {}; initial values are kept there",
                first(misshapen.iter(), MAX_NAMES)
            ));
        }
        if !left_over.is_empty() {
            notes.push(format!("no layer takes {}", first(left_over.iter(), MAX_NAMES)));
        }
        notes
    }
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}
