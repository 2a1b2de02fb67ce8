//! The keys of `[data]` about the division into training and test part.

use super::key::{Key, key};
use super::rule::{count, flag, share};
use super::section::Section;
use emberlab_data::{TestSize, TrainTestSplit};

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
