//! Penalties that keep weights at 0.

use super::evidence::Evidence;
use super::{Finding, Likelihood};

/// The weights at the end, as a share of their first size, below which a penalty is taken to be too strong.
const SHRUNK: f64 = 0.2;
/// The training loss, as a share of that of equal probabilities, from which on nothing was learned.
const NOTHING: f64 = 0.9;

/// Weight decay or an L1 penalty takes the weights to 0.
pub fn too_strong(evidence: &Evidence) -> Option<Finding> {
    let training = &evidence.config.training;
    let penalties =
        [("training.optimizer.weight_decay", training.optimizer.weight_decay), ("training.l1", training.l1)];
    let set: Vec<_> = penalties.into_iter().filter(|(_, value)| *value > 0.0).collect();
    if set.is_empty() || evidence.last_loss()? < NOTHING * evidence.chance_loss() {
        return None;
    }
    let (layer, first, last) = evidence.layers.iter().find_map(|layer| {
        let (first, last) =
            (layer.weights.first()?.root_mean_square(), layer.weights.last()?.root_mean_square());
        (last < SHRUNK * first).then_some((layer, first, last))
    })?;
    Some(Finding {
        likelihood: Likelihood::Certain,
        cause: "The penalty on the weights is too strong.".to_owned(),
        seen: format!(
            "the root mean square of `{}` fell from {first:.2e} to {last:.2e}, and the training loss ended at {:.4}, near that of \
             equal probabilities, {:.4}",
            layer.name,
            evidence.last_loss()?,
            evidence.chance_loss()
        ),
        advice: "Weights go to 0 faster than the gradient can build them up. Usual values of weight decay are 0.0001 to 0.01.",
        settings: set.into_iter().map(|(key, _)| format!("{key}=0.0001")).collect(),
    })
}
