//! scikit-learn's `make_classification`, draw for draw.
//!
//! Clusters of normally distributed points around corners of a hypercube with sides of
//! `2 * class_sep`, mixed by a random matrix each, with redundant, repeated and useless columns,
//! flipped labels, shifts and scales (I. Guyon, "Design of experiments for the NIPS 2003 variable
//! selection benchmark"). The order of draws is that of scikit-learn 1.9.1
//! (`datasets/_samples_generator.py`): labels are equal, features agree within 1e-12, the rounding
//! of a matrix product.

use crate::error::{DataError, ParameterError};
use crate::labelled_data::{Features, LabelledData};
use crate::random_state::RandomState;

/// The largest table that is made: 2²⁹ numbers, 4 GiB.
const MAX_VALUES: usize = 1 << 29;
/// The largest hypercube corners' list that is drawn: `n_classes * n_clusters_per_class`.
const MAX_CLUSTERS: usize = 1 << 16;

/// A column offset or factor: given once, given per column, or drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValue {
    /// The same for every column.
    Same(f64),
    /// One for each column.
    PerFeature(Vec<f64>),
    /// Drawn from the generator; scikit-learn's `None`.
    Random,
}

/// The parameters of `make_classification`, with scikit-learn's names and defaults.
///
/// | name | default | meaning | range |
/// |---|---|---|---|
/// | `n_samples` | 100 | rows | at least 1 |
/// | `n_features` | 20 | columns | at least the three below together |
/// | `n_informative` | 2 | columns that span the hypercube | at least log₂ of the clusters |
/// | `n_redundant` | 2 | random combinations of the informative ones | |
/// | `n_repeated` | 0 | copies of informative or redundant ones | |
/// | `n_classes` | 2 | classes | at least 1 |
/// | `n_clusters_per_class` | 2 | clusters of each class | at least 1 |
/// | `weights` | balanced | share of each class, the last may be left out | at least 0 |
/// | `flip_y` | 0.01 | share of samples whose label is drawn anew | 0 to 1 |
/// | `class_sep` | 1 | half the side of the hypercube | above 0 |
/// | `hypercube` | true | corners of a hypercube, or of a random polytope | |
/// | `shift` | 0 | added to each column | finite |
/// | `scale` | 1 | multiplies each column, after the shift | above 0 |
/// | `shuffle` | true | shuffles rows and columns | |
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the table above says what each field means")]
pub struct MakeClassification {
    pub n_samples: usize,
    pub n_features: usize,
    pub n_informative: usize,
    pub n_redundant: usize,
    pub n_repeated: usize,
    pub n_classes: usize,
    pub n_clusters_per_class: usize,
    pub weights: Option<Vec<f64>>,
    pub flip_y: f64,
    pub class_sep: f64,
    pub hypercube: bool,
    pub shift: ColumnValue,
    pub scale: ColumnValue,
    pub shuffle: bool,
}

impl Default for MakeClassification {
    fn default() -> Self {
        Self {
            n_samples: 100,
            n_features: 20,
            n_informative: 2,
            n_redundant: 2,
            n_repeated: 0,
            n_classes: 2,
            n_clusters_per_class: 2,
            weights: None,
            flip_y: 0.01,
            class_sep: 1.0,
            hypercube: true,
            shift: ColumnValue::Same(0.0),
            scale: ColumnValue::Same(1.0),
            shuffle: true,
        }
    }
}

impl MakeClassification {
    /// Everything that is wrong with these parameters; empty when they can be generated.
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

    /// Draws the data set. Classes are named by their numbers.
    ///
    /// # Errors
    ///
    /// [`DataError::Parameter`] with the first of [`problems`](Self::problems).
    pub fn generate(&self, random: &mut RandomState) -> Result<LabelledData, DataError> {
        if let Some(problem) = self.problems().into_iter().next() {
            return Err(problem.into());
        }
        let centroids = self.draw_centroids(random);
        let mut table = Table::zeros(self.n_samples, self.n_features);
        table.fill_normal(0..self.n_informative, random);
        let mut labels = vec![0; self.n_samples];
        self.place_clusters(&mut table, &mut labels, &centroids, random);
        self.add_columns(&mut table, random);
        self.flip_labels(&mut labels, random);
        self.shift_and_scale(&mut table, random);
        if self.shuffle {
            let rows = random.permutation(self.n_samples);
            let columns = random.permutation(self.n_features);
            table = table.rearranged(&rows, &columns);
            labels = rows.iter().map(|&row| labels[row]).collect();
        }
        Ok(LabelledData {
            features: Features::table(table.values, self.n_features),
            labels,
            class_names: (0..self.n_classes).map(|class| class.to_string()).collect(),
        })
    }

