//! Samples with their labels, in host memory. Every data source yields them.

use crate::error::DataError;

/// Height, width and channels of the images of a data set; pixels are stored channel by channel,
/// each channel row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageShape {
    /// Number of color channels.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
}

impl ImageShape {
    /// Bytes of one image: `channels * height * width`.
    pub fn size(&self) -> usize {
        self.channels * self.height * self.width
    }
}

/// The features of all samples, row after row.
#[derive(Clone, Debug, PartialEq)]
pub enum Features {
    /// Real-valued columns.
    Table {
        /// `[n_samples, n_features]`, row-major.
        values: Vec<f64>,
        /// The name of each column.
        columns: Vec<String>,
    },
    /// Images of one size, kept as bytes until they are used.
    Images {
        /// `[n_samples, channels, height, width]`, row-major.
        pixels: Vec<u8>,
        /// The size of each image.
        shape: ImageShape,
    },
}

impl Features {
    /// A table whose columns have no names of their own: `f0`, `f1` and so on.
    pub fn table(values: Vec<f64>, n_features: usize) -> Self {
        Self::Table { values, columns: (0..n_features).map(|column| format!("f{column}")).collect() }
    }

    /// Numbers per sample.
    pub fn width(&self) -> usize {
        match self {
            Self::Table { columns, .. } => columns.len(),
            Self::Images { shape, .. } => shape.size(),
        }
    }

    /// The shape of the samples, where they are images.
    pub fn image(&self) -> Option<ImageShape> {
        match self {
            Self::Table { .. } => None,
            Self::Images { shape, .. } => Some(*shape),
        }
    }

    fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Table { values, columns } => {
                Self::Table { values: select_rows(values, columns.len(), rows), columns: columns.clone() }
            }
            Self::Images { pixels, shape } => {
                Self::Images { pixels: select_rows(pixels, shape.size(), rows), shape: *shape }
            }
        }
    }
}

fn select_rows<T: Copy>(values: &[T], width: usize, rows: &[usize]) -> Vec<T> {
    // One allocation: a growing vector would take twice the memory for a while.
    let mut selected = Vec::with_capacity(rows.len() * width);
    rows.iter().for_each(|row| selected.extend_from_slice(&values[row * width..(row + 1) * width]));
    selected
}

/// Samples, each with the class it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledData {
    /// The features, one row per sample.
    pub features: Features,
    /// The class of each sample, an index into `class_names`.
    pub labels: Vec<u32>,
    /// The name of each class.
    pub class_names: Vec<String>,
}

impl LabelledData {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Numbers per sample.
    pub fn n_features(&self) -> usize {
        self.features.width()
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.class_names.len()
    }

    /// The samples at `rows`, in that order.
    ///
    /// # Errors
    ///
    /// [`DataError::SampleTooLarge`] when a row lies beyond the last sample.
    pub fn select(&self, rows: &[usize]) -> Result<Self, DataError> {
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(DataError::SampleTooLarge { size: row + 1, population: self.len() });
        }
        Ok(Self {
            features: self.features.select(rows),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            class_names: self.class_names.clone(),
        })
    }
}
