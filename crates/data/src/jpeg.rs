//! Strict decoding of JPEG files.
//!
//! JPEG has no checksum, and decoders fill missing data with grey. A truncated file must be an error, but one with extra
//! bytes after its image, such as padding or a phone's second image, must be accepted. Therefore this module first
//! follows the markers from the start-of-image to the end-of-image marker (ITU-T T.81, annex B). Then `zune-jpeg`, the
//! decoder of the `image` crate, decodes the data in its strict mode, which that crate does not expose. As in libjpeg, a
//! scan that is too short but ends with a marker is not detected.

use crate::problem::{CannotDecode, ImageProblem};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use std::borrow::Cow;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Start and end of an image.
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
/// Start of a scan.
const SOS: u8 = 0xDA;

/// Decodes the first image of a JPEG file of at most `max_side` pixels a side and `max_bytes` decoded bytes, and applies
/// its EXIF orientation.
pub(crate) fn decode(bytes: &[u8], max_side: usize, max_bytes: usize) -> Result<DynamicImage, ImageProblem> {
    let data = first_image(bytes)?;
    let damaged = |error: zune_jpeg::errors::DecodeErrors| {
        let why = CannotDecode::Damaged { format: "JPEG".to_owned() };
        ImageProblem::Decoder { why, reason: error.to_string().trim_matches('"').replace('\n', ", ") }
    };
    let options =
        DecoderOptions::default().set_strict_mode(true).set_max_width(max_side).set_max_height(max_side);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&data[..]), options);
    decoder.decode_headers().map_err(damaged)?;
    let luma = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let colours = if luma { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(colours));
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let (Some((width, height)), Some(size)) = (decoder.dimensions(), decoder.output_buffer_size()) else {
        return Err(ImageProblem::NoSize);
    };
    if size > max_bytes {
        return Err(ImageProblem::TooManyPixels { kind: "a JPEG image", width, height });
    }
    let mut pixels = vec![0; size];
    decoder.decode_into(&mut pixels).map_err(damaged)?;
    let (width, height) = (width as u32, height as u32);
    let image = if luma {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    let mut image = image.ok_or(ImageProblem::WrongSize)?;
    image.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
    Ok(image)
}

/// The bytes of the first image without stray bytes between its segments, which the strict decoder refuses and others
/// skip.
fn first_image(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ImageProblem> {
    let mut stray = Vec::new();
    let mut at = 2;
    loop {
        let start = at;
        at = next_marker(bytes, at).ok_or(ImageProblem::CutOff)?;
        let marker = bytes[at + 1];
        if at > start {
            stray.push(start..at);
        }
        at += 2;
        match marker {
            EOI => break,
            SOI | 0x01 | 0xD0..=0xD7 => continue,
            _ => (),
        }
        let length = bytes.get(at..at + 2).ok_or(ImageProblem::CutOff)?;
        at += usize::from(u16::from_be_bytes([length[0], length[1]]));
        if at > bytes.len() {
            return Err(ImageProblem::CutOff);
        }
        if marker == SOS {
            at = end_of_scan(bytes, at).ok_or(ImageProblem::CutOff)?;
        }
    }
    if stray.is_empty() {
        return Ok(Cow::Borrowed(&bytes[..at]));
    }
    let mut kept = Vec::with_capacity(at);
    let mut from = 0;
    for gap in stray {
        kept.extend_from_slice(&bytes[from..gap.start]);
        from = gap.end;
    }
    kept.extend_from_slice(&bytes[from..at]);
    Ok(Cow::Owned(kept))
}

/// The position of the next marker: `FF` and a byte that is neither `00` nor another `FF`.
fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let pairs = bytes.get(from..)?.windows(2);
    pairs
        .into_iter()
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))
        .map(|place| from + place)
}

/// The end of a scan's data: the next marker that is not a restart marker.
fn end_of_scan(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let marker = next_marker(bytes, from)?;
        if !matches!(bytes[marker + 1], 0xD0..=0xD7) {
            return Some(marker);
        }
        from = marker + 2;
    }
}
