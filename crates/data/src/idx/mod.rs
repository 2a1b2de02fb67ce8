//! MNIST and Fashion-MNIST in IDX files, as they are published.
//!
//! A folder holds `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, `t10k-images-idx3-ubyte.gz` and
//! `t10k-labels-idx1-ubyte.gz`, or the same files without `.gz`, unpacked. Any number of images per file is read, so a
//! smaller set in the same layout works.

mod file;

use crate::error::DataError;
use crate::labelled_data::{Features, ImageShape, LabelledData};
use crate::problem::IdxProblem;
use file::{read_images, read_labels};
use std::path::{Path, PathBuf};

/// The shape of every image: `[1, 28, 28]`.
pub const IMAGE_SHAPE: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

/// The four files of a set as they are published: images and labels of the training part, then of the test part.
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

/// The classes of MNIST.
pub const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The classes of Fashion-MNIST, as its page names them.
pub const CLOTHES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// Reads the training and the test part of the set in `folder`.
///
/// # Errors
///
/// [`DataError::Missing`], [`DataError::Read`], or [`DataError::Corrupt`] for a file that is not a whole IDX file of
/// bytes, has images of another size, a label that is no class, or another number of labels than of images.
pub fn read(folder: &Path, class_names: &[&str]) -> Result<(LabelledData, LabelledData), DataError> {
    let [train_images, train_labels, test_images, test_labels] = FILES.map(|name| present(folder, name));
    Ok((
        read_part(&train_images, &train_labels, class_names)?,
        read_part(&test_images, &test_labels, class_names)?,
    ))
}

/// Reads the pixels of the image at `index`, from 0.
///
/// # Errors
///
/// As for [`read`], and [`DataError::Corrupt`] when the file has no such image.
pub fn read_image(path: &Path, index: u64) -> Result<Vec<u8>, DataError> {
    let pixels = read_images(path, IMAGE_SHAPE)?;
    let size = IMAGE_SHAPE.size();
    let last = (pixels.len() / size).saturating_sub(1);
    let image = usize::try_from(index).ok().and_then(|index| pixels.chunks_exact(size).nth(index));
    image.map(<[u8]>::to_vec).ok_or_else(|| DataError::corrupt(path, IdxProblem::NoImage { index, last }))
}

/// The path of a file, or of its unpacked form where only that exists.
fn present(folder: &Path, name: &str) -> PathBuf {
    let packed = folder.join(name);
    let plain = folder.join(name.trim_end_matches(".gz"));
    if !packed.exists() && plain.exists() { plain } else { packed }
}

fn read_part(images: &Path, labels: &Path, class_names: &[&str]) -> Result<LabelledData, DataError> {
    let pixels = read_images(images, IMAGE_SHAPE)?;
    let n_images = pixels.len() / IMAGE_SHAPE.size();
    let bytes = read_labels(labels)?;
    if bytes.len() != n_images {
        let file = images.display().to_string();
        let problem = IdxProblem::LabelCount { labels: bytes.len(), images: n_images, file };
        return Err(DataError::corrupt(labels, problem));
    }
    if let Some(index) = bytes.iter().position(|&label| usize::from(label) >= class_names.len()) {
        let problem = IdxProblem::Label { label: bytes[index], index, last: class_names.len() - 1 };
        return Err(DataError::corrupt(labels, problem));
    }
    Ok(LabelledData {
        features: Features::Images { pixels, shape: IMAGE_SHAPE },
        labels: bytes.into_iter().map(u32::from).collect(),
        class_names: class_names.iter().map(|&name| name.to_owned()).collect(),
    })
}
