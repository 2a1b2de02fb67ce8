//! Inputs of a size that the network is not made for.

use super::evidence::Evidence;
use super::{Finding, Likelihood};
use emberlab_data::Normalization;

/// The first loss, as a multiple of that of equal probabilities, from which on logits are taken to be large.
const LARGE_LOSS: f64 = 3.0;
/// The size of a unit's first sum for inputs of size 1 up to which the weights are not the reason.
const USUAL_GAIN: f64 = 3.0;

/// The first logits are large although the weights are small.
pub fn too_large(evidence: &Evidence) -> Option<Finding> {
    let setting = normalization(evidence)?;
    let (first, chance) = (evidence.first_loss()?, evidence.chance_loss());
    let gain = evidence.layers.first()?.initial_gain()?;
    if !(first > LARGE_LOSS * chance && gain < USUAL_GAIN) {
        return None;
    }
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: "The inputs are large, or of different sizes.".to_owned(),
        seen: format!(
            "the first training loss was {first:.4}, where equal probabilities have {chance:.4}; for inputs of size 1 the first sums \
             would have had the size {gain:.2}"
        ),
        advice: "Large inputs make large logits and gradients, and a column in thousands hides one in hundredths. Scale every input to \
                 mean 0 and standard deviation 1.",
        settings: vec![setting],
    })
}

/// The setting that brings every input to mean 0 and standard deviation 1, where it is not set.
pub fn normalization(evidence: &Evidence) -> Option<String> {
    (evidence.config.data.normalize != Normalization::Standard).then(|| "data.normalize=standard".to_owned())
}
