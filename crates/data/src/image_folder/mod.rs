//! Images in folders: `train/<class>/<image>`, with `test/` and `val/` beside `train/` or without, or
//! `<class>/<image>` alone.
//!
//! The classes are the folders of the training part, sorted by name. The images are the files in each, sorted by name and
//! recognized by their content. Hidden files and folders are ignored.

mod layout;
mod listing;
mod notes;

pub use layout::{FolderLayout, FolderNames};
pub use listing::images_below;

use crate::bad_image::BadImage;
use crate::error::DataError;
use crate::image_file::{ResizeFilter, read_image};
use crate::labelled_data::{Features, ImageShape, LabelledData};
use crate::problem::{FolderProblem, ImageProblem, Problem};
use crate::progress::{Phase, Progress};
use listing::Listing;
use notes::notes;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The most bytes that the images of one part may take in memory.
const MAX_PART_SIZE: usize = 16 << 30;

/// An image folder and the settings for reading it.
#[derive(Clone, Debug)]
pub struct ImageFolder {
    /// The folder of the set.
    pub directory: PathBuf,
    /// The folders of the parts.
    pub names: FolderNames,
    /// The shape that every image is resized to.
    pub shape: ImageShape,
    /// The interpolation of resizing.
    pub filter: ResizeFilter,
    /// How images that cannot be read are handled.
    pub on_bad_image: OnBadImage,
}

/// How images that cannot be read are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadImage {
    /// As an error that lists them.
    #[default]
    Error,
    /// They are left out, with a note.
    Skip,
}

/// The images of a folder, decoded.
#[derive(Clone, Debug)]
pub struct FolderParts {
    /// The training part, or all images where there is no test part.
    pub train: LabelledData,
    /// The validation part, where there is a folder of it.
    pub validation: Option<LabelledData>,
    /// The test part, where there is a folder of it.
    pub test: Option<LabelledData>,
    /// Files that are not images and are left out.
    pub left_out: Vec<PathBuf>,
    /// What is unusual but not an error, a line each.
    pub notes: Vec<String>,
}

impl ImageFolder {
    /// Finds the folders of the parts.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`] for a folder that does not exist; [`DataError::Corrupt`] for an ambiguous layout.
    pub fn layout(&self) -> Result<FolderLayout, DataError> {
        FolderLayout::find(&self.directory, &self.names)
    }

    /// The names of the classes, without reading an image.
    ///
    /// # Errors
    ///
    /// As for [`layout`](Self::layout), and [`DataError::Corrupt`] for fewer than two classes.
    pub fn class_names(&self) -> Result<Vec<String>, DataError> {
        listing::class_names(&self.layout()?.train)
    }

    /// Decodes the images of all parts on all cores.
    ///
    /// # Errors
    ///
    /// [`DataError::BadImages`] names the images that cannot be read; [`DataError::Corrupt`] for a class without a
    /// training image, a part without images, a class that is not in the training part, and more images than the memory
    /// limit; [`DataError::Missing`] and [`DataError::Read`] for folders.
    pub fn read(&self, layout: &FolderLayout, progress: &dyn Progress) -> Result<FolderParts, DataError> {
        let class_names = listing::class_names(&layout.train)?;
        let train = listing::list(&layout.train, &class_names)?;
        train.check_classes(&layout.train, &class_names)?;
        // List all folders before decoding any image.
        let mut listings = vec![(&layout.train, train)];
        for folder in [&layout.validation, &layout.test].into_iter().flatten() {
            listings.push((folder, listing::list(folder, &class_names)?));
        }
        let (mut parts, mut all) = (Vec::new(), Listing::default());
        for (folder, mut listing) in listings {
            if listing.images.is_empty() && listing.bad.is_empty() {
                let beside = listing.left_out.iter().filter(|file| file.parent() == Some(folder)).count();
                return Err(DataError::corrupt(folder, FolderProblem::NoImages { beside }));
            }
            parts.push((folder, self.decode(&mut listing, &class_names, progress)?));
            all.add(listing);
        }
        if self.on_bad_image == OnBadImage::Error && !all.bad.is_empty() {
            return Err(DataError::BadImages(all.bad));
        }
        let notes = notes(&class_names, &all, &layout.others);
        for (folder, part) in &parts {
            check_rest(part, folder, **folder == layout.train)?;
        }
        let mut parts = parts.into_iter().map(|(_, part)| part);
        let Some(train) = parts.next() else { return Err(DataError::Missing { path: layout.train.clone() }) };
        let validation = layout.validation.as_ref().and_then(|_| parts.next());
        Ok(FolderParts { train, validation, test: parts.next(), left_out: all.left_out, notes })
    }

    /// Decodes the images of a part. Those that cannot be read are added to the listing's bad ones.
    fn decode(
        &self,
        listing: &mut Listing,
        class_names: &[String],
        progress: &dyn Progress,
    ) -> Result<LabelledData, DataError> {
        let Listing { images: files, bad, .. } = listing;
        let size = self.shape.size();
        let mut pixels = vec![0; total_size(files, size)?];
        progress.begin(Phase::Decode, Some(files.len() as u64));
        let done = AtomicU64::new(0);
        let problems: Vec<Option<Problem>> = pixels
            .par_chunks_exact_mut(size)
            .zip(&*files)
            .map(|(place, (path, _))| {
                let read = read_image(path, self.shape, self.filter);
                progress.reach(done.fetch_add(1, Ordering::Relaxed) + 1);
                read.map(|image| place.copy_from_slice(&image)).err().map(problem)
            })
            .collect();
        progress.end();
        let mut labels = Vec::with_capacity(files.len());
        for (row, (problem, (path, label))) in problems.into_iter().zip(&*files).enumerate() {
            match problem {
                Some(problem) => bad.push(BadImage { path: path.clone(), label: *label, problem }),
                None => {
                    // Close the gap that a bad image leaves.
                    if labels.len() < row {
                        pixels.copy_within(row * size..(row + 1) * size, labels.len() * size);
                    }
                    labels.push(*label);
                }
            }
        }
        pixels.truncate(labels.len() * size);
        bad.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(LabelledData {
            features: Features::Images { pixels, shape: self.shape },
            labels,
            class_names: class_names.to_vec(),
        })
    }
}

/// The problem of an image that could not be read.
fn problem(error: DataError) -> Problem {
    match error {
        DataError::Corrupt { problem, .. } => problem,
        DataError::Missing { .. } => ImageProblem::Missing.into(),
        other => ImageProblem::Unreadable { reason: other.without_path() }.into(),
    }
}

/// Checks that images are left without the bad ones: at least one, and with `of_every_class` one of each class.
fn check_rest(part: &LabelledData, folder: &Path, of_every_class: bool) -> Result<(), DataError> {
    let problem = FolderProblem::NoReadableImage;
    if part.is_empty() {
        return Err(DataError::corrupt(folder, problem));
    }
    match listing::without(part.labels.iter().copied(), &part.class_names).first() {
        Some(name) if of_every_class => Err(DataError::corrupt(&folder.join(name), problem)),
        _ => Ok(()),
    }
}

/// The bytes of all images, at most [`MAX_PART_SIZE`].
fn total_size(files: &[(PathBuf, u32)], image_size: usize) -> Result<usize, DataError> {
    files.len().checked_mul(image_size).filter(|&total| total <= MAX_PART_SIZE).ok_or_else(|| {
        let path = files.first().map(|(path, _)| path.clone()).unwrap_or_default();
        let problem = FolderProblem::TooManyImages { images: files.len(), image_size, max: MAX_PART_SIZE };
        DataError::corrupt(&path, problem)
    })
}
