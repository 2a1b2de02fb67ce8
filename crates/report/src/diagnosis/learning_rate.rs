//! Steps that are too long or too short, or too few of them.

use super::evidence::{Evidence, mean};
use super::{Finding, Likelihood};

/// The loss or a weight became infinite.
pub fn diverged(evidence: &Evidence) -> Option<Finding> {
    let seen = evidence.record.diverged.as_ref()?;
    if evidence.losses.len() <= 1 && evidence.last_loss().is_none_or(|loss| !loss.is_finite()) {
        return Some(Finding {
            likelihood: Likelihood::Certain,
            cause: "The first loss is not finite.".to_owned(),
            seen: seen.clone(),
            advice: "No step was made before it. Look for inputs, initial weights or class weights that are too large; inputs of mean 0 and deviation 1 are a start.",
            settings: vec!["data.normalize=standard".to_owned()],
        });
    }
    Some(Finding {
        likelihood: Likelihood::Certain,
        cause: "The training diverged.".to_owned(),
        seen: seen.clone(),
        advice: "Each step went past the minimum, farther than the one before. Take shorter steps, or bound the gradient.",
        settings: vec![
            rate(evidence, 0.01),
            rate(evidence, 0.1),
            "training.optimizer.clip_norm=1.0".to_owned(),
        ],
    })
}

/// The loss jumps instead of falling.
pub fn too_high(evidence: &Evidence) -> Option<Finding> {
    let (first, last) = (evidence.first_loss()?, evidence.last_loss()?);
    let later = evidence.part(0.1, 1.0);
    let highest = later.iter().copied().fold(0.0, f64::max);
    let jumps = highest > 2.0 * first && highest > 2.0 * evidence.chance_loss();
    if evidence.losses.len() < 10 || !jumps || last < 0.5 * first {
        return None;
    }
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: "The learning rate is too high.".to_owned(),
        seen: format!("the training loss rose from {first:.4} to {highest:.4} and ended at {last:.4}"),
        advice: "Each step goes past the minimum. A rate of a tenth is the first thing to try.",
        settings: vec![rate(evidence, 0.1), rate(evidence, 0.01)],
    })
}

/// The loss falls evenly and hardly at all.
pub fn too_low(evidence: &Evidence) -> Option<Finding> {
    let (first, last) = (evidence.first_loss()?, evidence.last_loss()?);
    let fell = (first - last) / first;
    if !falls_evenly(evidence)? || fell > 0.1 {
        return None;
    }
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: "The learning rate is too low.".to_owned(),
        seen: format!(
            "the training loss fell evenly, but only from {first:.6} to {last:.6} in {} updates",
            evidence.losses.len()
        ),
        advice: "The steps point the right way and are too short. Raise the rate until the loss begins to jump, then take a third of that.",
        settings: vec![rate(evidence, 10.0), rate(evidence, 100.0)],
    })
}

/// The loss was still falling when the training ended.
pub fn too_short(evidence: &Evidence) -> Option<Finding> {
    let (first, last) = (evidence.first_loss()?, evidence.last_loss()?);
    let before = mean(evidence.part(0.6, 0.8))?;
    let still = mean(evidence.part(0.8, 1.0))?;
    if !falls_evenly(evidence)? || (first - last) / first <= 0.1 || still > 0.95 * before {
        return None;
    }
    Some(Finding {
        likelihood: Likelihood::Possible,
        cause: "The training ended while the loss was still falling.".to_owned(),
        seen: format!(
            "its mean was {before:.4} in the fourth and {still:.4} in the last fifth of the updates"
        ),
        advice: "Train longer, or take longer steps.",
        settings: vec![
            format!("training.epochs={}", evidence.config.training.epochs.saturating_mul(3)),
            rate(evidence, 3.0),
        ],
    })
}

/// Whether the mean loss falls from fifth to fifth of the run; `None` for a run of less than ten updates.
pub fn falls_evenly(evidence: &Evidence) -> Option<bool> {
    if evidence.losses.len() < 10 {
        return None;
    }
    let fifths: Vec<f64> = (0..5)
        .filter_map(|fifth| mean(evidence.part(f64::from(fifth) / 5.0, f64::from(fifth + 1) / 5.0)))
        .collect();
    Some(fifths.windows(2).all(|pair| pair[1] < pair[0]))
}

/// The setting of a learning rate that is the run's times a factor.
pub fn rate(evidence: &Evidence, factor: f64) -> String {
    let rate = evidence.config.training.optimizer.learning_rate * factor;
    // Three digits: 0.30000000000000004 is nothing to type.
    let rounded: f64 = format!("{rate:.2e}").parse().unwrap_or(rate);
    format!("training.optimizer.learning_rate={rounded:?}")
}
