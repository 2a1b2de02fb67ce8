//! The views of images on a device: mirror images and translations whose logits are averaged.

use super::sources::index_tensor;
use crate::augmentation::Border;
use crate::labelled_data::ImageShape;
use crate::views::Views;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};

/// Translations are by so many pixels.
const SHIFT: usize = 1;

/// [`Views`] of images of one shape, with their tables on a device.
#[derive(Clone, Debug)]
pub struct DeviceViews<B: Backend> {
    /// The views besides the image itself.
    others: Vec<View<B>>,
    /// The weight of the image itself.
    weight: f64,
}

/// A view of images.
#[derive(Clone, Debug)]
struct View<B: Backend> {
    /// The index of each value in the image, `[channels h w]`.
    sources: Tensor<B, 1, Int>,
    weight: f64,
}

impl<B: Backend> DeviceViews<B> {
    /// The samples themselves, for samples of any kind.
    pub fn none() -> Self {
        Self { others: Vec::new(), weight: 1.0 }
    }

    /// Creates the tables on `device`.
    pub fn new(views: Views, shape: ImageShape, device: &B::Device) -> Self {
        let view = |mirrored: bool, corner: usize, weight: f64| {
            let sources = sources(shape, mirrored, corner);
            View { sources: index_tensor(sources.into_iter(), device), weight }
        };
        match views {
            Views::None => Self::none(),
            Views::Mirror => Self { others: vec![view(true, SHIFT, 0.5)], weight: 0.5 },
            Views::MirrorTranslate => {
                let others = [
                    (true, SHIFT, 0.25),
                    (false, 0, 0.125),
                    (true, 0, 0.125),
                    (false, 2 * SHIFT, 0.125),
                    (true, 2 * SHIFT, 0.125),
                ];
                let others = others.map(|(mirrored, corner, weight)| view(mirrored, corner, weight));
                Self { others: others.into(), weight: 0.25 }
            }
        }
    }

    /// The weighted mean of `logits` over the views of `inputs`, `[n, n_features]`.
    pub fn mean<const D: usize>(
        &self,
        inputs: Tensor<B, 2>,
        logits: impl Fn(Tensor<B, 2>) -> Tensor<B, D>,
    ) -> Tensor<B, D> {
        if self.others.is_empty() {
            return logits(inputs);
        }
        let own = logits(inputs.clone()) * self.weight;
        self.others
            .iter()
            .fold(own, |sum, view| sum + logits(inputs.clone().select(1, view.sources.clone())) * view.weight)
    }
}

/// The index of each value of a view in the image: the image with a reflected border of [`SHIFT`] pixels, cut at row and
/// column `corner`, and then mirrored or not.
fn sources(shape: ImageShape, mirrored: bool, corner: usize) -> Vec<usize> {
    let ImageShape { channels, height, width } = shape;
    let source = |place: usize, side: usize| Border::Reflect.source(place + corner, SHIFT, side).unwrap_or(0);
    let row = |y: usize| source(y, height) * width;
    let column = |x: usize| source(if mirrored { width - 1 - x } else { x }, width);
    let area = height * width;
    let pixels = || (0..height).flat_map(move |y| (0..width).map(move |x| row(y) + column(x)));
    (0..channels).flat_map(|channel| pixels().map(move |pixel| channel * area + pixel)).collect()
}
