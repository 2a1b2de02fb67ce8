//! Images of many kinds, compared with what Pillow reads (`tests/golden/images.py`), whole and cut off.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{DataError, ImageShape, ResizeFilter, read_image};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden");

fn image(name: &str) -> PathBuf {
    Path::new(GOLDEN).join("images").join(name)
}

fn read(path: &Path, width: usize, height: usize) -> Result<Vec<u8>, DataError> {
    read_image(path, ImageShape { channels: 3, height, width }, ResizeFilter::Nearest)
}

/// What is wrong with a file of this content.
#[track_caller]
fn problem(content: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("image");
    fs::write(&path, content).unwrap();
    match read(&path, 3, 2).unwrap_err() {
        DataError::Corrupt { problem, .. } => problem.to_string(),
        error => panic!("{error}"),
    }
}

#[test]
fn every_kind_of_image_has_the_pixels_that_pillow_reads() {
    let golden: Value =
        serde_json::from_slice(&fs::read(Path::new(GOLDEN).join("images.json")).unwrap()).unwrap();
    let golden = golden.as_object().unwrap();
    assert_eq!(golden.len(), 41);
    for (name, expected) in golden {
        let size: Vec<usize> =
            expected["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let pixels: Vec<u8> =
            expected["pixels"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as u8).collect();
        let found = read(&image(name), size[0], size[1]).unwrap();
        // Decoders of JPEG may round each step in another way, and bring colours to full size in another way.
        let tolerance = match name.as_str() {
            "subsampled.jpg" => 12,
            name if name.contains(".j") => 3,
            _ => 0,
        };
        let area = size[0] * size[1];
        for (place, expected) in pixels.iter().enumerate() {
            let found = found[place % 3 * area + place / 3];
            assert!(
                found.abs_diff(*expected) <= tolerance,
                "{name}, byte {place}: {found}, must be {expected}"
            );
        }
    }
}

#[test]
fn a_jpeg_that_is_cut_off_anywhere_is_refused() {
    for name in ["baseline.jpg", "subsampled.jpg", "progressive.jpg", "restart.jpg", "grey.jfif", "cmyk.jpe"]
    {
        let bytes = fs::read(image(name)).unwrap();
        for end in (4..bytes.len()).step_by(3).chain([bytes.len() - 2, bytes.len() - 1]) {
            let problem = problem(&bytes[..end]);
            assert!(problem.starts_with("is cut off: "), "{name}, {end} bytes: {problem}");
        }
    }
}

#[test]
fn a_jpeg_whose_data_cannot_be_decoded_is_refused() {
    let mut bytes = fs::read(image("progressive.jpg")).unwrap();
    let scan = bytes.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let end = bytes.len() - 2;
    bytes[scan + 20..end].fill(0xFE);
    let problem = problem(&bytes);
    assert!(problem.starts_with("is a damaged JPEG image: "), "{problem}");
}

#[test]
fn bytes_behind_a_jpeg_or_between_its_segments_do_no_harm() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("image");
    let bytes = fs::read(image("baseline.jpg")).unwrap();
    let expected = read(&image("baseline.jpg"), 37, 21).unwrap();
    let (head, tail) = bytes.split_at(20);
    for content in [
        [&bytes[..], b"and so on \xFF\xD8"].concat(),
        [&bytes[..], &bytes, &[0; 5000]].concat(),
        [head, &[0; 30], tail].concat(),
        [head, &[0xFF; 3], tail].concat(),
    ] {
        fs::write(&path, content).unwrap();
        assert!(read(&path, 37, 21).unwrap() == expected);
    }
}

#[test]
fn images_of_every_other_format_that_are_cut_in_half_are_refused() {
    for name in ["palette.png", "sixteen.png", "animated.gif", "orientation-1.webp", "orientation-1.tiff"] {
        let bytes = fs::read(image(name)).unwrap();
        let problem = problem(&bytes[..bytes.len() / 2]);
        assert!(problem.contains("damaged"), "{name}: {problem}");
    }
}

#[test]
fn what_is_no_image_is_said() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    for (content, wanted) in [
        (&b""[..], "is no image: the file is empty"),
        (b"text", "is no image: its content is none of BMP, GIF, JPEG, PNG, PNM, TIFF or WebP"),
        (heic, "is an image of the format HEIC, must be BMP, GIF, JPEG, PNG, PNM, TIFF or WebP; convert it"),
        (b"P6\n100000 100000\n255\n", "is a PNM image that is too large: Image size exceeds limit"),
    ] {
        assert_eq!(problem(content), wanted);
    }
}

#[test]
fn a_pipe_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    match read(&pipe, 3, 2).unwrap_err() {
        DataError::Read { source, .. } => {
            assert_eq!(source.to_string(), "is a named pipe, must be a regular file");
        }
        error => panic!("{error}"),
    }
}
