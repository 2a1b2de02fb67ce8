//! The notebook's published losses among those of many seeds.

use super::published::published;
use crate::error::Error;
use emberlab_report::plots::{Curve, Stroke};
use emberlab_report::{SEED_BAND_WIDTH as WIDTH, SeedBand};

/// The losses of several seeds at each epoch, and the published ones.
#[derive(Clone, Debug)]
pub struct Spread {
    /// Our losses from the first epoch on.
    pub seeds: SeedBand,
    /// The losses that the notebook printed, at most one for each epoch of ours.
    pub published: Vec<f64>,
}

impl Spread {
    /// Computes the spread of loss curves, one for each seed.
    ///
    /// # Errors
    ///
    /// [`Error::Published`] when the published losses cannot be read.
    pub fn new(experiment: &str, curves: &[Vec<f64>]) -> Result<Self, Error> {
        let seeds = SeedBand::new(&curves.iter().map(|losses| points(losses)).collect::<Vec<_>>());
        let mut published = published(experiment)?;
        published.truncate(seeds.mean.len());
        Ok(Self { seeds, published })
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
        let expected = self.seeds.mean.iter().zip(&self.seeds.std);
        self.published
            .iter()
            .zip(expected)
            .map(|(loss, (mean, std))| if *std > 0.0 { (loss - mean).abs() / std } else { f64::INFINITY })
    }

    /// The spread as a band, its mean and the published losses as curves.
    pub fn curves(&self) -> Vec<Curve> {
        let n_seeds = self.seeds.n_seeds;
        let [mut band, mean] = self.seeds.curves(&format!("{n_seeds} seeds, mean"), 0, Stroke::Solid);
        band.name = Some(format!("{n_seeds} seeds, mean ± {WIDTH} standard deviations"));
        let mut curves = vec![band, mean];
        if !self.published.is_empty() {
            let name = Some("printed by the notebook".to_owned());
            curves.push(Curve { name, colour: 1, stroke: Stroke::Solid, points: points(&self.published) });
        }
        curves
    }
}

/// Losses at epochs that count from 1.
fn points(losses: &[f64]) -> Vec<(f64, f64)> {
    (1..).zip(losses).map(|(epoch, loss)| (f64::from(epoch), *loss)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn published_losses_have_a_distance_from_the_mean() {
        let spread = Spread::new("cifar10-linear", &[vec![2.3, 2.0], vec![2.4, 2.1]]).unwrap();
        // 2.3399 is 0.14 deviations below the mean, 2.3118 is 3.7 above 2.05.
        assert_eq!((spread.published.len(), spread.within()), (2, 1));
        assert!((spread.largest_distance() - 0.2618 / 0.07071067811865482).abs() < 1e-9);
    }
}
