//! Successive halving: the rungs of a sweep, each of fewer settings that train longer (K. Jamieson and A. Talwalkar,
//! "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016; L. Li et al., "Hyperband", 2018).

/// One rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Number of settings that train in it.
    pub n_points: usize,
    /// The epochs of each.
    pub epochs: usize,
}

/// The rungs of `n_points` settings, of which a share of `1 / factor` goes on from each rung, trained for `factor` times as many
/// epochs. The last rung trains for `epochs`, and has one setting or more.
pub fn rungs(n_points: usize, epochs: usize, factor: usize) -> Vec<Rung> {
    let powers = std::iter::successors(Some(1usize), |power| power.checked_mul(factor));
    let powers: Vec<usize> = powers.take_while(|&power| power <= n_points && power <= epochs).collect();
    let last = powers.last().copied().unwrap_or(1);
    powers.iter().map(|&power| Rung { n_points: n_points / power, epochs: epochs / (last / power) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rungs: &[Rung]) -> Vec<(usize, usize)> {
        rungs.iter().map(|rung| (rung.n_points, rung.epochs)).collect()
    }

    /// The first bracket of the table in section 3 of the paper on Hyperband: R = 81, factor 3.
    #[test]
    fn rungs_are_those_of_the_paper() {
        assert_eq!(shown(&rungs(81, 81, 3)), [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]);
        assert_eq!(shown(&rungs(6, 81, 3)), [(6, 27), (2, 81)]);
    }

    #[test]
    fn the_last_rung_trains_for_all_epochs() {
        assert_eq!(shown(&rungs(20, 30, 3)), [(20, 3), (6, 10), (2, 30)]);
        assert_eq!(shown(&rungs(100, 2, 2)), [(100, 1), (50, 2)]);
        assert_eq!(shown(&rungs(1, 10, 3)), [(1, 10)]);
        assert_eq!(shown(&rungs(5, 1, 3)), [(5, 1)]);
    }
}
