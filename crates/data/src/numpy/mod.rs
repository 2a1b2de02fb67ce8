//! Arrays that NumPy saved, with inputs and labels: a `.npz` file, or a folder of `.npy` files.
//!
//! Arrays are found by their names, given or usual ones. An array is a row of numbers for each sample, or an image where an
//! [`ImageLayout`] says so. Pickled objects are never read.

mod array;
mod element;
mod header;
mod labels;
mod samples;
mod set;

pub use samples::{Channels, ImageLayout, PixelScale};

use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::NumpyProblem;
use crate::progress::Progress;
use labels::{Classes, Label, Labels};
use set::{ArraySet, of_array, read_array};
use std::path::{Path, PathBuf};

const TRAIN: &[[&str; 2]] = &[
    ["x_train", "y_train"],
    ["X_train", "y_train"],
    ["train_images", "train_labels"],
    ["X", "y"],
    ["x", "y"],
    ["data", "target"],
];
const VALIDATION: &[[&str; 2]] = &[["x_val", "y_val"], ["X_val", "y_val"], ["val_images", "val_labels"]];
const TEST: &[[&str; 2]] = &[["x_test", "y_test"], ["X_test", "y_test"], ["test_images", "test_labels"]];

/// The names of two arrays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayPair {
    /// Of the inputs.
    pub inputs: String,
    /// Of the labels.
    pub labels: String,
}

/// The arrays of each part, as the configuration names them; usual names that exist are taken where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArrayNames {
    /// Of the training part.
    pub train: Option<ArrayPair>,
    /// Of the validation part.
    pub validation: Option<ArrayPair>,
    /// Of the test part.
    pub test: Option<ArrayPair>,
}

/// A set of arrays and how it is read.
#[derive(Clone, Debug)]
pub struct NumpyArrays {
    /// The `.npz` file, or the folder of `.npy` files.
    pub path: PathBuf,
    /// The arrays of the parts.
    pub names: ArrayNames,
    /// The images in the inputs; `None` for rows of numbers.
    pub image: Option<ImageLayout>,
}

/// The parts of a set of arrays.
#[derive(Clone, Debug)]
pub struct NumpyParts {
    /// The training part, or all samples where there is no test part.
    pub train: LabelledData,
    /// The validation part, where there is one.
    pub validation: Option<LabelledData>,
    /// The test part, where there is one.
    pub test: Option<LabelledData>,
    /// The scale that pixels of other arrays have too, where the training part is images that tell it.
    pub pixel_scale: Option<PixelScale>,
    /// The arrays of the set that belong to no part.
    pub left_out: Vec<String>,
}

impl NumpyArrays {
    /// Finds the arrays of the parts. Only the training part is always there.
    ///
    /// # Errors
    ///
    /// [`DataError::Missing`], [`DataError::Read`], and [`DataError::Corrupt`] for a set without arrays of these names.
    pub fn find(&self) -> Result<ArrayNames, DataError> {
        let set = ArraySet::open(&self.path)?;
        let has = |name: &str| set.names.iter().any(|known| known == name);
        let pair = |given: &Option<ArrayPair>, usual: &[[&str; 2]]| {
            let known = usual.iter().find(|pair| pair.iter().all(|name| has(name)));
            let known = known.map(|[inputs, labels]| ArrayPair {
                inputs: (*inputs).to_owned(),
                labels: (*labels).to_owned(),
            });
            given.clone().or(known)
        };
        let names = ArrayNames {
            train: pair(&self.names.train, TRAIN),
            validation: pair(&self.names.validation, VALIDATION),
            test: pair(&self.names.test, TEST),
        };
        if names.train.is_none() {
            return Err(DataError::corrupt(&self.path, NumpyProblem::NoTraining { found: set.names }));
        }
        Ok(names)
    }

