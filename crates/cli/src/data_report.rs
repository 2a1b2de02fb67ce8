//! Describes the samples of a configuration: sizes, classes, ranges, means.

use emberlab_data::{Features, LabelledData, Normalizer, statistics};
use emberlab_run::fingerprint;
use emberlab_training::Loaded;
use serde::Serialize;
use std::path::PathBuf;

/// The samples of a configuration in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct DataReport {
    /// The SHA-256 of all parts, as in `run.json`.
    pub sha256: String,
    /// The parts, the training part first.
    pub parts: Vec<PartReport>,
    /// The classes, each with its samples in each part.
    pub classes: Vec<ClassReport>,
    /// Shape of a sample: height, width and channels, or the number of columns.
    pub shape: Vec<usize>,
    /// Channels or columns of the training part.
    pub columns: Vec<ColumnReport>,
    /// The normalisation of the samples.
    pub normalizer: Normalizer,
    /// Files of an image folder that are not images.
    pub ignored: Vec<PathBuf>,
    /// Unusual properties of the data that are not errors, one line each.
    pub notes: Vec<String>,
}

/// A part and its size.
#[derive(Clone, Debug, Serialize)]
pub struct PartReport {
    /// `train`, `validation` or `test`.
    pub name: &'static str,
    /// Samples in it.
    pub samples: usize,
}

/// A class and how often it occurs.
#[derive(Clone, Debug, Serialize)]
pub struct ClassReport {
    /// Its name.
    pub name: String,
    /// Samples in each part, in the order of the parts.
    pub samples: Vec<usize>,
}

/// A channel of images, with pixels from 0 to 1, or a column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnReport {
    /// Its name.
    pub name: String,
    /// The smallest value.
    pub minimum: f64,
    /// The largest value.
    pub maximum: f64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, with division by n.
    #[serde(rename = "deviation")]
    pub standard_deviation: f64,
}

impl DataReport {
    /// Describes loaded samples.
    pub fn new(loaded: &Loaded) -> Self {
        let Loaded { splits, normalizer, ignored, notes, .. } = loaded;
        let train = &splits.train.samples;
        let counts = |label: usize| {
            splits
                .parts()
                .map(move |(_, part)| part.samples.labels.iter().filter(|l| **l as usize == label).count())
        };
        let classes = train.class_names.iter().enumerate();
        Self {
            sha256: fingerprint(splits),
            parts: splits.parts().map(|(name, part)| PartReport { name, samples: part.rows.len() }).collect(),
            classes: classes
                .map(|(label, name)| ClassReport { name: name.clone(), samples: counts(label).collect() })
                .collect(),
            shape: match train.features.image() {
                Some(shape) => vec![shape.height, shape.width, shape.channels],
                None => vec![train.n_features()],
            },
            columns: columns(train),
            normalizer: normalizer.clone(),
            ignored: ignored.clone(),
            notes: notes.clone(),
        }
    }
}

fn columns(data: &LabelledData) -> Vec<ColumnReport> {
    let names: Vec<String> = match &data.features {
        Features::Table { columns, .. } => columns.clone(),
        Features::Images { shape, .. } if shape.channels == 3 => {
            ["red", "green", "blue"].map(String::from).to_vec()
        }
        Features::Images { shape, .. } => (0..shape.channels).map(|channel| channel.to_string()).collect(),
    };
    let reports = names.into_iter().zip(statistics(&data.features)).enumerate();
    let reports = reports.map(|(column, (name, (mean, standard_deviation)))| {
        let (minimum, maximum) = extremes(&data.features, column);
        ColumnReport { name, minimum, maximum, mean, standard_deviation }
    });
    reports.collect()
}

fn extremes(features: &Features, column: usize) -> (f64, f64) {
    let among = |values: &mut dyn Iterator<Item = f64>| {
        values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    match features {
        Features::Table { values, columns } => {
            among(&mut values.iter().skip(column).step_by(columns.len()).copied())
        }
        Features::Images { pixels, shape } => {
            let area = shape.height * shape.width;
            let channels = pixels.chunks_exact(area).skip(column).step_by(shape.channels);
            among(&mut channels.flatten().map(|&byte| f64::from(byte) / 255.0))
        }
    }
}
