//! JPEG files, read strictly.
//!
//! JPEG has no checksum, and decoders fill up what is missing with grey. A file that is cut off must be
//! refused, while one with bytes behind its image (a second image of a phone, padding) must be read. So the
//! markers are followed first, from the start-of-image to its end-of-image marker (ITU-T T.81, annex B), and
//! then the data is decoded by `zune-jpeg`, the decoder of the `image` crate, in its strict mode, which that
//! crate does not offer: data that cannot be decoded is an error there, too. A scan that is too short but has
//! its end marked is not found out, as in libjpeg.

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

/// Decodes the first image of a JPEG file of at most `max_side` pixels a side and `max_bytes` bytes, and turns it
/// as its EXIF data says. On error, what is wrong, as the end of a sentence.
pub(crate) fn decode(bytes: &[u8], max_side: usize, max_bytes: usize) -> Result<DynamicImage, String> {
    let data = first_image(bytes)?;
    let damaged = |error: zune_jpeg::errors::DecodeErrors| {
        format!("is a damaged JPEG image: {}", error.to_string().trim_matches('"').replace('\n', ", "))
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
        return Err("is a JPEG image without a size".to_owned());
    };
    if size > max_bytes {
        return Err(format!("is a JPEG image of {width} × {height} pixels, which are too many"));
    }
    let mut pixels = vec![0; size];
    decoder.decode_into(&mut pixels).map_err(damaged)?;
    let (width, height) = (width as u32, height as u32);
    let image = if luma {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    let mut image = image.ok_or("is a JPEG image of another size than it says")?;
    image.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
    Ok(image)
}

/// The bytes of the first image, without stray bytes between its segments, which a strict decoder does not take
/// and all others pass over.
fn first_image(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let cut = || "is cut off: its JPEG data ends before the end-of-image marker".to_owned();
    let mut stray = Vec::new();
    let mut at = 2;
    loop {
        let start = at;
        at = next_marker(bytes, at).ok_or_else(cut)?;
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
        let length = bytes.get(at..at + 2).ok_or_else(cut)?;
        at += usize::from(u16::from_be_bytes([length[0], length[1]]));
        if at > bytes.len() {
            return Err(cut());
        }
        if marker == SOS {
            at = end_of_scan(bytes, at).ok_or_else(cut)?;
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

/// Where the next marker is: `FF` and a byte that is neither `00` nor another `FF`.
fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let pairs = bytes.get(from..)?.windows(2);
    pairs
        .into_iter()
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))
        .map(|place| from + place)
}

/// Where the data of a scan ends: at the next marker but for those that restart it.
fn end_of_scan(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let marker = next_marker(bytes, from)?;
        if !matches!(bytes[marker + 1], 0xD0..=0xD7) {
            return Some(marker);
        }
        from = marker + 2;
    }
}
