//! The tensors of a model of which a file has some.

use super::renamed::Renamed;
use emberlab_models::NamedTensor;

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
    /// The model's own tensors, replaced by those of the file that have their name and shape.
    pub fn new(own: Vec<NamedTensor>, file: Renamed) -> Self {
        let Renamed { tensors: mut found, in_file, .. } = file;
        let (mut n_taken, mut missing, mut misshapen) = (0, Vec::new(), Vec::new());
        let in_file = |name: String| in_file.get(&name).cloned().unwrap_or(name);
        let take = |own: NamedTensor| match found.remove(&own.name) {
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
        let left_over = found.into_keys().map(|name| quoted(&in_file(name))).collect();
        Self { tensors, n_taken, missing, misshapen, left_over }
    }

    /// Which tensors did not come from the file, and which of the file were not used.
    pub fn notes(&self) -> Vec<String> {
        let Self { missing, misshapen, left_over, .. } = self;
        let mut notes = Vec::new();
        if !missing.is_empty() {
            notes.push(format!("does not have {}; initial values are kept there", some(missing)));
        }
        if !misshapen.is_empty() {
            notes
                .push(format!("does not fit everywhere: {}; initial values are kept there", some(misshapen)));
        }
        if !left_over.is_empty() {
            notes.push(format!("no layer takes {}", some(left_over)));
        }
        notes
    }
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

fn some(items: &[String]) -> String {
    let shown = items[..items.len().min(MAX_NAMES)].join(", ");
    match items.len().saturating_sub(MAX_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