    /// Reads the arrays that [`find`](Self::find) found. The classes are the labels of the training part, sorted.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`], and [`DataError::Corrupt`] for arrays that are damaged or do not fit together.
    pub fn read(&self, names: &ArrayNames, progress: &dyn Progress) -> Result<NumpyParts, DataError> {
        let mut set = ArraySet::open(&self.path)?;
        let Some(train) = &names.train else {
            return Err(DataError::corrupt(&self.path, NumpyProblem::NoTraining { found: set.names }));
        };
        let (features, found, scale) = self.part(&mut set, train, None, progress)?;
        let classes = Classes::of(&found).map_err(|problem| self.wrong(&train.labels, problem))?;
        let class_names: Vec<String> = classes.labels.iter().map(Label::to_string).collect();
        let width = features.width();
        let labelled = |pair: &ArrayPair, features: Features, found: &Labels| {
            if features.width() != width {
                let problem = NumpyProblem::Features { found: features.width(), expected: width };
                return Err(self.wrong(&pair.inputs, problem));
            }
            let labels = classes.indices(found).map_err(|problem| self.wrong(&pair.labels, problem))?;
            Ok(LabelledData { features, labels, class_names: class_names.clone() })
        };
        let train = labelled(train, features, &found)?;
        let mut other = |pair: &Option<ArrayPair>| {
            let read = pair.as_ref().map(|pair| {
                let (features, found, _) = self.part(&mut set, pair, scale, progress)?;
                labelled(pair, features, &found)
            });
            read.transpose()
        };
        let (validation, test) = (other(&names.validation)?, other(&names.test)?);
        Ok(NumpyParts { train, validation, test, pixel_scale: scale, left_out: names.left_out(set.names) })
    }

    fn part(
        &self,
        set: &mut ArraySet,
        pair: &ArrayPair,
        training: Option<PixelScale>,
        progress: &dyn Progress,
    ) -> Result<(Features, Labels, Option<PixelScale>), DataError> {
        let inputs = set.read(&pair.inputs, progress)?;
        let features = samples::features(&inputs, self.image, training)
            .map_err(|problem| self.wrong(&pair.inputs, problem))?;
        let scale = self.image.and_then(|_| PixelScale::of_training(&inputs));
        let labels = set.read(&pair.labels, progress)?;
        let labels =
            labels::labels(&labels, inputs.len()).map_err(|problem| self.wrong(&pair.labels, problem))?;
        Ok((features, labels, scale))
    }

    fn wrong(&self, array: &str, problem: NumpyProblem) -> DataError {
        DataError::corrupt(&self.path, of_array(array, problem))
    }
}

impl ArrayNames {
    /// Those of the names that no part has.
    fn left_out(&self, mut names: Vec<String>) -> Vec<String> {
        let pairs = [&self.train, &self.validation, &self.test];
        names.retain(|name| {
            !pairs.into_iter().flatten().any(|pair| [&pair.inputs, &pair.labels].contains(&name))
        });
        names
    }
}

/// Reads inputs without labels: a `.npy` file, or the array `name` of a set, which is left out where there is one only. Pixels have
/// the scale of the training part.
///
/// # Errors
///
/// As for [`NumpyArrays::read`], and [`DataError::Corrupt`] for inputs of another width than `n_features`.
pub fn read_numpy_inputs(
    path: &Path,
    name: Option<&str>,
    image: Option<(ImageLayout, Option<PixelScale>)>,
    n_features: usize,
    progress: &dyn Progress,
) -> Result<Features, DataError> {
    let is_single = name.is_none() && path.extension().is_some_and(|extension| extension == "npy");
    let array = if is_single {
        read_array(path, progress)?
    } else {
        let mut set = ArraySet::open(path)?;
        let name = match (name, &set.names[..]) {
            (Some(name), _) => name.to_owned(),
            (None, [only]) => only.clone(),
            (None, found) => {
                let found = found.to_vec();
                return Err(DataError::corrupt(path, NumpyProblem::NotOne { found }));
            }
        };
        set.read(&name, progress)?
    };
    let (layout, scale) = image.map_or((None, None), |(layout, scale)| (Some(layout), scale));
    let features =
        samples::features(&array, layout, scale).map_err(|problem| DataError::corrupt(path, problem))?;
    let found = features.width();
    if found != n_features {
        return Err(DataError::corrupt(path, NumpyProblem::Features { found, expected: n_features }));
    }
    Ok(features)
}
