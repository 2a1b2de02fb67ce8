//! Decoding images of any common format and size, resized to one shape.

use crate::error::DataError;
use crate::image_kind::{HEAD, ImageKind, image_kind};
use crate::jpeg;
use crate::labelled_data::ImageShape;
use crate::problem::{CannotDecode, ImageProblem, Problem};
use crate::regular_file::open_regular;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

/// The most pixels of an image's side.
const MAX_SIDE: u32 = 20_000;
/// The most bytes of a decoded image.
const MAX_DECODED: u64 = 512 << 20;
/// The most bytes of a JPEG file, which is read into memory.
const MAX_FILE: u64 = 512 << 20;

/// The interpolation that resizes an image, named as in the `image` crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResizeFilter {
    /// Nearest neighbor.
    Nearest,
    /// Linear interpolation; when an image shrinks, over all pixels that one new pixel covers.
    #[default]
    Triangle,
    /// Cubic interpolation.
    CatmullRom,
    /// A Gaussian blur.
    Gaussian,
    /// Lanczos with a window of 3.
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

/// Decodes an image, applies its EXIF orientation, and resizes it to `shape`, ignoring its aspect
/// ratio. With one channel, the image becomes grey. Returns the pixels in the order of [`ImageShape`]: channel by channel, each row by row.
///
/// The format is detected from the content, not from the file's name. Of an animation only the first frame is read.
///
/// # Errors
///
/// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] for a file that is not an image, is truncated or
/// damaged, or has a side longer than 20,000 pixels.
pub fn read_image(path: &Path, shape: ImageShape, filter: ResizeFilter) -> Result<Vec<u8>, DataError> {
    let unreadable = DataError::open(path);
    let corrupt = |problem: ImageProblem| DataError::corrupt(path, problem);
    let mut file = BufReader::new(open_regular(path).map_err(&unreadable)?);
    let head = read_head(&mut file).map_err(&unreadable)?;
    file.rewind().map_err(&unreadable)?;
    let format = readable(image_kind(&head), head.is_empty()).map_err(corrupt)?;
    let decoded = match format {
        ImageFormat::Jpeg => {
            let mut bytes = Vec::new();
            file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(&unreadable)?;
            if bytes.len() as u64 > MAX_FILE {
                return Err(DataError::corrupt(path, Problem::TooLarge { max: MAX_FILE }));
            }
            jpeg::decode(&bytes, MAX_SIDE as usize, MAX_DECODED as usize).map_err(corrupt)?
        }
        format => decode(file, format).map_err(corrupt)?,
    };
    Ok(pixels(decoded, shape, filter))
}

/// The first bytes of a file, from which its kind is detected.
pub(crate) fn read_head(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    file.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The format that a file of this kind is decoded as.
pub(crate) fn readable(kind: ImageKind, is_empty: bool) -> Result<ImageFormat, ImageProblem> {
    match kind {
        ImageKind::Readable(format) => Ok(format),
        ImageKind::Unsupported(format) => Err(ImageProblem::UnsupportedFormat { format }),
        ImageKind::Other if is_empty => Err(ImageProblem::Empty),
        ImageKind::Other => Err(ImageProblem::NotAnImage),
    }
}

/// Decodes an image that is not a JPEG.
fn decode(file: BufReader<File>, format: ImageFormat) -> Result<DynamicImage, ImageProblem> {
    let refused = |error: ImageError| {
        let format = format!("{format:?}").to_uppercase();
        let reason = error.to_string().replace('\n', ", ");
        let why = match error {
            ImageError::Limits(_) => CannotDecode::TooLarge { format },
            ImageError::Unsupported(_) => CannotDecode::Unsupported { format },
            _ => CannotDecode::Damaged { format },
        };
        ImageProblem::Decoder { why, reason }
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    let mut reader = ImageReader::with_format(file, format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    if decoder.total_bytes() > MAX_DECODED {
        let (width, height) = decoder.dimensions();
        let (width, height) = (width as usize, height as usize);
        return Err(ImageProblem::TooManyPixels { kind: "an image", width, height });
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn pixels(decoded: DynamicImage, shape: ImageShape, filter: ResizeFilter) -> Vec<u8> {
    let (width, height) = (shape.width as u32, shape.height as u32);
    let resized = if (decoded.width(), decoded.height()) == (width, height) {
        decoded
    } else {
        decoded.resize_exact(width, height, filter.into())
    };
    if shape.channels == 1 {
        return resized.into_luma8().into_raw();
    }
    let rgb = resized.into_rgb8().into_raw();
    // From height × width × channels to channels × height × width.
    (0..shape.channels).flat_map(|channel| rgb.iter().skip(channel).step_by(3).copied()).collect()
}
