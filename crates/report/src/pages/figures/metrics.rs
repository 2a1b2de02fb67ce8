//! The curves of the loss and of each metric over the updates.

use crate::error::Error;
use crate::pages::figure::Figure;
use crate::pages::material::Material;
use crate::pages::series::{axis, curve_figure, file_stem, metric_curves, scales};
use emberlab_config::ScoreName;
use emberlab_data::BatchPlan;
use emberlab_run::metrics_file::metric_names;

/// The loss, and each metric that the run has.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for name in metric_names(&material.metrics) {
        figures.extend(curves(material, name)?);
    }
    Ok(figures)
}

fn curves(material: &Material, metric: &str) -> Result<Option<Figure>, Error> {
    let noisy = !matches!(material.config.training.plan, BatchPlan::Full { .. });
    let curves = metric_curves(&material.metrics, metric, noisy);
    if curves.is_empty() {
        return Ok(None);
    }
    let title = format!("{}: {metric}", material.config.name);
    let caption = ScoreName::named(metric).map_or("", |name| name.description().caption);
    curve_figure(&file_stem(metric), &title, caption, &axis(metric), &curves, scales(metric)).map(Some)
}
