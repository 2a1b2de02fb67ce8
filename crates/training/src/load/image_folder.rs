//! Reading an image folder and dividing it into parts.

use emberlab_config::DataConfig;
use emberlab_data::{
    DataError, FolderLayout, FolderParts, FolderProblem, ImageFolder, LabelledData, ParameterError, Part,
    Progress, RandomState, Splits, Subsample, TestSize, TrainTestSplit,
};
use std::path::{Path, PathBuf};

/// The configuration of an image folder.
pub(super) struct FolderPlan<'a> {
    pub folder: &'a ImageFolder,
    pub test_size: Option<TestSize>,
    pub stratify: bool,
    pub subsample: &'a Subsample,
}

/// The parts of an image folder.
pub(super) struct FolderSplits {
    pub splits: Splits,
    /// Files that are not images.
    pub left_out: Vec<PathBuf>,
    /// Warnings, a line each.
    pub notes: Vec<String>,
}

impl FolderPlan<'_> {
    /// Reads the images and divides them as the folder and the configuration say.
    pub fn load(&self, data: &DataConfig, progress: &dyn Progress) -> Result<FolderSplits, DataError> {
        let layout = self.folder.layout()?;
        self.check(&layout, data)?;
        let mut notes = self.notes(&layout);
        let FolderParts { train, validation, test, left_out, notes: told } =
            self.folder.read(&layout, progress)?;
        notes.extend(told);
        let random = &mut RandomState::new(data.seed);
        let splits = match test {
            Some(test) => self.subsample.draw(train, test, random)?,
            None => {
                let test_size = self.test_size.unwrap_or(TrainTestSplit::default().test_size);
                let split = TrainTestSplit { test_size, stratify: self.stratify };
                let Splits { train, test, .. } = Splits::divide(&train, &split, data.split_seed)?;
                check_classes(&train.samples, &layout.train)?;
                let drawn = self.subsample.draw(train.samples, test.samples, random)?;
                // Rows are those of the whole set.
                let rows = |drawn: Part, of: &[usize]| {
                    let rows = drawn.rows.iter().map(|&row| of[row]).collect();
                    Part { samples: drawn.samples, rows }
                };
                Splits {
                    train: rows(drawn.train, &train.rows),
                    validation: None,
                    test: rows(drawn.test, &test.rows),
                }
            }
        };
        let validation = validation.map(|samples| Part { rows: (0..samples.len()).collect(), samples });
        Ok(FolderSplits { splits: Splits { validation, ..splits }, left_out, notes })
    }

    /// Checks that no key contradicts the folders that are there.
    fn check(&self, layout: &FolderLayout, data: &DataConfig) -> Result<(), DataError> {
        let left_out = |folder: &Path, part: &str| {
            format!("left out, because `{}` is the {part} part", folder.display())
        };
        if let (Some(validation), Some(split)) = (&layout.validation, &data.validation) {
            let allowed = left_out(validation, "validation");
            return Err(ParameterError::new("validation_fraction", split.fraction, allowed).into());
        }
        match (&layout.test, self.test_size) {
            (Some(test), Some(TestSize::Share(size))) => {
                Err(ParameterError::new("test_size", size, left_out(test, "test")).into())
            }
            (Some(test), Some(TestSize::Samples(size))) => {
                Err(ParameterError::new("test_size", size, left_out(test, "test")).into())
            }
            (Some(_), None) if self.stratify && data.validation.is_none() => {
                let allowed = "false or left out, because no part is divided";
                Err(ParameterError::new("stratify", true, allowed).into())
            }
            _ => Ok(()),
        }
    }

    /// Warnings about parts that the configuration does not name.
    fn notes(&self, layout: &FolderLayout) -> Vec<String> {
        let mut notes = Vec::new();
        if let (Some(validation), None) = (&layout.validation, &self.folder.names.validation) {
            notes.push(format!("`{}` is the validation part", validation.display()));
        }
        if layout.test.is_none() && self.test_size.is_none() {
            let TestSize::Share(share) = TrainTestSplit::default().test_size else { return notes };
            let directory = self.folder.directory.display();
            let holds = if layout.is_flat {
                format!("`{directory}` has no folder `train`: its folders are the classes")
            } else {
                format!("`{directory}` has no folder of the test part")
            };
            let percent = 100.0 * share;
            notes.push(format!(
                "{holds}, and {percent} % of the images of `{}` are the test part; choose with `data.test_size`",
                layout.train.display()
            ));
        }
        notes
    }
}

/// Checks that the division has left images of every class in the training part.
fn check_classes(train: &LabelledData, folder: &Path) -> Result<(), DataError> {
    let mut empty = vec![true; train.n_classes()];
    train.labels.iter().for_each(|&label| empty[label as usize] = false);
    match train.class_names.iter().zip(empty).find(|(_, empty)| *empty) {
        Some((name, _)) => {
            let problem = FolderProblem::AllDrawnForTest.into();
            Err(DataError::Corrupt { path: folder.join(name), problem })
        }
        None => Ok(()),
    }
}
