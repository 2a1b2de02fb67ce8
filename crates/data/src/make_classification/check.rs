//! Checks of the parameters.

use super::{ColumnValue, MakeClassification};
use crate::error::ParameterError;

/// The most numbers of a table: 2²⁹, which take 4 GiB.
const MAX_VALUES: usize = 1 << 29;
/// The most clusters, `n_classes * n_clusters_per_class`.
const MAX_CLUSTERS: usize = 1 << 16;

impl MakeClassification {
    /// All problems of these parameters; empty when a data set can be drawn.
    pub fn problems(&self) -> Vec<ParameterError> {
        let mut problems = self.count_problems();
        problems.extend(self.weight_problem());
        if !(0.0..=1.0).contains(&self.flip_y) {
            problems.push(ParameterError::new("flip_y", self.flip_y, "from 0 to 1"));
        }
        if !(self.class_sep > 0.0 && self.class_sep.is_finite()) {
            let allowed = "a finite number above 0";
            problems.push(ParameterError::new("class_sep", self.class_sep, allowed));
        }
        problems.extend(self.column_problem("shift", &self.shift, "finite", f64::is_finite));
        problems.extend(self.column_problem("scale", &self.scale, "finite and above 0", |factor| {
            factor > 0.0 && factor.is_finite()
        }));
        problems
    }

    fn count_problems(&self) -> Vec<ParameterError> {
        let mut problems = Vec::new();
        for (name, value) in [
            ("n_samples", self.n_samples),
            ("n_features", self.n_features),
            ("n_informative", self.n_informative),
            ("n_classes", self.n_classes),
            ("n_clusters_per_class", self.n_clusters_per_class),
        ] {
            if value == 0 {
                problems.push(ParameterError::new(name, value, "at least 1"));
            }
        }
        let useful = self.n_informative.saturating_add(self.n_redundant).saturating_add(self.n_repeated);
        if useful > self.n_features {
            problems.push(ParameterError::new(
                "n_features",
                self.n_features,
                format!(
                    "at least {useful}, the sum of `n_informative` = {}, `n_redundant` = {} and `n_repeated` = {}",
                    self.n_informative, self.n_redundant, self.n_repeated
                ),
            ));
        }
        let clusters = self.n_classes.saturating_mul(self.n_clusters_per_class);
        if clusters > MAX_CLUSTERS {
            let allowed = format!("at most {MAX_CLUSTERS} clusters together with `n_clusters_per_class`");
            problems.push(ParameterError::new("n_classes", self.n_classes, allowed));
        } else if (self.n_informative as f64) < (clusters as f64).log2() {
            problems.push(ParameterError::new(
                "n_informative",
                self.n_informative,
                format!(
                    "at least {}, for `n_classes` = {} times `n_clusters_per_class` = {} clusters need as many hypercube corners",
                    (clusters as f64).log2().ceil(), self.n_classes, self.n_clusters_per_class
                ),
            ));
        }
        let mixing = useful.max(clusters).saturating_mul(self.n_informative);
        if mixing > MAX_VALUES {
            let allowed = "fewer, for the mixing matrices and the centres must fit in memory";
            problems.push(ParameterError::new("n_informative", self.n_informative, allowed));
        }
        if self.n_samples.saturating_mul(self.n_features) > MAX_VALUES {
            let allowed =
                format!("at most {MAX_VALUES} when multiplied by `n_features` = {}", self.n_features);
            problems.push(ParameterError::new("n_samples", self.n_samples, allowed));
        }
        problems
    }

    fn weight_problem(&self) -> Option<ParameterError> {
        let weights = self.weights.as_ref()?;
        let shown = format!("{weights:?}");
        let n_classes = self.n_classes;
        if weights.len() != n_classes && weights.len() + 1 != n_classes {
            let allowed = format!(
                "a list of {n_classes} shares, or of {} with the last left out",
                n_classes.saturating_sub(1)
            );
            return Some(ParameterError::new("weights", shown, allowed));
        }
        if weights.iter().any(|share| !(0.0..=1.0).contains(share)) {
            return Some(ParameterError::new("weights", shown, "a list of shares from 0 to 1"));
        }
        // Rounding may carry a sum that is meant to be 1 slightly over it.
        if weights.iter().sum::<f64>() > 1.0 + 1e-9 {
            return Some(ParameterError::new("weights", shown, "a list with a sum of at most 1"));
        }
        None
    }

    fn column_problem(
        &self,
        name: &'static str,
        column: &ColumnValue,
        allowed: &str,
        valid: impl Fn(f64) -> bool,
    ) -> Option<ParameterError> {
        match column {
            ColumnValue::Same(value) if !valid(*value) => Some(ParameterError::new(name, value, allowed)),
            ColumnValue::PerFeature(values)
                if values.len() != self.n_features || !values.iter().all(|&value| valid(value)) =>
            {
                let allowed = format!("{} numbers, each {allowed}", self.n_features);
                Some(ParameterError::new(name, format!("{values:?}"), allowed))
            }
            _ => None,
        }
    }
}
