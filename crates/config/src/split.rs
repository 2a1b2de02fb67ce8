//! The keys of `[data]` about the division into training and test part.

use super::key::{Key, key};
use super::rule::{count, count_in, flag, share};
use super::section::Section;
use emberlab_data::{Fold, TestSize, TrainTestSplit};

/// The size of the test part.
pub(super) fn test_size_key<'a>() -> Key<'a, TestSize> {
    let samples = count(1).map(TestSize::Samples, |size| match size {
        TestSize::Samples(samples) => Some(*samples),
        TestSize::Share(_) => None,
    });
    let share = share().map(TestSize::Share, |size| match size {
        TestSize::Share(share) => Some(*share),
        TestSize::Samples(_) => None,
    });
    key("test_size", samples.or(share), "size of the test part, as a number or a share of the samples")
}

/// The keys of a division into training and test part, which are written if there is one.
pub(super) fn split_keys(section: &mut Section<'_>, written: Option<TrainTestSplit>) -> TrainTestSplit {
    let default = TrainTestSplit::default().test_size;
    let test_size = section.value(test_size_key(), default, written.map(|split| split.test_size));
    TrainTestSplit { test_size, stratify: stratify_key(section, written.map(|split| split.stratify)) }
}

/// The key that the division of the source and that of the training part share.
pub(super) fn stratify_key(section: &mut Section<'_>, written: Option<bool>) -> bool {
    let about = "divide so that all parts have the same share of each class";
    section.value(key("stratify", flag(), about), false, written)
}

/// The most folds of a cross-validation.
const MAX_FOLDS: u64 = 1000;

/// The keys of a run of a cross-validation, which are written in such runs alone.
pub(super) fn fold_keys(section: &mut Section<'_>, written: Option<Fold>) -> Option<Fold> {
    let about = "number of stratified folds of the training part, as `train --folds` sets it";
    let folds = key("folds", count_in(2..=MAX_FOLDS), about);
    let folds = section.optional(folds, written.map(|fold| fold.folds));
    let about =
        "the fold, from 1 to `folds`, that is left out of training and takes the place of the test part";
    let fold = section.optional(key("fold", count(1), about), written.map(|fold| fold.fold));
    if !section.has("folds") {
        section.meaningless("fold", "has no meaning without `folds`, the number of folds");
    }
    if !section.has("fold") {
        let reason = "has no meaning without `fold`, the fold that is left out; `emberlab train CONFIG --folds K` trains \
                      without each of them in turn";
        section.meaningless("folds", reason);
    }
    let (folds, fold) = (folds?, fold?);
    if fold > folds {
        section.problem("fold", format!("is {fold}, must be at most {folds}, the value of `folds`"));
        return None;
    }
    Some(Fold { folds, fold })
}
