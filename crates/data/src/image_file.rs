//! Images of any common format and size, brought to one shape.

use crate::error::DataError;
use crate::image_kind::{HEAD, IMAGE_FORMATS, ImageKind, image_kind};
use crate::jpeg;
use crate::labelled_data::ImageShape;
use crate::regular_file::open_regular;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use std::path::Path;

/// The most pixels a side of an image that is read.
const MAX_SIDE: u32 = 20_000;
/// The most bytes of a decoded image.
const MAX_DECODED: u64 = 512 << 20;
/// The most bytes of a JPEG file, which is read as a whole.
const MAX_FILE: u64 = 512 << 20;

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

/// Decodes an image, turns it as its EXIF data says, and brings it to `shape`, of three channels, without regard
/// to its proportions. The pixels are those of [`ImageShape`]: channel by channel, each row by row.
///
/// The format is told from the content, whatever the name is. Of an animation the first image is taken.
///
/// # Errors
///
/// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] for a file that is no image, is cut off or
/// damaged, or is larger than 20,000 pixels a side.
pub fn read_image(path: &Path, shape: ImageShape, filter: ResizeFilter) -> Result<Vec<u8>, DataError> {
    let unreadable = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => DataError::Missing { path: path.to_owned() },
        _ => DataError::Read { path: path.to_owned(), source: error },
    };
    let corrupt = |problem: String| DataError::Corrupt { path: path.to_owned(), problem };
    let mut file = BufReader::new(open_regular(path).map_err(unreadable)?);
    let head = read_head(&mut file).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let format = readable(image_kind(&head), head.is_empty()).map_err(corrupt)?;
    let decoded = match format {
        ImageFormat::Jpeg => {
            let mut bytes = Vec::new();
            file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
            if bytes.len() as u64 > MAX_FILE {
                return Err(corrupt(format!("is larger than {MAX_FILE} bytes")));
            }
            jpeg::decode(&bytes, MAX_SIDE as usize, MAX_DECODED as usize).map_err(corrupt)?
        }
        format => decode(file, format).map_err(corrupt)?,
    };
    Ok(pixels(decoded, shape, filter))
}

/// The first bytes of a file, from which its kind is told.
pub(crate) fn read_head(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    file.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The format of an image that is read, or what is wrong with it, as the end of a sentence.
pub(crate) fn readable(kind: ImageKind, empty: bool) -> Result<ImageFormat, String> {
    match kind {
        ImageKind::Readable(format) => Ok(format),
        ImageKind::Unsupported(name) => {
            Err(format!("is an image of the format {name}, must be {IMAGE_FORMATS}; convert it"))
        }
        ImageKind::Other if empty => Err("is no image: the file is empty".to_owned()),
        ImageKind::Other => Err(format!("is no image: its content is none of {IMAGE_FORMATS}")),
    }
}

/// Decodes an image of another format than JPEG. On error, what is wrong, as the end of a sentence.
fn decode(file: BufReader<File>, format: ImageFormat) -> Result<DynamicImage, String> {
    let damaged = |error: ImageError| {
        let name = format!("{format:?}").to_uppercase();
        let reason = error.to_string().replace('\n', ", ");
        match error {
            ImageError::Limits(_) => format!("is a {name} image that is too large: {reason}"),
            ImageError::Unsupported(_) => format!("is a {name} image that cannot be read: {reason}"),
            _ => format!("is a damaged {name} image: {reason}"),
        }
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    let mut reader = ImageReader::with_format(file, format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    if decoder.total_bytes() > MAX_DECODED {
        let (width, height) = decoder.dimensions();
        return Err(format!("is an image of {width} × {height} pixels, which are too many"));
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
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
    let rgb = resized.into_rgb8().into_raw();
    // Pixel by pixel to channel by channel.
    (0..shape.channels).flat_map(|channel| rgb.iter().skip(channel).step_by(3).copied()).collect()
}
