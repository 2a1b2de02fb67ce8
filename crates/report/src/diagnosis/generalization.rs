//! What is learned does not hold elsewhere, or the network cannot learn more.

use super::evidence::{Evidence, mean};
use super::learning_rate::falls_evenly;
use super::{Finding, Likelihood};
use emberlab_config::ModelKind;

/// Standard errors of the held-out accuracy within which a difference may be chance.
const STANDARD_ERRORS: f64 = 3.0;
/// The least difference of accuracies that is told.
const LEAST_GAP: f64 = 0.1;
/// The training accuracy from which on a network is large enough.
const ENOUGH: f64 = 0.9;

/// Training samples are right, others are not.
pub fn overfitting(evidence: &Evidence) -> Option<Finding> {
    let train = evidence.train_accuracy()?;
    let (held_out, n) = evidence.held_out_accuracy()?;
    let error = (held_out * (1.0 - held_out) / n.max(1) as f64).sqrt();
    if train - held_out < LEAST_GAP.max(STANDARD_ERRORS * error) {
        return None;
    }
    let mut settings = vec![format!(
        "training.optimizer.weight_decay={:?}",
        (10.0 * evidence.config.training.optimizer.weight_decay).max(0.001)
    )];
    if let ModelKind::Mlp(hidden) | ModelKind::Cnn { hidden, .. } = &evidence.config.model.kind
        && hidden.dropout == 0.0
    {
        settings.push("model.dropout=0.3".to_owned());
    }
    let is_image = evidence.config.data.source.image().is_some();
    if is_image && evidence.config.data.augment == Default::default() {
        settings.push("data.augment.mirror=random".to_owned());
    }
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: "The network knows its training samples by heart.".to_owned(),
        seen: format!(
            "{:.1} % of the training samples are right and {:.1} % of the {n} others",
            100.0 * train,
            100.0 * held_out
        ),
        advice: "More samples help most. Augmentation, dropout, weight decay, fewer units, and an end when the validation score no \
                 longer gets better do too.",
        settings,
    })
}

/// The loss no longer falls, and many training samples are wrong.
pub fn too_small(evidence: &Evidence) -> Option<Finding> {
    let train = evidence.train_accuracy().filter(|train| *train < ENOUGH)?;
    let (before, last) = (mean(evidence.part(0.6, 0.8))?, mean(evidence.part(0.8, 1.0))?);
    let is_flat = (before - last).abs() < 0.01 * before;
    // A loss that falls evenly by next to nothing is that of short steps.
    let is_slow = falls_evenly(evidence)? && last > 0.98 * evidence.first_loss()?;
    let settings = match &evidence.config.model.kind {
        ModelKind::Linear => vec!["model.kind=mlp".to_owned()],
        ModelKind::Mlp(hidden) => {
            vec![format!("model.hidden={:?}", hidden.units.iter().map(|units| 4 * units).collect::<Vec<_>>())]
        }
        ModelKind::Cnn { .. } | ModelKind::Layers(_) | ModelKind::Custom => Vec::new(),
    };
    if is_slow || !is_flat {
        return None;
    }
    Some(Finding {
        likelihood: Likelihood::Possible,
        cause: "The network is too small for the task, or the labels do not follow from the inputs."
            .to_owned(),
        seen: format!(
            "the training loss no longer falls ({before:.4}, then {last:.4}), and {:.1} % of the training samples are right",
            100.0 * train
        ),
        advice: "A linear classifier can only divide classes by planes; a hidden layer, or a wider one, bends them.",
        settings,
    })
}
