//! scikit-learn's `make_classification`, draw for draw.
//!
//! Clusters of normally distributed points around corners of a hypercube with sides of
//! `2 * class_sep`, multiplied by a random matrix each, with redundant, repeated and useless columns,
//! flipped labels, shifts and scales (I. Guyon, "Design of experiments for the NIPS 2003 variable
//! selection benchmark"). The order of draws is that of scikit-learn 1.9.1
//! (`datasets/_samples_generator.py`): labels are equal, features agree within 1e-12, the rounding
//! of a matrix product.

mod check;
mod hypercube;
mod matrix;

use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::random_state::RandomState;
use hypercube::hypercube_corners;
use matrix::Matrix;

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
        let mut table = Matrix::zeros(self.n_samples, self.n_features);
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

    /// Draws the clusters' centers, `n_informative` coordinates each.
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

    /// The number of samples in each cluster: rounded down, then one more for each of the first clusters.
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

    /// Multiplies each cluster's normals by a random matrix and moves them to its center.
    fn place_clusters(
        &self,
        table: &mut Matrix,
        labels: &mut [u32],
        centroids: &[Vec<f64>],
        random: &mut RandomState,
    ) {
        let mut start = 0;
        for (cluster, (count, centroid)) in self.samples_per_cluster().into_iter().zip(centroids).enumerate()
        {
            let stop = (start + count).min(self.n_samples);
            labels[start..stop].fill((cluster % self.n_classes) as u32);
            let matrix = symmetric_uniforms(self.n_informative * self.n_informative, random);
            for row in start..stop {
                let product = table.row_times(row, self.n_informative, &matrix);
                let row = &mut table.row_mut(row)[..self.n_informative];
                for ((value, product), offset) in row.iter_mut().zip(product).zip(centroid) {
                    *value = product + offset;
                }
            }
            start = stop;
        }
    }

    /// Fills the redundant, repeated and useless columns, in this order.
    fn add_columns(&self, table: &mut Matrix, random: &mut RandomState) {
        let useful = self.n_informative + self.n_redundant;
        if self.n_redundant > 0 {
            let matrix = symmetric_uniforms(self.n_informative * self.n_redundant, random);
            for row in 0..self.n_samples {
                let product = table.row_times(row, self.n_informative, &matrix);
                table.row_mut(row)[self.n_informative..useful].copy_from_slice(&product);
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

    fn shift_and_scale(&self, table: &mut Matrix, random: &mut RandomState) {
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
