//! The kind of a file, detected from its content.

use image::ImageFormat;

/// The number of bytes from which a file's kind is detected.
pub(crate) const HEAD: usize = 32;

/// The supported formats, as messages name them.
pub const IMAGE_FORMATS: &str = "BMP, GIF, JPEG, PNG, PNM, TIFF or WebP";

/// Extensions of image files. A file with one of them that is not an image is an error; other files that are not images
/// are left out.
const EXTENSIONS: [&str; 28] = [
    "apng", "avif", "bmp", "dib", "exr", "gif", "heic", "heif", "ico", "jfif", "jp2", "jpe", "jpeg", "jpg",
    "jxl", "pam", "pbm", "pgm", "png", "pnm", "ppm", "psd", "svg", "tga", "tif", "tiff", "webp", "qoi",
];

/// The kind of a file according to its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageKind {
    /// An image of a supported format.
    Readable(ImageFormat),
    /// An image of another format, with its name.
    Unsupported(&'static str),
    /// No image.
    Other,
}

/// Detects a file's kind from its first [`HEAD`] bytes, or from all bytes of a shorter file.
pub(crate) fn image_kind(head: &[u8]) -> ImageKind {
    match image::guess_format(head) {
        Ok(ImageFormat::Bmp) if !is_bmp(head) => ImageKind::Other,
        Ok(ImageFormat::Pnm) if !is_pnm(head) => ImageKind::Other,
        Ok(format) if is_read(format) => ImageKind::Readable(format),
        Ok(ImageFormat::Avif) => ImageKind::Unsupported("AVIF"),
        Ok(ImageFormat::Dds) => ImageKind::Unsupported("DDS"),
        Ok(ImageFormat::Farbfeld) => ImageKind::Unsupported("farbfeld"),
        Ok(ImageFormat::Hdr) => ImageKind::Unsupported("Radiance HDR"),
        Ok(ImageFormat::Ico) => ImageKind::Unsupported("ICO"),
        Ok(ImageFormat::OpenExr) => ImageKind::Unsupported("OpenEXR"),
        Ok(ImageFormat::Qoi) => ImageKind::Unsupported("QOI"),
        Ok(_) => ImageKind::Other,
        Err(_) => other_format(head).map_or(ImageKind::Other, ImageKind::Unsupported),
    }
}

/// Whether a file's extension is that of an image.
pub(crate) fn has_image_extension(path: &std::path::Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

fn is_read(format: ImageFormat) -> bool {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Pnm, Tiff, WebP};
    matches!(format, Bmp | Gif | Jpeg | Png | Pnm | Tiff | WebP)
}

/// The two letters of the signature may begin a text, so the size of the second header is checked too.
fn is_bmp(head: &[u8]) -> bool {
    head.get(14..18).is_some_and(|size| matches!(size, [12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// `P1` to `P6` are followed by whitespace and a number or a comment, `P7` by a line break.
fn is_pnm(head: &[u8]) -> bool {
    let Some((magic, rest)) = head.split_at_checked(2) else { return false };
    let Some(after) = rest.first() else { return false };
    if magic == b"P7" {
        return matches!(after, b'\n' | b'\r');
    }
    let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
    (after.is_ascii_whitespace() || *after == b'#')
        && next.is_none_or(|byte| byte.is_ascii_digit() || *byte == b'#')
}

/// Formats that the `image` crate does not detect.
fn other_format(head: &[u8]) -> Option<&'static str> {
    if let Some(b"ftyp") = head.get(4..8) {
        let brand = head.get(8..12)?;
        let heif = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"];
        return heif.iter().any(|known| *known == brand).then_some("HEIC");
    }
    let formats: [(&[u8], &str); 3] =
        [(b"\0\0\0\x0cJXL ", "JPEG XL"), (b"\0\0\0\x0cjP  ", "JPEG 2000"), (b"8BPS", "Photoshop")];
    formats.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_not_images() {
        for text in ["P5 is a port", "P1", "BMW models and years", "GIF files", "P6x", "", "{\"a\": 1}"] {
            assert_eq!(image_kind(text.as_bytes()), ImageKind::Other, "{text}");
        }
        for text in ["P5 3 2 255 ", "P1\n# comment", "P7\nWIDTH 2", "P6#c\n1 1"] {
            assert_eq!(image_kind(text.as_bytes()), ImageKind::Readable(ImageFormat::Pnm), "{text}");
        }
    }

    #[test]
    fn unsupported_images_have_a_name() {
        for (head, name) in [
            (&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], "HEIC"),
            (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", "AVIF"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
            (b"8BPS\0\x01", "Photoshop"),
        ] {
            assert_eq!(image_kind(head), ImageKind::Unsupported(name));
        }
        assert_eq!(image_kind(b"\0\0\0\x18ftypmp42\0\0\0\0"), ImageKind::Other);
    }

    #[test]
    fn extensions_are_known_in_any_case() {
        let path = std::path::Path::new;
        assert!(has_image_extension(path("a.JPG")) && has_image_extension(path("a.b.jfif")));
        assert!(!has_image_extension(path("jpg")) && !has_image_extension(path("Thumbs.db")));
    }
}
