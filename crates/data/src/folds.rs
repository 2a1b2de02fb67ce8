//! scikit-learn's `StratifiedKFold`, row for row.
//!
//! [`Fold::rows`] returns what scikit-learn 1.9.1 (`model_selection/_split.py`) chooses for
//! `StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)`: the samples, sorted by class, are dealt to the folds in
//! turn, which says how many of a class each fold has; then the folds of each class are shuffled.

use crate::error::{DataError, ParameterError};
use crate::labelled_data::LabelledData;
use crate::random_state::RandomState;

/// One fold of a stratified cross-validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The number of folds, 2 at least.
    pub folds: usize,
    /// The fold that is left out of training, from 1 to `folds`.
    pub fold: usize,
}

impl Fold {
    /// The rows of the other folds and those of this one, each in ascending order.
    ///
    /// # Errors
    ///
    /// [`DataError::Parameter`] when there are fewer than two folds, the fold is none of them, or a class has fewer samples
    /// than there are folds.
    pub fn rows(
        &self,
        samples: &LabelledData,
        random: &mut RandomState,
    ) -> Result<(Vec<usize>, Vec<usize>), DataError> {
        let Self { folds, fold } = *self;
        if folds < 2 {
            return Err(ParameterError::new("folds", folds, "a number from 2").into());
        }
        if !(1..=folds).contains(&fold) {
            return Err(ParameterError::new("fold", fold, format!("a number from 1 to {folds}")).into());
        }
        let classes = classes_by_appearance(samples);
        if let Some((class, rows)) = classes.iter().min_by_key(|(_, rows)| rows.len())
            && rows.len() < folds
        {
            return Err(too_few(folds, samples, *class, rows.len()));
        }
        let mut fold_of = vec![0; samples.len()];
        let mut dealt = 0;
        for (_, rows) in &classes {
            let mut folds_of_class: Vec<usize> =
                (dealt..dealt + rows.len()).map(|place| place % folds).collect();
            folds_of_class.sort_unstable();
            random.shuffle(&mut folds_of_class);
            rows.iter().zip(folds_of_class).for_each(|(&row, fold)| fold_of[row] = fold);
            dealt += rows.len();
        }
        Ok((0..samples.len()).partition(|&row| fold_of[row] != fold - 1))
    }
}

/// The classes that have samples, in the order in which they appear, each with its rows.
fn classes_by_appearance(samples: &LabelledData) -> Vec<(u32, Vec<usize>)> {
    let mut place = std::collections::BTreeMap::new();
    let mut classes: Vec<(u32, Vec<usize>)> = Vec::new();
    for (row, &label) in samples.labels.iter().enumerate() {
        let at = *place.entry(label).or_insert_with(|| {
            classes.push((label, Vec::new()));
            classes.len() - 1
        });
        classes[at].1.push(row);
    }
    classes
}

fn too_few(folds: usize, samples: &LabelledData, class: u32, n: usize) -> DataError {
    let name = samples.class_names.get(class as usize);
    let name = name.map_or_else(|| class.to_string(), |name| format!("{name:?}"));
    let allowed = if n < 2 {
        format!("left out, for class {name} has one training sample only and cannot be in several folds")
    } else {
        format!("at most {n}, the number of training samples of class {name}")
    };
    ParameterError::new("folds", folds, allowed).into()
}
