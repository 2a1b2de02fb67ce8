//! Curves of runs that differ only in their seeds, as a mean and a band around it.

use crate::plots::{Curve, Stroke};

/// Standard deviations on each side of the mean, which hold about 19 of 20 values of a normal distribution.
pub const WIDTH: f64 = 2.0;

/// The most points of a band.
const MAX_POINTS: usize = 1000;

/// The mean of several curves and their spread.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedBand {
    /// The number of curves.
    pub n_seeds: usize,
    /// The horizontal position of each point.
    pub positions: Vec<f64>,
    /// The mean at each position.
    pub mean: Vec<f64>,
    /// The standard deviation at each position, with division by n − 1.
    pub std: Vec<f64>,
}

impl SeedBand {
    /// The spread of curves whose points lie at the same positions, as far as all of them go.
    pub fn new(curves: &[Vec<(f64, f64)>]) -> Self {
        let length = curves.iter().map(Vec::len).min().unwrap_or(0);
        let step = length.div_ceil(MAX_POINTS).max(1);
        // Every `step`-th point, counted from the last, which is of most interest.
        let curves: Vec<Vec<(f64, f64)>> = curves
            .iter()
            .map(|curve| {
                curve[..length].iter().skip((length + step - 1) % step).step_by(step).copied().collect()
            })
            .collect();
        let length = curves.first().map_or(0, Vec::len);
        let n = curves.len() as f64;
        let mean = |at: usize| curves.iter().map(|curve| curve[at].1).sum::<f64>() / n;
        let std = |at: usize| {
            let mean = mean(at);
            let squares = curves.iter().map(|curve| (curve[at].1 - mean).powi(2)).sum::<f64>();
            (squares / (n - 1.0).max(1.0)).sqrt()
        };
        Self {
            n_seeds: curves.len(),
            positions: curves
                .first()
                .map_or_else(Vec::new, |curve| curve.iter().map(|point| point.0).collect()),
            mean: (0..length).map(mean).collect(),
            std: (0..length).map(std).collect(),
        }
    }

    /// The band of [`WIDTH`] standard deviations, without a name, and the mean.
    pub fn curves(&self, name: &str, colour: usize, stroke: Stroke) -> [Curve; 2] {
        let edge = |side: f64| {
            let values = self.mean.iter().zip(&self.std).map(move |(mean, std)| mean + side * std);
            self.positions.iter().copied().zip(values)
        };
        let band = edge(-WIDTH).chain(edge(WIDTH).rev()).collect();
        [
            Curve { name: None, colour, stroke: Stroke::Band, points: band },
            Curve { name: Some(name.to_owned()), colour, stroke, points: edge(0.0).collect() },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_band_has_its_last_point_and_not_too_many() {
        for length in [1, 999, 1000, 1001, 2500, 50_000] {
            let curve: Vec<(f64, f64)> = (1..=length).map(|at| (f64::from(at), 0.5)).collect();
            let band = SeedBand::new(&[curve.clone(), curve]);
            assert_eq!(band.positions.last(), Some(&f64::from(length)));
            assert!(
                band.positions.len() <= 1000 && band.positions.len() >= 500.min(length as usize),
                "{length}"
            );
        }
    }

    /// `numpy.mean` and `numpy.std(ddof=1)` of 2.3 and 2.4 are 2.35 and 0.0707.
    #[test]
    fn the_spread_is_that_of_numpy() {
        let band = SeedBand::new(&[vec![(5.0, 2.3), (10.0, 2.0)], vec![(5.0, 2.4)]]);
        assert_eq!((band.n_seeds, &band.positions[..]), (2, &[5.0][..]));
        assert!((band.mean[0] - 2.35).abs() < 1e-12);
        assert!((band.std[0] - 0.07071067811865482).abs() < 1e-12);
        let [edges, mean] = band.curves("two", 0, Stroke::Solid);
        assert_eq!((edges.points.len(), mean.points.len()), (2, 1));
    }
}