    /// The clusters' centres, `n_informative` coordinates each.
    fn draw_centroids(&self, random: &mut RandomState) -> Vec<Vec<f64>> {
        let n_clusters = self.n_classes * self.n_clusters_per_class;
        let mut centroids: Vec<Vec<f64>> = hypercube_corners(n_clusters, self.n_informative, random)
            .into_iter()
            .map(|corner| {
                let coordinate = |bit| f64::from(u8::from(bit)) * (2.0 * self.class_sep) - self.class_sep;
                corner.into_iter().map(coordinate).collect()
            })
            .collect();
        if !self.hypercube {
            for centroid in &mut centroids {
                let factor = random.random_sample();
                centroid.iter_mut().for_each(|coordinate| *coordinate *= factor);
            }
            for column in 0..self.n_informative {
                let factor = random.random_sample();
                centroids.iter_mut().for_each(|centroid| centroid[column] *= factor);
            }
        }
        centroids
    }

    /// How many samples each cluster gets: rounded down, the remainder going round from the first.
    fn samples_per_cluster(&self) -> Vec<usize> {
        let mut weights = match &self.weights {
            Some(weights) => weights.clone(),
            None => vec![1.0 / self.n_classes as f64; self.n_classes],
        };
        if weights.len() + 1 == self.n_classes {
            weights.push(1.0 - weights.iter().sum::<f64>());
        }
        let n_clusters = self.n_classes * self.n_clusters_per_class;
        let mut counts: Vec<usize> = (0..n_clusters)
            .map(|cluster| {
                let share = weights[cluster % self.n_classes];
                (self.n_samples as f64 * share / self.n_clusters_per_class as f64) as usize
            })
            .collect();
        let placed: usize = counts.iter().sum();
        for extra in 0..self.n_samples.saturating_sub(placed) {
            counts[extra % n_clusters] += 1;
        }
        counts
    }

    /// Mixes each cluster's normals by a random matrix and moves them to its centre.
    fn place_clusters(
        &self,
        table: &mut Table,
        labels: &mut [u32],
        centroids: &[Vec<f64>],
        random: &mut RandomState,
    ) {
        let mut start = 0;
        for (cluster, (count, centroid)) in self.samples_per_cluster().into_iter().zip(centroids).enumerate()
        {
            let stop = (start + count).min(self.n_samples);
            labels[start..stop].fill((cluster % self.n_classes) as u32);
            let mixing = symmetric_uniforms(self.n_informative * self.n_informative, random);
            for row in start..stop {
                let mixed = table.row_times(row, self.n_informative, &mixing);
                let row = &mut table.row_mut(row)[..self.n_informative];
                for ((value, mixed), offset) in row.iter_mut().zip(mixed).zip(centroid) {
                    *value = mixed + offset;
                }
            }
            start = stop;
        }
    }

    /// Redundant, repeated and useless columns, in this order.
    fn add_columns(&self, table: &mut Table, random: &mut RandomState) {
        let useful = self.n_informative + self.n_redundant;
        if self.n_redundant > 0 {
            let mixing = symmetric_uniforms(self.n_informative * self.n_redundant, random);
            for row in 0..self.n_samples {
                let mixed = table.row_times(row, self.n_informative, &mixing);
                table.row_mut(row)[self.n_informative..useful].copy_from_slice(&mixed);
            }
        }
        let repeated: Vec<usize> = (0..self.n_repeated)
            .map(|_| ((useful - 1) as f64 * random.random_sample() + 0.5) as usize)
            .collect();
        for row in 0..self.n_samples {
            let row = table.row_mut(row);
            for (copy, &column) in repeated.iter().enumerate() {
                row[useful + copy] = row[column];
            }
        }
        table.fill_normal(useful + self.n_repeated..self.n_features, random);
    }

    fn flip_labels(&self, labels: &mut [u32], random: &mut RandomState) {
        let flipped: Vec<bool> = labels.iter().map(|_| random.random_sample() < self.flip_y).collect();
        for (label, _) in labels.iter_mut().zip(flipped).filter(|(_, flipped)| *flipped) {
            *label = random.below(self.n_classes) as u32;
        }
    }

