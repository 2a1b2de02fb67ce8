//! The reliability diagram of the test part: how often predictions of a given confidence are right.
//!
//! The confidence of a prediction is the probability of the predicted class. Predictions are grouped into [`N_BINS`] equally
//! wide bins of confidence. The diagram shows the mean confidence of each bin and the share predicted right. The expected calibration error
//! is the mean distance between the two, each bin weighted by its samples (C. Guo et al., "On Calibration of Modern Neural
//! Networks", 2017).

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::pages::outcome::percent;
use crate::plots::{Canvas, Picture, class_colour, failed, fitted, write};
use plotters::prelude::{BLACK, Circle, Color, PathElement, Rectangle};
use plotters_backend::DrawingBackend;

/// Bins of the confidence from 0 to 1.
const N_BINS: usize = 10;

const TITLE_SIZE: i32 = 22;
const TEXT_SIZE: i32 = 16;
const MARGIN: i32 = 16;
/// The side of the square from 0 to 1, in pixels.
const SIDE: i32 = 440;
const LEFT: i32 = MARGIN + 64;
const TOP: i32 = MARGIN + 44;
const BOTTOM: i32 = 68;
const WIDTH: i32 = 760;

/// Draws the reliability diagram if the run was scored on its test part.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let Some(predictions) = material.test_predictions() else { return Ok(Vec::new()) };
    let right = predictions.predictions.iter().zip(&predictions.labels);
    let right = right.map(|(&prediction, &label)| prediction == label as usize);
    let bins = bins(predictions.of_prediction.iter().copied().zip(right));
    let error = expected_error(&bins);
    let title =
        format!("{}: calibration, expected calibration error {}", material.config.name, percent(error));
    let caption = "Test samples by the probability of the predicted class, in ten bins: the share predicted right against \
                   the mean probability. On the diagonal, probabilities are calibrated; below it they are too high. \
                   The area of a mark is proportional to the number of samples in its bin.";
    let picture =
        ReliabilityDiagram { title: fitted(&title, TITLE_SIZE, (WIDTH - 2 * MARGIN) as u32)?, bins };
    Ok(vec![Figure::new("calibration", &title, caption, Kind::Chart, &picture)?])
}

/// The predictions in one range of confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    /// The number of predictions.
    samples: usize,
    /// The sum of their confidences.
    confidence: f64,
    /// The number of right predictions.
    right: usize,
}

impl Bin {
    /// Mean confidence and share predicted right, both from 0 to 1.
    fn means(&self) -> (f64, f64) {
        let samples = self.samples.max(1) as f64;
        (self.confidence / samples, self.right as f64 / samples)
    }
}

/// Groups predictions, each a confidence and whether it is right, into bins.
fn bins(samples: impl Iterator<Item = (f64, bool)>) -> [Bin; N_BINS] {
    let mut bins = [Bin::default(); N_BINS];
    for (confidence, is_right) in samples {
        let bin = &mut bins[((confidence * N_BINS as f64) as usize).min(N_BINS - 1)];
        bin.samples += 1;
        bin.confidence += confidence;
        bin.right += usize::from(is_right);
    }
    bins
}

/// The expected calibration error, from 0 to 1.
fn expected_error(bins: &[Bin]) -> f64 {
    let samples: usize = bins.iter().map(|bin| bin.samples).sum();
    let distance = |bin: &Bin| (bin.confidence - bin.right as f64).abs();
    bins.iter().map(distance).sum::<f64>() / samples.max(1) as f64
}

struct ReliabilityDiagram {
    title: String,
    bins: [Bin; N_BINS],
}

/// The pixel of a confidence and a share predicted right.
fn pixel(confidence: f64, right: f64) -> (i32, i32) {
    let pixels = |share: f64| (share * f64::from(SIDE)).round() as i32;
    (LEFT + pixels(confidence), TOP + SIDE - pixels(right))
}

impl Picture for ReliabilityDiagram {
    fn size(&self) -> (u32, u32) {
        (WIDTH as u32, (TOP + SIDE + BOTTOM) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        write(canvas, &self.title, (MARGIN, MARGIN + 10), TITLE_SIZE)?;
        for tick in 0..=5 {
            let share = f64::from(tick) / 5.0;
            let label = format!("{share:.1}");
            let ((x, _), (_, y)) = (pixel(share, 0.0), pixel(0.0, share));
            line(canvas, [(x, TOP), (x, TOP + SIDE)], 0.12)?;
            line(canvas, [(LEFT, y), (LEFT + SIDE, y)], 0.12)?;
            write(canvas, &label, (x - 12, TOP + SIDE + 18), TEXT_SIZE)?;
            write(canvas, &label, (LEFT - 36, y), TEXT_SIZE)?;
        }
        line(canvas, [pixel(0.0, 0.0), pixel(1.0, 1.0)], 0.6)?;
        write(canvas, "probability of the predicted class", (LEFT + 90, TOP + SIDE + 46), TEXT_SIZE)?;
        write(canvas, "share predicted right, upwards", (LEFT + SIDE + 16, TOP + 10), TEXT_SIZE)?;
        let samples: usize = self.bins.iter().map(|bin| bin.samples).sum();
        for bin in self.bins.iter().filter(|bin| bin.samples > 0) {
            let (confidence, right) = bin.means();
            let ends = [pixel(confidence, confidence), pixel(confidence, right)];
            canvas.draw(&PathElement::new(ends, class_colour(1).stroke_width(2))).map_err(failed)?;
            let radius = 3.0 + 22.0 * (bin.samples as f64 / samples as f64).sqrt();
            let mark =
                Circle::new(pixel(confidence, right), radius as i32, class_colour(0).mix(0.7).filled());
            canvas.draw(&mark).map_err(failed)?;
        }
        let frame = [(LEFT, TOP), (LEFT + SIDE, TOP + SIDE)];
        canvas.draw(&Rectangle::new(frame, BLACK.mix(0.6))).map_err(failed)
    }
}

fn line<DB: DrawingBackend>(canvas: &Canvas<DB>, ends: [(i32, i32); 2], strength: f64) -> Result<(), Error> {
    canvas.draw(&PathElement::new(ends, BLACK.mix(strength).stroke_width(1))).map_err(failed)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::path::Path;

    /// Values from `tests/golden/calibration.py`.
    #[derive(Deserialize)]
    struct Golden {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        confidences: Vec<f64>,
        right: Vec<bool>,
        /// Of the bins that hold a sample.
        mean_confidences: Vec<f64>,
        shares_right: Vec<f64>,
        expected_error: f64,
    }

    #[test]
    fn bins_and_their_error_are_those_of_scikit_learn() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/calibration.json");
        let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(golden.cases.len(), 4);
        for case in golden.cases {
            let bins = bins(case.confidences.into_iter().zip(case.right));
            let means: Vec<(f64, f64)> = bins.iter().filter(|bin| bin.samples > 0).map(Bin::means).collect();
            assert_eq!(means.len(), case.mean_confidences.len());
            for ((confidence, right), wanted) in
                means.into_iter().zip(case.mean_confidences.iter().zip(&case.shares_right))
            {
                assert!((confidence - wanted.0).abs() < 1e-12, "{confidence} {wanted:?}");
                assert!((right - wanted.1).abs() < 1e-12, "{right} {wanted:?}");
            }
            assert!((expected_error(&bins) - case.expected_error).abs() < 1e-12);
        }
    }
}
