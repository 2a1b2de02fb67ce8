//! The weights of the first layer as images, and how training changed them.

use crate::error::Error;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::WeightImages;
use emberlab_models::NamedTensor;

/// Draws the weights of the first layer if its inputs are images, and their change if the initial weights are known.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let Some(network) = &material.network else { return Ok(Vec::new()) };
    let tensors = network.tensors();
    let mut figures: Vec<Figure> = figure(
        material,
        &tensors,
        ("weights", "weights of the first layer"),
        "The weights of each unit of the first layer, by colour channel: grey is 0, bright is positive, dark is negative.",
    )?
    .into_iter()
    .collect();
    if let Some(change) = material.initial_tensors.as_ref().and_then(|initial| change(&tensors, initial)) {
        figures.extend(figure(
            material,
            &change,
            ("weights-change", "what training changed in the first layer"),
            "The weights minus those before the first update, W − W₀: what was learned, without the random numbers that it began with. Grey is 0, bright is larger than before, dark is smaller.",
        )?);
    }
    Ok(figures)
}

fn figure(
    material: &Material,
    tensors: &[NamedTensor],
    (file, what): (&str, &str),
    caption: &str,
) -> Result<Option<Figure>, Error> {
    let Some(image) = material.config.data.source.image() else { return Ok(None) };
    let title = format!("{}: {what}", material.config.name);
    match WeightImages::new(&title, tensors, image, &material.record.data.class_names)? {
        Some(picture) => Ok(Some(Figure::new(file, &title, caption, Kind::Image, &picture)?)),
        None => Ok(None),
    }
}

/// The difference of tensors with the same names and shapes; `None` if they have others, or if nothing changed.
fn change(trained: &[NamedTensor], initial: &[NamedTensor]) -> Option<Vec<NamedTensor>> {
    if trained.len() != initial.len() {
        return None;
    }
    let difference = |(after, before): (&NamedTensor, &NamedTensor)| {
        let same = (&after.name, &after.shape) == (&before.name, &before.shape);
        let values = after.values.iter().zip(&before.values).map(|(after, before)| after - before).collect();
        same.then(|| NamedTensor { values, ..after.clone() })
    };
    let change: Vec<NamedTensor> = trained.iter().zip(initial).map(difference).collect::<Option<_>>()?;
    change.iter().any(|tensor| tensor.values.iter().any(|value| *value != 0.0)).then_some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, values: [f32; 2]) -> Vec<NamedTensor> {
        vec![NamedTensor { name: name.to_owned(), shape: vec![2], values: values.to_vec() }]
    }

    #[test]
    fn the_change_is_the_difference_of_the_same_tensors() {
        let change_to = |initial: Vec<NamedTensor>| change(&tensor("w", [3.0, 1.0]), &initial);
        let found = change_to(tensor("w", [1.0, 2.0])).map(|change| change[0].values.clone());
        assert_eq!(found, Some(vec![2.0, -1.0]));
        assert!(change_to(tensor("w", [3.0, 1.0])).is_none());
        assert!(change_to(tensor("other", [1.0, 2.0])).is_none());
        assert!(change_to(Vec::new()).is_none());
    }
}
