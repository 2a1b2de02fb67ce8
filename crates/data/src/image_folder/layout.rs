//! Finding the folders of a data set's parts.

use super::listing::{folder_names, holds_folders};
use crate::error::DataError;
use crate::problem::FolderProblem;
use std::path::{Path, PathBuf};

/// The default names of the parts' folders, in upper or lower case.
const TRAIN: &[&str] = &["train", "training"];
const VALIDATION: &[&str] = &["val", "valid", "validation"];
const TEST: &[&str] = &["test", "testing"];

/// The names of the parts' folders, as the configuration gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderNames {
    /// Of the training part; `train` or `training` if it is not given and there is one.
    pub train: Option<String>,
    /// Of the validation part; `val`, `valid` or `validation` if it is not given and there is one.
    pub validation: Option<String>,
    /// Of the test part; `test` or `testing` if it is not given and there is one.
    pub test: Option<String>,
}

/// The folders of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderLayout {
    /// The folder whose folders are the classes.
    pub train: PathBuf,
    /// The folder of the validation part, if there is one.
    pub validation: Option<PathBuf>,
    /// The folder of the test part. If there is none, the images of `train` are divided.
    pub test: Option<PathBuf>,
    /// Folders beside those of the parts, which are left out.
    pub others: Vec<PathBuf>,
    /// Whether the folder of the set itself holds the classes.
    pub is_flat: bool,
}

impl FolderLayout {
    /// Finds the parts in `directory`.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`] for a folder that does not exist; [`DataError::Corrupt`] for an ambiguous layout.
    pub(super) fn find(directory: &Path, names: &FolderNames) -> Result<Self, DataError> {
        let mut folders = folder_names(directory)?;
        // A folder that a key names cannot be another part.
        let named = [&names.train, &names.validation, &names.test];
        folders.retain(|folder| !named.iter().any(|name| name.as_ref() == Some(folder)));
        let find = |given: &Option<String>, known: &[&str], key: &str| match given {
            Some(name) => given_folder(directory, name, key).map(Some),
            None => known_folder(directory, &folders, known, key),
        };
        let train = match &names.train {
            Some(name) => Some(given_folder(directory, name, "train_folder")?),
            // A class may be called `train`: a part holds folders, a class holds images.
            None => known_folder(directory, &folders, TRAIN, "train_folder")?
                .filter(|folder| folders.len() == 1 || holds_folders(folder)),
        };
        if let Some(train) = train {
            let validation = find(&names.validation, VALIDATION, "validation_folder")?;
            let test = find(&names.test, TEST, "test_folder")?;
            let twice = validation == test && test.is_some();
            if twice || [&validation, &test].contains(&&Some(train.clone())) {
                let path = if twice { test.unwrap_or(train) } else { train };
                return Err(DataError::corrupt(&path, FolderProblem::SharedByParts));
            }
            let parts = [Some(&train), validation.as_ref(), test.as_ref()];
            let others = folders.iter().map(|name| directory.join(name));
            let others = others.filter(|other| !parts.iter().flatten().any(|part| part.starts_with(other)));
            let others = others.collect();
            return Ok(Self { train, validation, test, others, is_flat: false });
        }
        let given = names.validation.as_ref().or(names.test.as_ref());
        let part = folders.iter().find(|name| {
            is_known(name, &[VALIDATION, TEST].concat()) && holds_folders(&directory.join(name))
        });
        if let Some(part) = given.or(part) {
            return Err(DataError::corrupt(directory, FolderProblem::NoTrainingPart { part: part.clone() }));
        }
        if !folders.is_empty()
            && folders.iter().all(|name| is_known(name, &[TRAIN, VALIDATION, TEST].concat()))
        {
            return Err(DataError::corrupt(directory, FolderProblem::NoClasses));
        }
        Ok(Self {
            train: directory.to_owned(),
            validation: None,
            test: None,
            others: Vec::new(),
            is_flat: true,
        })
    }
}

/// The folder that a key names.
fn given_folder(directory: &Path, name: &str, key: &str) -> Result<PathBuf, DataError> {
    let folder = directory.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let key = key.to_owned();
    let is_file = folder.exists();
    let problem = if is_file {
        FolderProblem::NamedFolderIsFile { key }
    } else {
        FolderProblem::NamedFolderMissing { key }
    };
    Err(DataError::corrupt(&folder, problem))
}

/// The folder that has one of the known names.
fn known_folder(
    directory: &Path,
    folders: &[String],
    known: &[&str],
    key: &str,
) -> Result<Option<PathBuf>, DataError> {
    let found: Vec<&String> = folders.iter().filter(|name| is_known(name, known)).collect();
    match found[..] {
        [] => Ok(None),
        [name] => Ok(Some(directory.join(name))),
        [first, second, ..] => {
            let [first, second] = [first, second].map(|name| (*name).clone());
            Err(DataError::corrupt(
                directory,
                FolderProblem::Ambiguous { first, second, key: key.to_owned() },
            ))
        }
    }
}

fn is_known(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(name))
}
