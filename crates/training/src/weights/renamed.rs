//! The tensors of a file under the names of a model.

use super::torchvision;
use emberlab_models::{Architecture, NamedTensor};
use std::collections::{BTreeMap, BTreeSet};

/// The tensors of a file by the names of a model, as far as the model has them.
pub(super) struct Renamed {
    /// The tensors.
    pub tensors: BTreeMap<String, NamedTensor>,
    /// The name of each in the file.
    pub in_file: BTreeMap<String, String>,
    /// Changes of names, each a sentence without its subject.
    pub notes: Vec<String>,
}

/// The names of a file and those that they become.
struct Names {
    /// Taken off all names.
    prefix: String,
    /// Layers that have another name in torchvision's ResNets.
    layers: BTreeMap<String, String>,
}

impl Renamed {
    /// Takes a prefix off all names where `fits` accepts the names without it, and gives layers of torchvision's ResNets the
    /// names of the model.
    pub fn new(
        tensors: Vec<NamedTensor>,
        architecture: &Architecture,
        fits: impl Fn(&BTreeSet<String>) -> bool,
    ) -> Self {
        let found: BTreeSet<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        let names = Names::that_fit(&found, architecture, fits);
        let in_file = found.iter().map(|name| (names.of(name), (*name).to_owned())).collect();
        let tensors = tensors.into_iter().map(|tensor| {
            let name = names.of(&tensor.name);
            (name.clone(), NamedTensor { name, ..tensor })
        });
        Self { tensors: tensors.collect(), in_file, notes: names.notes() }
    }
}

impl Names {
    /// The names without the shortest prefix with which they fit; unchanged but for those of torchvision where there is none.
    fn that_fit(
        found: &BTreeSet<&str>,
        architecture: &Architecture,
        fits: impl Fn(&BTreeSet<String>) -> bool,
    ) -> Self {
        let mut candidates = prefixes(found).map(|prefix| Self::without(prefix, found, architecture));
        let fitting = candidates.find(|names| fits(&found.iter().map(|name| names.of(name)).collect()));
        fitting.unwrap_or_else(|| Self::without("", found, architecture))
    }

    /// The names without a prefix that all have.
    fn without(prefix: &str, found: &BTreeSet<&str>, architecture: &Architecture) -> Self {
        let stripped = found.iter().filter_map(|name| name.strip_prefix(prefix)).collect();
        Self { prefix: prefix.to_owned(), layers: torchvision::layer_names(&stripped, architecture) }
    }

    fn of(&self, name: &str) -> String {
        let name = name.strip_prefix(&self.prefix).unwrap_or(name);
        let renamed = name.rsplit_once('.').and_then(|(layer, tensor)| {
            let layer = self.layers.get(layer)?;
            Some(format!("{layer}.{tensor}"))
        });
        renamed.unwrap_or_else(|| name.to_owned())
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.prefix.is_empty() {
            notes.push(format!("took `{}` off the names of all tensors", self.prefix));
        }
        if !self.layers.is_empty() {
            notes.push("assigned torchvision's ResNet names to the layers of the model in order".to_owned());
        }
        notes
    }
}

/// The prefixes that all names have in common and that end with a dot, from none at all to the longest.
fn prefixes<'a>(names: &BTreeSet<&'a str>) -> impl Iterator<Item = &'a str> {
    let (first, last) =
        (names.first().copied().unwrap_or_default(), names.last().copied().unwrap_or_default());
    // In sorted order all names have the prefix that the first and the last have.
    let ends = first.match_indices('.').map(|(dot, _)| &first[..=dot]);
    std::iter::once("").chain(ends.filter(move |prefix| last.starts_with(*prefix)))
}
