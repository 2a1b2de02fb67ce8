//! The playground of the lab's page: a classifier of two features and two classes that the page itself trains.
//!
//! The page has no generator of random numbers. It receives every draw: the points, their noise, and the numbers of the
//! initial weights. Its updates are therefore those of `emberlab train`.

use crate::error::Error;
use emberlab_data::{Features, MakeClassification, RandomState};
use emberlab_report::page::Widget;
use emberlab_training::Error as TrainingError;
use serde_json::{Value, json};

/// Trains, draws and answers the controls.
pub const PLAYGROUND: Widget = Widget {
    scripts: &[include_str!("network.js"), include_str!("charts.js"), include_str!("playground.js")],
    style: include_str!("playground.css"),
};

/// The number of points.
pub const N_SAMPLES: usize = 160;
/// The seed of points that no line divides well and a hidden layer does.
const DATA_SEED: u32 = 20;
/// The seed of the weights and of the noise.
pub const SEED: u32 = 42;
/// The most hidden units.
pub const MAX_HIDDEN: usize = 16;
/// The batch sizes to choose from, the last one the whole table.
pub const BATCH_SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, N_SAMPLES];

/// The points and the draws of the page.
///
/// # Errors
///
/// [`Error::Training`] if the points cannot be made.
pub fn draws() -> Result<Value, Error> {
    let generator = MakeClassification {
        n_samples: N_SAMPLES,
        n_features: 2,
        n_redundant: 0,
        flip_y: 0.0,
        ..MakeClassification::default()
    };
    let data = generator.generate(&mut RandomState::new(DATA_SEED)).map_err(TrainingError::Data)?;
    let values: &[f64] = if let Features::Table { values, .. } = &data.features { values } else { &[] };
    let points: Vec<Value> =
        values.chunks_exact(2).zip(&data.labels).map(|(row, label)| json!([row[0], row[1], label])).collect();
    let mut random = RandomState::new(SEED);
    let normals: Vec<f64> = (0..2 * N_SAMPLES).map(|_| random.standard_normal()).collect();
    // A hidden layer of n units has 2 n weights and the output layer as many.
    let mut random = RandomState::new(SEED);
    let uniforms: Vec<f64> = (0..4 * MAX_HIDDEN).map(|_| random.random_sample()).collect();
    Ok(json!({
        "seed": SEED,
        "batch_sizes": BATCH_SIZES,
        "points": points,
        "normals": normals,
        "uniforms": uniforms,
    }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_draw_that_its_settings_need() {
        let draws = draws().unwrap();
        let points = draws["points"].as_array().unwrap();
        assert_eq!(points.len(), N_SAMPLES);
        for class in [0, 1] {
            assert_eq!(points.iter().filter(|point| point[2] == class).count(), N_SAMPLES / 2);
        }
        assert_eq!(draws["normals"].as_array().unwrap().len(), 2 * N_SAMPLES);
        let (hidden_weights, output_weights) = (2 * MAX_HIDDEN, 2 * MAX_HIDDEN);
        assert_eq!(draws["uniforms"].as_array().unwrap().len(), hidden_weights + output_weights);
        // numpy.random.RandomState(42).random_sample()
        assert_eq!(draws["uniforms"][0], 0.3745401188473625);
    }
}
