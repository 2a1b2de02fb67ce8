//! Arrays as features: rows of numbers, or images.

use super::array::{Array, tuple};
use super::element::Kind;
use super::header::MAX_SIZE;
use crate::labelled_data::{Features, ImageShape};
use crate::problem::NumpyProblem;
use serde::{Deserialize, Serialize};

/// Where the channels of images are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// There is one, without a dimension of its own.
    None,
    /// Before height and width.
    First,
    /// After height and width.
    Last,
}

/// The shape of images in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLayout {
    /// Height, width and channels.
    pub shape: ImageShape,
    /// Where the channels are.
    pub channels: Channels,
}

impl ImageLayout {
    /// The dimensions of an image in the order of the array.
    pub fn dimensions(&self) -> Vec<usize> {
        let ImageShape { channels, height, width } = self.shape;
        match self.channels {
            Channels::None => vec![height, width],
            Channels::First => vec![channels, height, width],
            Channels::Last => vec![height, width, channels],
        }
    }
}

/// How the pixels of an array are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PixelScale {
    /// From 0 to 255.
    Whole,
    /// Divided by 255.
    Divided,
}

impl PixelScale {
    /// The scale of an array: bools and floats up to 1 are divided. Floats in other arrays have the scale of `training`, which
    /// holds more of them; whole numbers 0 and 1 are bools beside pixels that are divided.
    fn of(array: &Array, training: Option<Self>) -> Self {
        let is_up_to_1 = || array.numbers().all(|value| value <= 1.0);
        let is_divided = match (array.element.kind, training) {
            (Kind::Bool, _) => true,
            (Kind::Float, Some(training)) => training == Self::Divided,
            (Kind::Float, None) => is_up_to_1(),
            _ => training == Some(Self::Divided) && is_up_to_1(),
        };
        if is_divided { Self::Divided } else { Self::Whole }
    }

    /// The scale of a training array, where it is not told by the type alone, as by whole numbers.
    pub(super) fn of_training(array: &Array) -> Option<Self> {
        matches!(array.element.kind, Kind::Float | Kind::Bool).then(|| Self::of(array, None))
    }
}

/// The features of an array, whose pixels have the scale of `training`, or else their own.
pub(super) fn features(
    array: &Array,
    image: Option<ImageLayout>,
    training: Option<PixelScale>,
) -> Result<Features, NumpyProblem> {
    if array.element.is_text() {
        return Err(NumpyProblem::Text);
    }
    let Some(layout) = image else { return rows(array) };
    let dimensions = layout.dimensions();
    let of_sample = |shape: &[usize]| shape.iter().copied().filter(|&n| n != 1).collect::<Vec<_>>();
    let inner = &array.shape[1..];
    if of_sample(inner) != of_sample(&dimensions) && inner != [layout.shape.size()] {
        let expected = format!("(n, {}", &tuple(&dimensions)[1..]);
        return Err(NumpyProblem::Shape { shape: tuple(&array.shape), expected });
    }
    let pixels = pixels(array, PixelScale::of(array, training))?;
    let pixels =
        if layout.channels == Channels::Last { channels_first(&pixels, layout.shape) } else { pixels };
    Ok(Features::Images { pixels, shape: layout.shape })
}

fn rows(array: &Array) -> Result<Features, NumpyProblem> {
    if array.shape.len() > 2 {
        let (shape, inner) = (tuple(&array.shape), &array.shape[1..]);
        let is_image = match *inner {
            [_, _] => true,
            [first, _, last] => [1, 3].contains(&first) || [1, 3].contains(&last),
            _ => false,
        };
        return Err(if is_image {
            NumpyProblem::NeedsImageShape { shape, suggested: format!("{inner:?}") }
        } else {
            NumpyProblem::NeedsRows { shape }
        });
    }
    let (found, max) = (array.bytes.len() / array.element.size, MAX_SIZE as usize / size_of::<f64>());
    if found > max {
        return Err(NumpyProblem::TooMany { found, max });
    }
    let allowed = |value: f64| value.is_finite() && value.abs() <= f64::from(f32::MAX);
    if let Some((index, value)) = array.numbers().enumerate().find(|(_, value)| !allowed(*value)) {
        return Err(NumpyProblem::NotFinite { value: value.to_string(), place: array.place(index) });
    }
    Ok(Features::table(array.numbers().collect(), array.width()))
}

fn pixels(array: &Array, scale: PixelScale) -> Result<Vec<u8>, NumpyProblem> {
    let kind = array.element.kind;
    let is_scaled = scale == PixelScale::Divided;
    if (kind, array.element.size, is_scaled) == (Kind::Unsigned, 1, false) {
        return Ok(array.bytes.clone());
    }
    // The rounding of half precision, or of single precision.
    let tolerance = if kind == Kind::Float && array.element.size == 2 { 0.13 } else { 1e-4 };
    let factor = if is_scaled { 255.0 } else { 1.0 };
    let pixel = |(index, value): (usize, f64)| {
        let pixel = (value * factor).round();
        let is_near = (value * factor - pixel).abs() <= if is_scaled { tolerance } else { 0.0 };
        if is_near && (0.0..=255.0).contains(&pixel) {
            return Ok(pixel as u8);
        }
        Err(NumpyProblem::Pixel { value: value.to_string(), place: array.place(index) })
    };
    array.numbers().enumerate().map(pixel).collect()
}

fn channels_first(pixels: &[u8], shape: ImageShape) -> Vec<u8> {
    let mut moved = Vec::with_capacity(pixels.len());
    for image in pixels.chunks_exact(shape.size()) {
        for channel in 0..shape.channels {
            moved.extend(image.iter().skip(channel).step_by(shape.channels));
        }
    }
    moved
}
