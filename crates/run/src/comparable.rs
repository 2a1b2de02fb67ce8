//! Whether scores of several runs can be compared.
//!
//! Scores on the validation and the test part are plain cross-entropy and metrics of the same samples
//! if the data is the same. The training loss is what a run minimises: with label smoothing, class
//! weights, dropout or changed images it is another quantity.

use crate::proportion::{interval, may_be_chance};
use crate::summary::RunSummary;
use emberlab_data::text::listed;
use emberlab_models::MetricName;
use std::collections::BTreeMap;

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

/// The run that is right on the most test samples, and those whose accuracies differ from its own by no more than chance would;
/// `None` for runs on different data or without a scored test part.
pub fn best<'a>(runs: &[&'a RunSummary]) -> Option<(&'a RunSummary, Vec<&'a RunSummary>)> {
    let scored = || runs.iter().filter_map(|run| Some((*run, test_accuracy(run)?)));
    let (best, accuracy) =
        scored().max_by(|left, right| left.1.total_cmp(&right.1)).filter(|_| have_same_data(runs))?;
    let is_tied = |other: f64| may_be_chance(accuracy, other, best.data.n_test);
    let tied = scored().filter(|(run, other)| !std::ptr::eq(*run, best) && is_tied(*other));
    Some((best, tied.map(|(run, _)| run).collect()))
}

/// The accuracy on the test part, from 0 to 1.
pub fn test_accuracy(run: &RunSummary) -> Option<f64> {
    run.metrics.test.as_ref()?.get(MetricName::Accuracy.name())
}

/// A sentence about runs that cannot be told apart from the best one by their test samples.
fn ties(runs: &[&RunSummary]) -> Option<String> {
    let (best, tied) = best(runs)?;
    let [low, high] = interval(test_accuracy(best)?, best.data.n_test);
    (!tied.is_empty()).then(|| {
        format!(
            "A tie: {} differ from `{}` by no more than chance on {} test samples, where its accuracy has the 95 % interval \
             {:.1} % to {:.1} %.",
            listed(tied.iter().map(|run| format!("`{}`", run.name))),
            best.name,
            best.data.n_test,
            100.0 * low,
            100.0 * high,
        )
    })
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
    remarks.extend(ties(runs));
    remarks
}

/// The settings that differ between runs, each with its value in every run.
pub type Differences = BTreeMap<String, Vec<Option<String>>>;

/// Runs that differ in seeds and in nothing else, as their places among `n_runs`; each run is in one group, alone if no other
/// is like it.
pub fn seed_groups(differences: &Differences, n_runs: usize) -> Vec<Vec<usize>> {
    let settings = |run: usize, seeds: bool| -> Vec<&Option<String>> {
        let keys = differences.iter().filter(|(key, _)| is_seed(key) == seeds);
        keys.filter_map(|(_, values)| values.get(run)).collect()
    };
    let belongs = |run: usize, group: &[usize]| {
        settings(group[0], false) == settings(run, false)
            && group.iter().all(|other| settings(*other, true) != settings(run, true))
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for run in 0..n_runs {
        match groups.iter_mut().find(|group| belongs(run, group)) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups
}

fn is_seed(key: &str) -> bool {
    key.rsplit('.').next().is_some_and(|name| name == "seed" || name.ends_with("_seed"))
}

/// A sentence with the accuracy of each group of runs that differ only in seeds.
pub fn seed_sentences(runs: &[&RunSummary], differences: &Differences) -> Vec<String> {
    let several = seed_groups(differences, runs.len()).into_iter().filter(|group| group.len() > 1);
    let sentence = |group: Vec<usize>| {
        let accuracies: Vec<f64> = group.iter().filter_map(|run| test_accuracy(runs[*run])).collect();
        let [mean, std] = mean_and_std(&accuracies)?;
        let names = listed(group.iter().map(|run| format!("`{}`", runs[*run].name)));
        Some(format!(
            "{names} differ only in seeds: {:.2} % ± {:.2} % of the test samples are right (mean and standard deviation of {} runs).",
            100.0 * mean,
            100.0 * std,
            accuracies.len()
        ))
    };
    several.filter_map(sentence).collect()
}

/// The mean of two or more values, and their standard deviation with division by n − 1.
fn mean_and_std(values: &[f64]) -> Option<[f64; 2]> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| [mean, (squares / (n - 1.0)).sqrt()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_differ_in_seeds_are_a_group() {
        let values = |words: [&str; 4]| words.map(|word| Some(word.to_owned())).to_vec();
        let differences = BTreeMap::from([
            ("seed".to_owned(), values(["1", "2", "1", "3"])),
            ("training.shuffle_seed".to_owned(), values(["1", "2", "1", "3"])),
            ("model.hidden".to_owned(), values(["[8]", "[8]", "[4]", "[8]"])),
        ]);
        assert_eq!(seed_groups(&differences, 4), [vec![0, 1, 3], vec![2]]);
        // The same run twice is not a second seed.
        assert_eq!(seed_groups(&Differences::new(), 2), [[0], [1]]);
    }

    /// `numpy.std([0.5, 0.7, 0.9], ddof=1)` is 0.2.
    #[test]
    fn the_deviation_is_that_of_numpy() {
        let found = mean_and_std(&[0.5, 0.7, 0.9]);
        assert!(found.is_some_and(|[mean, std]| (mean - 0.7).abs() < 1e-12 && (std - 0.2).abs() < 1e-12));
        assert_eq!(mean_and_std(&[0.5]), None);
    }

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
