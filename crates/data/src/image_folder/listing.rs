//! The classes of a part and the files in each, classified by their content.

use crate::bad_image::BadImage;
use crate::error::DataError;
use crate::image_file::{read_head, readable};
use crate::image_kind::{ImageKind, has_image_extension, image_kind};
use crate::problem::{FolderProblem, ImageProblem};
use crate::regular_file::open_regular;
use rayon::prelude::*;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that programs create and that are not classes.
const NOT_CLASSES: [&str; 2] = ["__MACOSX", "@eaDir"];

/// The images of one part, found but not decoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    /// The images with their classes.
    pub images: Vec<(PathBuf, u32)>,
    /// Files with an image's extension that cannot be read.
    pub bad: Vec<BadImage>,
    /// Files that are not images.
    pub left_out: Vec<PathBuf>,
    /// Folders inside the classes' folders.
    pub deeper: Vec<PathBuf>,
}

/// The names of the classes: those of the folders in `folder`, sorted.
///
/// # Errors
///
/// [`DataError::Corrupt`] for fewer than two.
pub(super) fn class_names(folder: &Path) -> Result<Vec<String>, DataError> {
    let names = folder_names(folder)?;
    if names.len() < 2 {
        return Err(DataError::corrupt(folder, FolderProblem::TooFewClasses { found: names.len() }));
    }
    Ok(names)
}

/// Finds the images of the part in `folder`.
///
/// # Errors
///
/// [`DataError::Corrupt`] for a class that is not among `class_names`; [`DataError::Read`].
pub(super) fn list(folder: &Path, class_names: &[String]) -> Result<Listing, DataError> {
    let mut listing = Listing::default();
    let (folders, files) = entries(folder)?;
    listing.left_out = files;
    for path in folders {
        let name = class_name(&path)?;
        let Some(label) = class_names.iter().position(|class| *class == name) else {
            let similar = class_names.iter().find(|class| class.to_lowercase() == name.to_lowercase());
            return Err(DataError::corrupt(&path, FolderProblem::UnknownClass { similar: similar.cloned() }));
        };
        let (deeper, files) = entries(&path)?;
        listing.deeper.extend(deeper);
        let kinds: Vec<FileKind> = files.par_iter().map(|file| file_kind(file)).collect();
        for (path, kind) in files.into_iter().zip(kinds) {
            match kind {
                FileKind::Image => listing.images.push((path, label as u32)),
                FileKind::LeftOut => listing.left_out.push(path),
                FileKind::Bad(problem) => {
                    listing.bad.push(BadImage { path, label: label as u32, problem: problem.into() });
                }
            }
        }
    }
    Ok(listing)
}

impl Listing {
    /// Appends the listing of another part.
    pub fn add(&mut self, mut other: Self) {
        self.images.append(&mut other.images);
        self.bad.append(&mut other.bad);
        self.left_out.append(&mut other.left_out);
        self.deeper.append(&mut other.deeper);
    }

    /// Checks that every class has a file that is, or is meant to be, an image.
    pub fn check_classes(&self, folder: &Path, class_names: &[String]) -> Result<(), DataError> {
        let labels = self.images.iter().map(|(_, label)| *label).chain(self.bad.iter().map(|bad| bad.label));
        let empty = without(labels, class_names);
        let [first, rest @ ..] = &empty[..] else { return Ok(()) };
        let path = folder.join(first);
        let below = |list: &[PathBuf]| list.iter().filter(|other| other.parent() == Some(&path)).count();
        let problem = FolderProblem::EmptyClass {
            others: rest.iter().map(|&name| name.clone()).collect(),
            files: below(&self.left_out),
            folders: below(&self.deeper),
            part: folder.to_owned(),
        };
        Err(DataError::corrupt(&path, problem))
    }
}

/// The classes without a label.
pub(super) fn without(labels: impl Iterator<Item = u32>, class_names: &[String]) -> Vec<&String> {
    let mut empty = vec![true; class_names.len()];
    labels.for_each(|label| empty[label as usize] = false);
    class_names.iter().zip(empty).filter(|(_, empty)| *empty).map(|(name, _)| name).collect()
}

/// The images in a folder and in the folders below it, sorted, and files that are meant to be images and cannot be read.
///
/// # Errors
///
/// [`DataError::Read`] for a folder that cannot be read.
pub fn images_below(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let (mut folders, mut images) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let (deeper, files) = entries(&folder)?;
        // A link to a folder may lead back to one above.
        folders.extend(deeper.into_iter().filter(|folder| !folder.is_symlink()));
        images.extend(files.into_iter().filter(|file| !matches!(file_kind(file), FileKind::LeftOut)));
    }
    images.sort();
    Ok(images)
}

/// What a file in a class's folder is.
enum FileKind {
    Image,
    /// A file that is not meant to be an image.
    LeftOut,
    /// A file that is meant to be an image and cannot be read.
    Bad(ImageProblem),
}

fn file_kind(path: &Path) -> FileKind {
    let head = open_regular(path).and_then(|mut file| read_head(&mut file));
    let problem = match head {
        Ok(head) => {
            let kind = image_kind(&head);
            match readable(kind, head.is_empty()) {
                Ok(_) => return FileKind::Image,
                Err(problem) if kind != ImageKind::Other => return FileKind::Bad(problem),
                Err(problem) => problem,
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => ImageProblem::BrokenLink,
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            return FileKind::Bad(ImageProblem::Unreadable { reason: error.to_string() });
        }
        Err(error) => ImageProblem::Unreadable { reason: format!("cannot be read: {error}") },
    };
    if has_image_extension(path) { FileKind::Bad(problem) } else { FileKind::LeftOut }
}

/// The names of the folders in `folder` that can be classes or parts, sorted.
pub(super) fn folder_names(folder: &Path) -> Result<Vec<String>, DataError> {
    entries(folder)?.0.iter().map(|path| class_name(path)).collect()
}

/// Whether there is a folder in `folder`.
pub(super) fn holds_folders(folder: &Path) -> bool {
    entries(folder).is_ok_and(|(folders, _)| !folders.is_empty())
}

fn class_name(path: &Path) -> Result<String, DataError> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| DataError::corrupt(path, FolderProblem::NameNotUtf8))
}

/// The folders and the files in a folder, sorted by name, without hidden entries and folders of programs.
fn entries(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), DataError> {
    let unreadable = DataError::open(folder);
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(&unreadable)? {
        let entry = entry.map_err(&unreadable)?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if !path.is_dir() {
            files.push(path);
        } else if !NOT_CLASSES.iter().any(|other| name == *other) {
            folders.push(path);
        }
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}
