//! Whether scores of several runs can be compared.
//!
//! Scores on the validation and the test part are plain cross-entropy and metrics of the same samples
//! if the data is the same. The training loss is what a run minimises: with label smoothing, class
//! weights, dropout or changed images it is another quantity.

use crate::summary::RunSummary;

/// Keys, or tables of keys, that change the quantity that is the training loss.
const TRAINING_LOSS: [&str; 4] =
    ["data.augment", "model.dropout", "training.class_weights", "training.label_smoothing"];

/// Whether runs that differ in `key` have training losses that cannot be compared.
pub fn changes_training_loss(key: &str) -> bool {
    let within = |key: &str, table: &str| key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
    let is_of_layer = within(key, "model.layers") && key.ends_with(".probability");
    is_of_layer || TRAINING_LOSS.iter().any(|table| key == *table || within(key, table) || within(table, key))
}

/// Whether all runs were trained on the same data.
pub fn have_same_data(runs: &[&RunSummary]) -> bool {
    runs.windows(2).all(|pair| pair[0].data.sha256 == pair[1].data.sha256)
}

/// Sentences on what cannot be compared between runs whose settings differ in some keys.
pub fn remarks<'a>(runs: &[&RunSummary], mut differences: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut remarks = Vec::new();
    if !have_same_data(runs) {
        remarks.push(
            "The runs were trained on different data, so their scores are not of the same samples."
                .to_owned(),
        );
    }
    if let Some(key) = differences.find(|key| changes_training_loss(key)) {
        remarks.push(format!(
            "The runs differ in `{key}`, so their training losses are different quantities; losses of the \
             validation and the test part are plain cross-entropy."
        ));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_by_their_tables_and_tables_by_their_keys() {
        for key in [
            "model.dropout",
            "model.layers.1.layers.0.probability",
            "data.augment.translate",
            "data.augment",
            "training",
            "data",
        ] {
            assert!(changes_training_loss(key), "{key}");
        }
        for key in
            ["model.dropout_seed", "training.epochs", "training.label_smoothing_x", "dat", "model.hidden"]
        {
            assert!(!changes_training_loss(key), "{key}");
        }
    }
}
