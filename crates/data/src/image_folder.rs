//! Images in folders: `train/<class>/<image>` and `test/<class>/<image>`.
//!
//! Classes are the folders of `train/` in alphabetical order, images the files in each, likewise
//! sorted, of the formats that [`EXTENSIONS`] names. Hidden files are passed over.

use crate::error::DataError;
use crate::image_file::{ResizeFilter, read_image};
use crate::labelled_data::{Features, ImageShape, LabelledData};
use crate::progress::{Phase, Progress};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The endings of files that are taken for images.
pub const EXTENSIONS: [&str; 11] =
    ["bmp", "gif", "jpeg", "jpg", "pbm", "pgm", "png", "ppm", "tif", "tiff", "webp"];

/// The most bytes that the images of one part may take in memory.
const MAX_PART_SIZE: usize = 16 << 30;

/// An image folder, its files found but not read.
#[derive(Clone, Debug)]
pub struct ImageFolder {
    train: Vec<(PathBuf, u32)>,
    test: Vec<(PathBuf, u32)>,
    class_names: Vec<String>,
    /// Files that are no images by their names.
    pub ignored: Vec<PathBuf>,
}

impl ImageFolder {
    /// Finds the images under `directory`.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`] when `train` or `test` is not there, [`DataError::Corrupt`] when one has
    /// no classes or no images, or `test` has a class that `train` has not.
    pub fn open(directory: &Path) -> Result<Self, DataError> {
        let mut ignored = Vec::new();
        let train_folder = directory.join("train");
        let class_names: Vec<String> = folders(&train_folder)?.into_iter().map(|(name, _)| name).collect();
        if class_names.len() < 2 {
            let problem =
                format!("has {} folders, must have one for each of two or more classes", class_names.len());
            return Err(DataError::Corrupt { path: train_folder, problem });
        }
        let train = images(&train_folder, &class_names, &mut ignored)?;
        let test = images(&directory.join("test"), &class_names, &mut ignored)?;
        Ok(Self { train, test, class_names, ignored })
    }

    /// Decodes the training part on all cores.
    ///
    /// # Errors
    ///
    /// As for [`read_image`], and [`DataError::Corrupt`] for more images than memory is given to.
    pub fn train(
        &self,
        shape: ImageShape,
        filter: ResizeFilter,
        progress: &dyn Progress,
    ) -> Result<LabelledData, DataError> {
        self.decode(&self.train, shape, filter, progress)
    }

    /// Decodes the test part.
    ///
    /// # Errors
    ///
    /// As for [`train`](Self::train).
    pub fn test(
        &self,
        shape: ImageShape,
        filter: ResizeFilter,
        progress: &dyn Progress,
    ) -> Result<LabelledData, DataError> {
        self.decode(&self.test, shape, filter, progress)
    }

    fn decode(
        &self,
        files: &[(PathBuf, u32)],
        shape: ImageShape,
        filter: ResizeFilter,
        progress: &dyn Progress,
    ) -> Result<LabelledData, DataError> {
        let size = shape.size();
        let total = files.len().checked_mul(size).filter(|&total| total <= MAX_PART_SIZE);
        let Some(total) = total else {
            let path = files.first().map(|(path, _)| path.clone()).unwrap_or_default();
            let problem = format!(
                "is one of {} images of {size} bytes, which are more than {MAX_PART_SIZE}; choose a smaller `image_size`",
                files.len()
            );
            return Err(DataError::Corrupt { path, problem });
        };
        progress.begin(Phase::Decode, Some(files.len() as u64));
        let done = AtomicU64::new(0);
        let mut pixels = vec![0; total];
        let decoded = pixels.par_chunks_exact_mut(size).zip(files).try_for_each(|(place, (path, _))| {
            place.copy_from_slice(&read_image(path, shape, filter)?);
            progress.reach(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok::<_, DataError>(())
        });
        progress.end();
        decoded?;
        Ok(LabelledData {
            features: Features::Images { pixels, shape },
            labels: files.iter().map(|(_, label)| *label).collect(),
            class_names: self.class_names.clone(),
        })
    }
}

/// The images of one part with their classes.
fn images(
    folder: &Path,
    class_names: &[String],
    ignored: &mut Vec<PathBuf>,
) -> Result<Vec<(PathBuf, u32)>, DataError> {
    let mut images = Vec::new();
    for (name, path) in folders(folder)? {
        let Some(label) = class_names.iter().position(|class| *class == name) else {
            let problem = "is a class that the training part has not".to_owned();
            return Err(DataError::Corrupt { path, problem });
        };
        for file in entries(&path)? {
            let extension = file.extension().and_then(|extension| extension.to_str());
            let extension = extension.unwrap_or_default().to_ascii_lowercase();
            match EXTENSIONS.contains(&extension.as_str()) {
                true => images.push((file, label as u32)),
                false => ignored.push(file),
            }
        }
    }
    match images.is_empty() {
        true => Err(DataError::Corrupt { path: folder.to_owned(), problem: "holds no images".into() }),
        false => Ok(images),
    }
}

/// The folders in a folder with their names.
fn folders(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let mut folders = Vec::new();
    for path in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        match path.file_name().and_then(|name| name.to_str()) {
            Some(name) => folders.push((name.to_owned(), path.clone())),
            None => {
                let problem = "has a name that is not UTF-8 and cannot be a class's".to_owned();
                return Err(DataError::Corrupt { path, problem });
            }
        }
    }
    Ok(folders)
}

/// What is in a folder, sorted by name, but for hidden files.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => DataError::Missing { path: folder.to_owned() },
        _ => DataError::Read { path: folder.to_owned(), source: error },
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}
