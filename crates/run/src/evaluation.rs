//! Scikit-learn's figures for predictions.

use crate::confusion::Confusion;
use serde::Serialize;

/// The figures of a classifier on labelled samples.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// Number of samples.
    pub samples: usize,
    /// Share predicted right, from 0 to 1.
    pub accuracy: f64,
    /// Share whose class is among the `k` most probable, for some `k`.
    pub top_k: Vec<TopK>,
    /// Each class.
    pub classes: Vec<ClassFigures>,
    /// Means over the classes.
    pub macro_average: Averages,
    /// Samples by class (row) and prediction (column).
    pub confusion_matrix: Confusion,
    /// The area under the receiver operating characteristic, for two classes that both occur.
    pub auroc: Option<f64>,
}

/// Share of samples whose class is among the most probable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TopK {
    /// Number of classes.
    pub k: usize,
    /// The share, from 0 to 1.
    pub accuracy: f64,
}

/// The figures of one class. A ratio whose denominator is 0 is 0, as in scikit-learn.
#[derive(Clone, Debug, Serialize)]
pub struct ClassFigures {
    /// The class.
    pub name: String,
    /// Right among those predicted to be of the class.
    pub precision: f64,
    /// Right among those of the class.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// Samples of the class.
    pub support: usize,
}

/// Means over the classes that occur or are predicted.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Averages {
    /// Of precision.
    pub precision: f64,
    /// Of recall.
    pub recall: f64,
    /// Of F1.
    pub f1: f64,
}

/// Each `k` of top-k accuracy, used if there are more classes.
const TOP_K: [usize; 2] = [3, 5];

impl Evaluation {
    /// The figures of predicted classes and probabilities `[n, n_classes]`, row after row.
    pub fn new(class_names: &[String], labels: &[u32], predictions: &[usize], probabilities: &[f64]) -> Self {
        let n_classes = class_names.len();
        let ranks = probabilities.chunks_exact(n_classes.max(1)).zip(labels);
        let ranks: Vec<usize> = ranks.map(|(row, &label)| rank(row, label as usize)).collect();
        let positives: Vec<f64> = match n_classes {
            2 => probabilities.chunks_exact(2).map(|row| row[1]).collect(),
            _ => Vec::new(),
        };
        Self::of(class_names, labels, predictions, &ranks, &positives)
    }

    /// The same figures, from the [`rank`] of each sample's class in place of its probabilities and, for two classes, the
    /// probability of the second one.
    pub fn of(
        class_names: &[String],
        labels: &[u32],
        predictions: &[usize],
        ranks: &[usize],
        positives: &[f64],
    ) -> Self {
        let n_classes = class_names.len();
        let confusion = Confusion::new(n_classes, labels, predictions);
        let right: usize = (0..n_classes).map(|class| confusion.count(class, class)).sum();
        let (supports, predicted) = (confusion.supports(), confusion.predicted());
        let classes: Vec<ClassFigures> = class_names
            .iter()
            .enumerate()
            .map(|(class, name)| {
                figures(name, confusion.count(class, class), supports[class], predicted[class])
            })
            .collect();
        let top_k = TOP_K.into_iter().filter(|&k| k < n_classes).map(|k| {
            let hits = ranks.iter().filter(|&&rank| rank < k).count();
            TopK { k, accuracy: share(hits, labels.len()) }
        });
        let auroc = match n_classes {
            2 => auroc(positives.iter().zip(labels).map(|(&score, &label)| (score, label == 1)).collect()),
            _ => None,
        };
        let occurs = |class: &usize| supports[*class] > 0 || predicted[*class] > 0;
        let counted: Vec<&ClassFigures> =
            (0..n_classes).filter(occurs).map(|class| &classes[class]).collect();
        Self {
            samples: labels.len(),
            accuracy: share(right, labels.len()),
            top_k: top_k.collect(),
            macro_average: averages(&counted),
            classes,
            confusion_matrix: confusion,
            auroc,
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn figures(name: &str, right: usize, support: usize, predicted: usize) -> ClassFigures {
    ClassFigures {
        name: name.to_owned(),
        precision: share(right, predicted),
        recall: share(right, support),
        f1: share(2 * right, support + predicted),
        support,
    }
}

/// Means over classes that occur or are predicted.
fn averages(counted: &[&ClassFigures]) -> Averages {
    let mean = |figure: fn(&ClassFigures) -> f64| {
        counted.iter().map(|class| figure(class)).sum::<f64>() / counted.len().max(1) as f64
    };
    Averages {
        precision: mean(|class| class.precision),
        recall: mean(|class| class.recall),
        f1: mean(|class| class.f1),
    }
}

/// The number of classes that are more probable than `class`; of equally probable ones, those that come later. NaN is more
/// probable than all.
pub fn rank(row: &[f64], class: usize) -> usize {
    // No comparison with NaN holds.
    let is_no_more = |(other, probability): (usize, &f64)| {
        *probability < row[class] || (*probability == row[class] && other <= class)
    };
    row.iter().enumerate().filter(|&entry| !is_no_more(entry)).count()
}

/// The probability that a random positive scores higher than a random negative, ties counting half
/// (the Mann-Whitney statistic).
fn auroc(mut scores: Vec<(f64, bool)>) -> Option<f64> {
    let positives = scores.iter().filter(|(_, positive)| *positive).count();
    let negatives = scores.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    scores.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut wins, mut negatives_below) = (0.0, 0usize);
    for tied in scores.chunk_by(|left, right| left.0 == right.0) {
        let positives_here = tied.iter().filter(|(_, positive)| *positive).count();
        let negatives_here = tied.len() - positives_here;
        wins += positives_here as f64 * (negatives_below as f64 + negatives_here as f64 / 2.0);
        negatives_below += negatives_here;
    }
    Some(wins / (positives as f64 * negatives as f64))
}