    fn shift_and_scale(&self, table: &mut Table, random: &mut RandomState) {
        let shifts =
            self.column_values(&self.shift, || (2.0 * random.random_sample() - 1.0) * self.class_sep);
        let scales = self.column_values(&self.scale, || 1.0 + 100.0 * random.random_sample());
        for row in table.values.chunks_exact_mut(self.n_features) {
            for ((value, shift), scale) in row.iter_mut().zip(&shifts).zip(&scales) {
                *value = (*value + shift) * scale;
            }
        }
    }

    fn column_values(&self, column: &ColumnValue, draw: impl FnMut() -> f64) -> Vec<f64> {
        match column {
            ColumnValue::Same(value) => vec![*value; self.n_features],
            ColumnValue::PerFeature(values) => values.clone(),
            ColumnValue::Random => std::iter::repeat_with(draw).take(self.n_features).collect(),
        }
    }
}

/// `count` draws from `[-1, 1)`.
fn symmetric_uniforms(count: usize, random: &mut RandomState) -> Vec<f64> {
    (0..count).map(|_| 2.0 * random.random_sample() - 1.0).collect()
}

/// `n_corners` different corners of a hypercube, as the bits of their coordinates.
///
/// Beyond 30 dimensions scikit-learn draws the leading ones bit by bit, and only the last 30 so
/// that corners differ.
fn hypercube_corners(n_corners: usize, dimensions: usize, random: &mut RandomState) -> Vec<Vec<bool>> {
    if dimensions > 30 {
        let mut corners: Vec<Vec<bool>> =
            (0..n_corners).map(|_| (30..dimensions).map(|_| random.below(2) == 1).collect()).collect();
        let last = hypercube_corners(n_corners, 30, random);
        for (corner, last) in corners.iter_mut().zip(last) {
            corner.extend(last);
        }
        return corners;
    }
    sample_without_replacement(1 << dimensions, n_corners, random)
        .into_iter()
        .map(|corner| (0..dimensions).rev().map(|bit| corner >> bit & 1 == 1).collect())
        .collect()
}

/// scikit-learn's `sample_without_replacement(method="auto")` (`utils/_random.pyx`), whose way of
/// drawing depends on the ratio. `n_samples` is at most `n_population`.
fn sample_without_replacement(n_population: usize, n_samples: usize, random: &mut RandomState) -> Vec<usize> {
    let ratio = n_samples as f64 / n_population as f64;
    if ratio > 0.01 && ratio < 0.99 {
        let mut order = random.permutation(n_population);
        order.truncate(n_samples);
        return order;
    }
    if ratio < 0.2 {
        let mut taken = std::collections::HashSet::new();
        return std::iter::repeat_with(|| random.below(n_population))
            .filter(|&index| taken.insert(index))
            .take(n_samples)
            .collect();
    }
    let mut reservoir: Vec<usize> = (0..n_samples).collect();
    for index in n_samples..n_population {
        let slot = random.below(index + 1);
        if slot < n_samples {
            reservoir[slot] = index;
        }
    }
    reservoir
}

/// A row-major table under construction.
struct Table {
    values: Vec<f64>,
    n_columns: usize,
}

impl Table {
    fn zeros(n_rows: usize, n_columns: usize) -> Self {
        Self { values: vec![0.0; n_rows * n_columns], n_columns }
    }

    fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.n_columns..(row + 1) * self.n_columns]
    }

    fn fill_normal(&mut self, columns: std::ops::Range<usize>, random: &mut RandomState) {
        for row in self.values.chunks_exact_mut(self.n_columns) {
            row[columns.clone()].fill_with(|| random.standard_normal());
        }
    }

    /// The first `length` values of a row times a matrix of `length` rows.
    fn row_times(&self, row: usize, length: usize, matrix: &[f64]) -> Vec<f64> {
        let row = &self.values[row * self.n_columns..][..length];
        let mut product = vec![0.0; matrix.len() / length];
        for (value, weights) in row.iter().zip(matrix.chunks_exact(product.len())) {
            for (sum, weight) in product.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        product
    }

    fn rearranged(&self, rows: &[usize], columns: &[usize]) -> Self {
        let values = rows
            .iter()
            .map(|row| &self.values[row * self.n_columns..(row + 1) * self.n_columns])
            .flat_map(|row| columns.iter().map(|&column| row[column]))
            .collect();
        Self { values, n_columns: self.n_columns }
    }
}
