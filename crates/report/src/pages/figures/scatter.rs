//! The training samples of a table as points.

use crate::error::Error;
use crate::pages::figure::{Figure, Interaction, Kind};
use crate::pages::material::Material;
use crate::plots::{Scatter, Scatter3d, n_shown};

/// Draws the training samples of a run with weights, in three dimensions if there are three columns or more.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(_), Some(splits)) = (&material.network, &material.splits) else { return Ok(Vec::new()) };
    let train = &splits.train.samples;
    let (n_shown, n) = (n_shown(train.len()), train.len());
    let of_all = if n_shown < n { format!("{n_shown} of {n}") } else { n.to_string() };
    let title = format!("{}: {of_all} training samples", material.config.name);
    let caption = "Each mark is a training sample, its shape and colour the class.";
    if let Some(picture) = Scatter3d::new(&title, train)? {
        let mut figure = Figure::new("scatter", &title, caption, Kind::Chart, &picture)?;
        for view in &mut figure.views {
            view.interaction = Some(Interaction::Rotated(picture.rotatable()?));
        }
        return Ok(vec![figure]);
    }
    match Scatter::new(&title, train, [0, 1.min(train.n_features() - 1)])? {
        Some(picture) => Ok(vec![Figure::new("scatter", &title, caption, Kind::Chart, &picture)?]),
        None => Ok(Vec::new()),
    }
}
