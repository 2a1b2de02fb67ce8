//! The notebook's published losses among those of many seeds.

use super::published::published;
use crate::error::Error;
use emberlab_report::plots::{Curve, Stroke};

/// The losses of several seeds at each epoch, and the published ones.
#[derive(Clone, Debug)]
pub struct Spread {
    /// The number of seeds.
    pub n_seeds: usize,
    /// The mean over the seeds, from the first epoch on.
    pub mean: Vec<f64>,
    /// The standard deviation over the seeds, with division by n − 1.
    pub std: Vec<f64>,
    /// The losses that the notebook printed, at most one for each epoch of ours.
    pub published: Vec<f64>,
}

/// Standard deviations around the mean that hold the losses of about 19 of 20 seeds.
pub const WIDTH: f64 = 2.0;

impl Spread {
    /// Computes the spread of loss curves of the same length, one for each seed.
    ///
    /// # Errors
    ///
    /// [`Error::Published`] when the published losses cannot be read.
    pub fn new(experiment: &str, curves: &[Vec<f64>]) -> Result<Self, Error> {
        let epochs = curves.iter().map(Vec::len).min().unwrap_or(0);
        let n = curves.len() as f64;
        let mean = |epoch: usize| curves.iter().map(|curve| curve[epoch]).sum::<f64>() / n;
        let std = |epoch: usize| {
            let mean = mean(epoch);
            let squares = curves.iter().map(|curve| (curve[epoch] - mean).powi(2)).sum::<f64>();
            (squares / (n - 1.0).max(1.0)).sqrt()
        };
        let mut published = published(experiment)?;
        published.truncate(epochs);
        Ok(Self {
            n_seeds: curves.len(),
            mean: (0..epochs).map(mean).collect(),
            std: (0..epochs).map(std).collect(),
            published,
        })
    }

    /// Epochs whose published loss lies within [`WIDTH`] deviations of the mean.
    pub fn within(&self) -> usize {
        self.distances().filter(|distance| *distance <= WIDTH).count()
    }

    /// The largest distance of a published loss from the mean, in deviations.
    pub fn largest_distance(&self) -> f64 {
        self.distances().fold(0.0, f64::max)
    }

    fn distances(&self) -> impl Iterator<Item = f64> {
        let expected = self.mean.iter().zip(&self.std);
        self.published
            .iter()
            .zip(expected)
            .map(|(loss, (mean, std))| if *std > 0.0 { (loss - mean).abs() / std } else { f64::INFINITY })
    }

    /// The spread as a band, its mean and the published losses as curves.
    pub fn curves(&self) -> Vec<Curve> {
        let points = |values: &[f64]| -> Vec<(f64, f64)> {
            (1..).zip(values).map(|(epoch, value)| (f64::from(epoch), *value)).collect()
        };
        let edge = |side: f64| -> Vec<f64> {
            self.mean.iter().zip(&self.std).map(|(mean, std)| mean + side * std).collect()
        };
        let mut band = points(&edge(-WIDTH));
        band.extend(points(&edge(WIDTH)).into_iter().rev());
        let curve = |name: String, colour, stroke, points| Curve { name: Some(name), colour, stroke, points };
        let mut curves = vec![
            curve(format!("{} seeds, mean ± 2 standard deviations", self.n_seeds), 0, Stroke::Band, band),
            curve(format!("{} seeds, mean", self.n_seeds), 0, Stroke::Solid, points(&self.mean)),
        ];
        if !self.published.is_empty() {
            let published = points(&self.published);
            curves.push(curve("printed by the notebook".into(), 1, Stroke::Solid, published));
        }
        curves
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// `numpy.mean` and `numpy.std(ddof=1)` of 2.3 and 2.4 are 2.35 and 0.0707.
    #[test]
    fn the_spread_is_that_of_numpy() {
        let spread = Spread::new("cifar10-linear", &[vec![2.3, 2.0], vec![2.4, 2.1]]).unwrap();
        assert!((spread.mean[0] - 2.35).abs() < 1e-12);
        assert!((spread.std[0] - 0.07071067811865482).abs() < 1e-12);
        // 2.3399 is 0.14 deviations below the mean, 2.3118 is 3.7 above 2.05.
        assert_eq!((spread.published.len(), spread.within()), (2, 1));
        assert!((spread.largest_distance() - 0.2618 / 0.07071067811865482).abs() < 1e-9);
    }
}
