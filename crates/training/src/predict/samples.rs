//! Samples that are predicted.

use emberlab_data::Features;

/// Samples that are predicted at once.
pub(super) const BATCH: usize = 256;

/// Inputs with their names.
pub(super) struct Samples {
    pub names: Vec<String>,
    pub features: Features,
}

/// Divides samples into parts that are predicted at once.
pub(super) fn batches(samples: Samples) -> Vec<Samples> {
    let Samples { names, features } = samples;
    let width = BATCH * features.width();
    let parts: Vec<Features> = match features {
        Features::Table { values, columns } => values
            .chunks(width)
            .map(|values| Features::Table { values: values.to_vec(), columns: columns.clone() })
            .collect(),
        Features::Images { pixels, shape } => {
            pixels.chunks(width).map(|pixels| Features::Images { pixels: pixels.to_vec(), shape }).collect()
        }
    };
    let names = names.chunks(BATCH).map(<[String]>::to_vec);
    names.zip(parts).map(|(names, features)| Samples { names, features }).collect()
}
