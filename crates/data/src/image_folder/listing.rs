//! The classes of a part and the files in each, told apart by their content.

use super::BadImage;
use super::layout::WANTED;
use super::notes::{MAX_NAMES, some_names};
use crate::error::DataError;
use crate::image_file::{read_head, readable};
use crate::image_kind::{IMAGE_FORMATS, ImageKind, has_image_ending, image_kind};
use crate::regular_file::open_regular;
use rayon::prelude::*;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that programs leave among others.
const NO_CLASSES: [&str; 2] = ["__MACOSX", "@eaDir"];

/// The images of one part, found but not decoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    /// The images with their classes.
    pub images: Vec<(PathBuf, u32)>,
    /// Images by their names that cannot be read.
    pub bad: Vec<BadImage>,
    /// Files that are no images.
    pub left_out: Vec<PathBuf>,
    /// Folders below those of the classes.
    pub deeper: Vec<PathBuf>,
}

/// The names of the classes: of the folders in `folder`, sorted.
///
/// # Errors
///
/// [`DataError::Corrupt`] for fewer than two.
pub(super) fn class_names(folder: &Path) -> Result<Vec<String>, DataError> {
    let names = folder_names(folder)?;
    if names.len() < 2 {
        let problem =
            format!("has {} folders, must have one for each of two or more classes; {WANTED}", names.len());
        return Err(DataError::Corrupt { path: folder.to_owned(), problem });
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
            let same = class_names.iter().find(|class| class.to_lowercase() == name.to_lowercase());
            let hint = same.map_or(String::new(), |same| format!("; did you mean `{same}`?"));
            let problem = format!("is a class that the training part has not{hint}");
            return Err(DataError::Corrupt { path, problem });
        };
        let (deeper, files) = entries(&path)?;
        listing.deeper.extend(deeper);
        let verdicts: Vec<Verdict> = files.par_iter().map(|file| verdict(file)).collect();
        for (path, verdict) in files.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Image => listing.images.push((path, label as u32)),
                Verdict::LeftOut => listing.left_out.push(path),
                Verdict::Bad(problem) => listing.bad.push(BadImage { path, label: label as u32, problem }),
            }
        }
    }
    Ok(listing)
}

impl Listing {
    /// Adds what was found in another part.
    pub fn add(&mut self, mut other: Self) {
        self.images.append(&mut other.images);
        self.bad.append(&mut other.bad);
        self.left_out.append(&mut other.left_out);
        self.deeper.append(&mut other.deeper);
    }

    /// Checks that every class has a file that is meant to be an image.
    pub fn check_classes(&self, folder: &Path, class_names: &[String]) -> Result<(), DataError> {
        let labels = self.images.iter().map(|(_, label)| *label).chain(self.bad.iter().map(|bad| bad.label));
        let empty = without(labels, class_names);
        let [first, rest @ ..] = &empty[..] else { return Ok(()) };
        let path = folder.join(first);
        let mut problem = "holds no images".to_owned();
        if !rest.is_empty() {
            problem += &format!(
                ", and neither do {}",
                some_names(rest.iter().map(|name| format!("`{name}`")), MAX_NAMES)
            );
        }
        let below = |list: &[PathBuf]| list.iter().filter(|other| other.parent() == Some(&path)).count();
        let (files, folders) = (below(&self.left_out), below(&self.deeper));
        problem += &format!(
            "; its {files} files and {folders} folders are no images of the formats {IMAGE_FORMATS}; every folder in `{}` \
             is a class and holds its images itself",
            folder.display()
        );
        if folders > 0 {
            problem += "; where it is a folder of a part, name it with `train_folder`, `validation_folder` or `test_folder`";
        }
        Err(DataError::Corrupt { path, problem })
    }
}

/// The classes that none of the labels is of.
pub(super) fn without(labels: impl Iterator<Item = u32>, class_names: &[String]) -> Vec<&String> {
    let mut empty = vec![true; class_names.len()];
    labels.for_each(|label| empty[label as usize] = false);
    class_names.iter().zip(empty).filter(|(_, empty)| *empty).map(|(name, _)| name).collect()
}

enum Verdict {
    Image,
    LeftOut,
    /// Meant to be an image, but cannot be read: why, as the end of a sentence.
    Bad(String),
}

fn verdict(path: &Path) -> Verdict {
    let head = open_regular(path).and_then(|mut file| read_head(&mut file));
    let problem = match head {
        Ok(head) => {
            let kind = image_kind(&head);
            match readable(kind, head.is_empty()) {
                Ok(_) => return Verdict::Image,
                Err(problem) if kind != ImageKind::Other => return Verdict::Bad(problem),
                Err(problem) => problem,
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            "is a link to a file that does not exist".to_owned()
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Verdict::Bad(error.to_string()),
        Err(error) => return Verdict::Bad(format!("cannot be read: {error}")),
    };
    if has_image_ending(path) { Verdict::Bad(problem) } else { Verdict::LeftOut }
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
    name.map(str::to_owned).ok_or_else(|| {
        let problem = "has a name that is not UTF-8 and cannot be a class's".to_owned();
        DataError::Corrupt { path: path.to_owned(), problem }
    })
}

/// The folders and the files in a folder, sorted by name, without hidden ones and those of programs.
fn entries(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), DataError> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => DataError::Missing { path: folder.to_owned() },
        _ => DataError::Read { path: folder.to_owned(), source: error },
    };
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if !path.is_dir() {
            files.push(path);
        } else if !NO_CLASSES.iter().any(|other| name == *other) {
            folders.push(path);
        }
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}
