//! Images of any common format and size, brought to one shape.

use crate::error::DataError;
use crate::labelled_data::ImageShape;
use image::imageops::FilterType;
use image::{ImageReader, Limits};
use std::io::ErrorKind;
use std::path::Path;

/// Images of more pixels to a side are refused.
const MAX_SIDE: u32 = 20_000;

/// How an image is brought to another size; the names are those of the `image` crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResizeFilter {
    /// The nearest pixel.
    Nearest,
    /// Linear interpolation, over all pixels that a smaller one covers.
    #[default]
    Triangle,
    /// Cubic interpolation.
    CatmullRom,
    /// A blur.
    Gaussian,
    /// A windowed sinc over three pixels each way.
    Lanczos3,
}

impl From<ResizeFilter> for FilterType {
    fn from(filter: ResizeFilter) -> Self {
        match filter {
            ResizeFilter::Nearest => Self::Nearest,
            ResizeFilter::Triangle => Self::Triangle,
            ResizeFilter::CatmullRom => Self::CatmullRom,
            ResizeFilter::Gaussian => Self::Gaussian,
            ResizeFilter::Lanczos3 => Self::Lanczos3,
        }
    }
}

/// Decodes an image and brings it to `shape`, of three channels, without regard to its proportions.
/// The pixels are those of [`ImageShape`]: channel by channel, each row by row.
///
/// # Errors
///
/// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] for what is no image, or a
/// larger one than anybody has.
pub fn read_image(path: &Path, shape: ImageShape, filter: ResizeFilter) -> Result<Vec<u8>, DataError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => DataError::Missing { path: path.to_owned() },
        _ => DataError::Read { path: path.to_owned(), source: error },
    };
    let mut reader =
        ImageReader::open(path).map_err(unreadable)?.with_guessed_format().map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|error| {
        let problem = format!("is no image: {}", error.to_string().replace('\n', ", "));
        DataError::Corrupt { path: path.to_owned(), problem }
    })?;
    let (width, height) = (shape.width as u32, shape.height as u32);
    let resized = match (decoded.width(), decoded.height()) == (width, height) {
        true => decoded,
        false => decoded.resize_exact(width, height, filter.into()),
    };
    let rgb = resized.into_rgb8().into_raw();
    // Pixel by pixel to channel by channel.
    Ok((0..shape.channels).flat_map(|channel| rgb.iter().skip(channel).step_by(3).copied()).collect())
}
