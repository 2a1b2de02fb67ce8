//! The confusion matrix, for any number of classes.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The largest number of classes whose matrix is serialised row by row; larger ones are serialised as nonzero cells.
const MAX_DENSE: usize = 1000;

/// The number of samples of each class (row) that were predicted as each class (column). Stores only nonzero cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    n_classes: usize,
    counts: BTreeMap<(usize, usize), usize>,
}

impl Confusion {
    /// Counts labels and predictions, both below `n_classes`.
    pub fn new(n_classes: usize, labels: &[u32], predictions: &[usize]) -> Self {
        let mut counts = BTreeMap::new();
        for (&label, &prediction) in labels.iter().zip(predictions) {
            *counts.entry((label as usize, prediction)).or_default() += 1;
        }
        Self { n_classes, counts }
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The number of samples of `class` that were predicted as `prediction`.
    pub fn count(&self, class: usize, prediction: usize) -> usize {
        self.counts.get(&(class, prediction)).copied().unwrap_or(0)
    }

    /// The nonzero cells: class, prediction and count, row after row.
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        self.counts.iter().map(|(&(class, prediction), &count)| (class, prediction, count))
    }

    /// The number of samples of each class.
    pub fn supports(&self) -> Vec<usize> {
        self.sums(|class, _| class)
    }

    /// The number of samples predicted as each class.
    pub fn predicted(&self) -> Vec<usize> {
        self.sums(|_, prediction| prediction)
    }

    fn sums(&self, of: impl Fn(usize, usize) -> usize) -> Vec<usize> {
        let mut sums = vec![0; self.n_classes];
        self.cells().for_each(|(class, prediction, count)| sums[of(class, prediction)] += count);
        sums
    }

    /// The at most `most` classes with the most wrong predictions, as class or as prediction, in ascending order. Of classes
    /// with equally many, the first are taken.
    pub fn most_confused(&self, most: usize) -> Vec<usize> {
        let mut errors = vec![0usize; self.n_classes];
        for (class, prediction, count) in self.cells().filter(|(class, prediction, _)| class != prediction) {
            errors[class] += count;
            errors[prediction] += count;
        }
        let mut classes: Vec<usize> = (0..self.n_classes).collect();
        classes.sort_by_key(|&class| (std::cmp::Reverse(errors[class]), class));
        classes.truncate(most);
        classes.sort_unstable();
        classes
    }

    /// The at most `most` largest cells of wrong predictions, the largest first.
    pub fn most_confused_pairs(&self, most: usize) -> Vec<(usize, usize, usize)> {
        let mut wrong: Vec<_> = self.cells().filter(|(class, prediction, _)| class != prediction).collect();
        wrong.sort_by_key(|&(class, prediction, count)| (std::cmp::Reverse(count), class, prediction));
        wrong.truncate(most);
        wrong
    }

    /// The whole matrix `[n_classes, n_classes]`.
    pub fn to_rows(&self) -> Vec<Vec<usize>> {
        let mut rows = vec![vec![0; self.n_classes]; self.n_classes];
        self.cells().for_each(|(class, prediction, count)| rows[class][prediction] = count);
        rows
    }
}

/// Serialises rows of counts, or, for more than 1000 classes, `{"n_classes": n, "cells": [[class, prediction, count], …]}`.
impl Serialize for Confusion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.n_classes <= MAX_DENSE {
            return self.to_rows().serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("n_classes", &self.n_classes)?;
        map.serialize_entry("cells", &self.cells().collect::<Vec<_>>())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_confused_classes_are_those_with_the_most_errors() {
        let confusion = Confusion::new(5, &[0, 0, 1, 1, 2, 3, 3, 4], &[0, 1, 1, 0, 2, 4, 4, 4]);
        assert_eq!(confusion.count(3, 4), 2);
        assert_eq!(confusion.supports(), [2, 2, 1, 2, 1]);
        assert_eq!(confusion.predicted(), [2, 2, 1, 0, 3]);
        // Classes 0, 1, 3 and 4 have two wrong predictions each.
        assert_eq!(confusion.most_confused(3), [0, 1, 3]);
        assert_eq!(confusion.most_confused(4), [0, 1, 3, 4]);
        assert_eq!(confusion.most_confused(9), [0, 1, 2, 3, 4]);
        assert_eq!(confusion.most_confused_pairs(2), [(3, 4, 2), (0, 1, 1)]);
        assert_eq!(confusion.to_rows()[1], [1, 1, 0, 0, 0]);
    }

    #[test]
    fn many_classes_take_memory_only_for_nonzero_cells() {
        let n = 100_000;
        let labels: Vec<u32> = (0..n as u32).collect();
        let predictions: Vec<usize> = (0..n).map(|class| class / 2).collect();
        let confusion = Confusion::new(n, &labels, &predictions);
        let json = serde_json::to_string(&confusion).unwrap_or_default();
        assert!(json.starts_with("{\"n_classes\":100000,\"cells\":[[0,0,1],[1,0,1],"), "{}", &json[..60]);
        assert_eq!(confusion.most_confused(2).len(), 2);
    }
}
