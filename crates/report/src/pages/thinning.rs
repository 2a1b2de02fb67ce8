//! Fewer points of a curve: means, running means and extremes.

/// The most points of a curve.
pub const MAX_POINTS: usize = 2000;

/// At most [`MAX_POINTS`] means of consecutive points, and the number of points of each mean.
pub fn thinned(points: &[(f64, f64)]) -> (Vec<(f64, f64)>, usize) {
    let every = points.len().div_ceil(MAX_POINTS).max(1);
    let mean = |points: &[(f64, f64)]| {
        let n = points.len() as f64;
        let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / n, sum.1 / n)
    };
    (points.chunks(every).map(mean).collect(), every)
}

/// The mean of `window` values around every `every`-th point. At the beginning, where a loss falls, the window is as wide as
/// it can be symmetrically; at the end it has the last values. Each mean is summed by itself, so that rounding after one
/// large value does not change later means.
pub fn smoothed(points: &[(f64, f64)], window: usize, every: usize) -> Vec<(f64, f64)> {
    let mean = |(index, point): (usize, &(f64, f64))| {
        let before = (window / 2).min(index);
        let after = (window - window / 2).min(before + 1);
        let to = (index + after).min(points.len());
        let seen = &points[to.saturating_sub(before + after)..to];
        (point.0, seen.iter().map(|point| point.1).sum::<f64>() / seen.len() as f64)
    };
    points.iter().enumerate().skip(every / 2).step_by(every).map(mean).collect()
}

/// About `most` points at most that look the same: the lowest and the highest of each group of neighbours.
pub fn extremes(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil((most / 2).max(1)).max(1);
    if points.len() <= most || every < 3 {
        return points.to_vec();
    }
    let ends = |points: &[(f64, f64)]| {
        let finite = points.iter().enumerate().filter(|(_, point)| point.1.is_finite());
        let lowest = finite.clone().min_by(|left, right| left.1.1.total_cmp(&right.1.1));
        let highest = finite.max_by(|left, right| left.1.1.total_cmp(&right.1.1));
        let (low, high) = (lowest.map(|(index, _)| index), highest.map(|(index, _)| index));
        let (first, second) = (low.min(high), low.max(high).filter(|_| low != high));
        [first, second].into_iter().flatten().map(|index| points[index]).collect::<Vec<_>>()
    };
    points.chunks(every).flat_map(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_keeps_a_line_and_flattens_alternating_values() {
        let line: Vec<(f64, f64)> = (0..50).map(|x| (f64::from(x), 3.0 - 0.5 * f64::from(x))).collect();
        for (smooth, straight) in smoothed(&line, 5, 1)[..48].iter().zip(&line) {
            assert!((smooth.1 - straight.1).abs() < 1e-12);
        }
        let noise: Vec<(f64, f64)> = (0..50).map(|x| (f64::from(x), f64::from(x % 2))).collect();
        assert!(smoothed(&noise, 10, 1)[5..45].iter().all(|point| (point.1 - 0.5).abs() < 1e-12));
    }

    #[test]
    fn one_large_value_does_not_change_later_means() {
        let mut points: Vec<(f64, f64)> = (0..100).map(|x| (f64::from(x), 0.5)).collect();
        points[20].1 = 1e38;
        let smooth = smoothed(&points, 10, 1);
        assert!((smooth[20].1 - 1e37).abs() < 1e30 && smooth[40..].iter().all(|point| point.1 == 0.5));
    }

    #[test]
    fn long_curves_keep_their_extremes() {
        let mut points: Vec<(f64, f64)> = (0..1_000_000).map(|x| (f64::from(x), f64::from(x % 7))).collect();
        (points[500_001].1, points[500_002].1, points[500_003].1) = (-90.0, f64::NAN, 80.0);
        let thin = extremes(&points, 2000);
        assert!((1000..=2000).contains(&thin.len()), "{}", thin.len());
        assert!(thin.contains(&(500_001.0, -90.0)) && thin.contains(&(500_003.0, 80.0)));
        assert!(thin.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(extremes(&points[..1500], 2000), points[..1500]);
    }

    #[test]
    fn long_curves_become_means_of_their_points() {
        let long: Vec<(f64, f64)> = (1..=5000).map(|x| (f64::from(x), f64::from(2 * x))).collect();
        let (thin, every) = thinned(&long);
        assert_eq!((thin.len(), every, thin[0]), (1667, 3, (2.0, 4.0)));
        assert_eq!(thinned(&long[..2000]), (long[..2000].to_vec(), 1));
    }
}
