//! scikit-learn's `train_test_split`, row for row.
//!
//! [`TrainTestSplit::rows`] returns what scikit-learn 1.9.1 (`model_selection/_split.py`) chooses
//! for the same seed: the first rows of a permutation are the test part or, with `stratify`, each
//! class is divided in proportion and both parts are shuffled again.

use crate::error::{DataError, ParameterError};
use crate::labelled_data::LabelledData;
use crate::random_state::RandomState;

/// How much of the samples becomes the test part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TestSize {
    /// A share, above 0 and below 1, rounded up to whole samples.
    Share(f64),
    /// A number of samples.
    Samples(usize),
}

/// The parameters of `train_test_split`, with scikit-learn's names and defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainTestSplit {
    /// Size of the test part; a quarter by default.
    pub test_size: TestSize,
    /// Whether each class has the same share in both parts; off by default.
    pub stratify: bool,
}

impl Default for TrainTestSplit {
    fn default() -> Self {
        Self { test_size: TestSize::Share(0.25), stratify: false }
    }
}

impl TrainTestSplit {
    /// The sizes of the training and the test part of `n_samples` samples.
    ///
    /// # Errors
    ///
    /// When `test_size` is out of range, or one of the parts would be empty.
    pub fn sizes(&self, n_samples: usize) -> Result<(usize, usize), ParameterError> {
        let (n_test, shown) = match self.test_size {
            TestSize::Share(share) if share > 0.0 && share < 1.0 => {
                ((share * n_samples as f64).ceil() as usize, share.to_string())
            }
            TestSize::Samples(count) if count > 0 => (count, count.to_string()),
            TestSize::Share(share) => (n_samples, share.to_string()),
            TestSize::Samples(count) => (n_samples, count.to_string()),
        };
        if n_test >= n_samples {
            return Err(ParameterError::new(
                "test_size",
                shown,
                format!(
                    "a share above 0 and below 1, or a number from 1, that leaves some of the {n_samples} samples to train on"
                ),
            ));
        }
        Ok((n_samples - n_test, n_test))
    }

    /// The rows of the training part and of the test part, in drawn order.
    ///
    /// # Errors
    ///
    /// [`DataError::Parameter`] as for [`sizes`](Self::sizes), and, stratified, when a class has one
    /// sample or a part is smaller than the number of classes.
    pub fn rows(
        &self,
        labels: &[u32],
        random: &mut RandomState,
    ) -> Result<(Vec<usize>, Vec<usize>), DataError> {
        self.divided(labels, &[], random)
    }

    /// The same for samples, with the names of their classes in errors.
    ///
    /// # Errors
    ///
    /// As for [`rows`](Self::rows).
    pub fn rows_of(
        &self,
        samples: &LabelledData,
        random: &mut RandomState,
    ) -> Result<(Vec<usize>, Vec<usize>), DataError> {
        self.divided(&samples.labels, &samples.class_names, random)
    }

    fn divided(
        &self,
        labels: &[u32],
        class_names: &[String],
        random: &mut RandomState,
    ) -> Result<(Vec<usize>, Vec<usize>), DataError> {
        let (n_train, n_test) = self.sizes(labels.len())?;
        if self.stratify {
            return stratified_rows(labels, class_names, n_train, n_test, random);
        }
        let mut rows = random.permutation(labels.len());
        let train = rows.split_off(n_test);
        Ok((train, rows))
    }
}

fn stratified_rows(
    labels: &[u32],
    class_names: &[String],
    n_train: usize,
    n_test: usize,
    random: &mut RandomState,
) -> Result<(Vec<usize>, Vec<usize>), DataError> {
    let mut class_rows = std::collections::BTreeMap::<u32, Vec<usize>>::new();
    for (row, &label) in labels.iter().enumerate() {
        class_rows.entry(label).or_default().push(row);
    }
    if let Some(label) = class_rows.iter().find_map(|(label, rows)| (rows.len() < 2).then_some(label)) {
        let name = class_names.get(*label as usize);
        let name = name.map_or_else(|| label.to_string(), |name| format!("{name:?}"));
        let allowed = format!("false, for class {name} has one sample only and cannot be in both parts");
        return Err(ParameterError::new("stratify", true, allowed).into());
    }
    let n_classes = class_rows.len();
    if n_train.min(n_test) < n_classes {
        let allowed =
            format!("false, for a part of {} samples cannot hold {n_classes} classes", n_train.min(n_test));
        return Err(ParameterError::new("stratify", true, allowed).into());
    }

    let counts: Vec<usize> = class_rows.values().map(Vec::len).collect();
    let train_counts = approximate_mode(&counts, n_train, random);
    let remaining: Vec<usize> = counts.iter().zip(&train_counts).map(|(all, train)| all - train).collect();
    let test_counts = approximate_mode(&remaining, n_test, random);

    let (mut train, mut test) = (Vec::with_capacity(n_train), Vec::with_capacity(n_test));
    for ((rows, n_train), n_test) in class_rows.values().zip(train_counts).zip(test_counts) {
        let order = random.permutation(rows.len());
        train.extend(order[..n_train].iter().map(|&index| rows[index]));
        test.extend(order[n_train..n_train + n_test].iter().map(|&index| rows[index]));
    }
    random.shuffle(&mut train);
    random.shuffle(&mut test);
    Ok((train, test))
}

/// Divides `n_draws` over classes in proportion to `counts`: rounded down, then one more for the
/// largest remainders, ties broken at random (scikit-learn's `utils.extmath._approximate_mode`).
fn approximate_mode(counts: &[usize], n_draws: usize, random: &mut RandomState) -> Vec<usize> {
    let total: usize = counts.iter().sum();
    let exact: Vec<f64> = counts.iter().map(|&count| count as f64 / total as f64 * n_draws as f64).collect();
    let mut shares: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let remainders: Vec<f64> = exact.iter().map(|share| share - share.floor()).collect();
    let mut values = remainders.clone();
    values.sort_by(|a, b| b.total_cmp(a));
    values.dedup();

    let mut missing = n_draws.saturating_sub(shares.iter().sum());
    for value in values {
        if missing == 0 {
            break;
        }
        let tied: Vec<usize> = (0..counts.len()).filter(|&class| remainders[class] == value).collect();
        let chosen = random.permutation(tied.len());
        for &index in chosen.iter().take(missing) {
            shares[tied[index]] += 1;
        }
        missing -= tied.len().min(missing);
    }
    shares
}
