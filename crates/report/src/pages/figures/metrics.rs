//! The curves of the metrics over the updates.

use crate::error::Error;
use crate::pages::figure::Figure;
use crate::pages::material::Material;
use crate::pages::series::{curve_figure, metric_curves};
use crate::plots::Scale;
use emberlab_data::BatchPlan;

/// Loss and accuracy.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let loss = curves(material, "loss", "loss (cross-entropy)", &[Scale::Linear, Scale::Log])?;
    let accuracy = curves(material, "accuracy", "accuracy (share right)", &[Scale::Linear])?;
    Ok([loss, accuracy].into_iter().flatten().collect())
}

fn curves(material: &Material, metric: &str, value: &str, scales: &[Scale]) -> Result<Option<Figure>, Error> {
    let noisy = !matches!(material.config.training.plan, BatchPlan::Full { .. });
    let curves = metric_curves(&material.metrics, metric, noisy);
    if curves.is_empty() {
        return Ok(None);
    }
    let title = format!("{}: {metric}", material.config.name);
    let caption = match metric {
        "loss" => "Mean cross-entropy of each batch before its update, in nats.",
        _ => "Share of each batch predicted right before its update.",
    };
    curve_figure(metric, &title, caption, value, &curves, scales).map(Some)
}
