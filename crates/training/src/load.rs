//! Reading or generating the samples that `[data]` describes.

mod image_folder;
mod numpy;

use crate::error::Error;
use emberlab_config::{Config, Source, TableTest};
use emberlab_data::{
    DataError, EncodedTable, Normalizer, PixelScale, Progress, RandomState, Splits, TableEncoding, TableFile,
    TableSchema,
};
use image_folder::FolderPlan;
use std::fs;
use std::path::PathBuf;

/// The samples of a configuration, and their normalizer.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The training, validation and test parts.
    pub splits: Splits,
    /// Fitted to the training part.
    pub normalizer: Normalizer,
    /// Files of an image folder that are not images.
    pub ignored: Vec<PathBuf>,
    /// Warnings about the data, a line each.
    pub notes: Vec<String>,
    /// The schema to read other tables with, where the samples are a table in a file.
    pub table: Option<TableSchema>,
    /// The scale that pixels of other arrays have too, where the samples are images in arrays that tell it.
    pub pixel_scale: Option<PixelScale>,
}

/// Generates or reads the samples of a configuration. Reports the progress of reading to `progress`.
///
/// # Errors
///
/// [`Error::Data`] for what is missing or damaged; [`Error::Config`] when the configuration asks for
/// more than there is.
pub fn load(config: &Config, progress: &dyn Progress) -> Result<Loaded, Error> {
    load_for(config, None, progress)
}

/// Like [`load`], for a run: keeps its table's statistics and categories where the table's rows have changed since.
///
/// # Errors
///
/// As for [`load`].
pub fn load_for(
    config: &Config,
    run: Option<&TableSchema>,
    progress: &dyn Progress,
) -> Result<Loaded, Error> {
    let data = &config.data;
    let mut ignored = Vec::new();
    let mut notes = Vec::new();
    let mut encoding = None;
    let mut pixel_scale = None;
    let splits = match &data.source {
        Source::Custom { .. } => {
            let reason =
                "is \"custom\": the samples come from a program, which alone can train or evaluate on them";
            return Err(config.use_errors(vec![("data.source".to_owned(), reason.to_owned())]).into());
        }
        Source::Synthetic(synthetic) => synthetic.load(data.seed, data.split_seed),
        Source::Published { set, directory, subsample } => {
            set.draw(directory, subsample, &mut RandomState::new(data.seed))
        }
        Source::ImageFolder { folder, test_size, stratify, subsample } => {
            let plan = FolderPlan { folder, test_size: *test_size, stratify: *stratify, subsample };
            plan.load(data, progress).map(|images| {
                ignored = images.left_out;
                notes.extend(images.notes);
                images.splits
            })
        }
        Source::Numpy { arrays, test_size, stratify } => {
            numpy::load(arrays, (*test_size, *stratify), data, progress).map(|arrays| {
                notes.extend(arrays.note);
                pixel_scale = arrays.pixel_scale;
                arrays.splits
            })
        }
        Source::Table { file, test } => load_table(file, test, data.split_seed).map(|(splits, table)| {
            notes.extend(same_file_note(file, test));
            encoding = Some(table);
            splits
        }),
    };
    let splits = splits.and_then(|splits| divided(config, splits));
    let encoded = splits.and_then(|splits| match encoding {
        Some(encoding) => {
            let EncodedTable { splits, schema, notes: told } = encoding.encode_for(splits, run)?;
            notes.extend(told);
            Ok((splits, Some(schema)))
        }
        None => Ok((splits, None)),
    });
    let (splits, table) = encoded.map_err(|error| failed(config, error))?;
    let normalizer = Normalizer::fit(data.normalize, &splits.train.samples.features);
    Ok(Loaded { splits, normalizer, ignored, notes, table, pixel_scale })
}

/// The samples of a program, with the validation part and the normalizer of a configuration.
///
/// # Errors
///
/// [`Error::Config`] when the configuration asks for more than there is.
pub fn prepared(config: &Config, splits: Splits) -> Result<Loaded, Error> {
    let splits = divided(config, splits).map_err(|error| failed(config, error))?;
    let normalizer = Normalizer::fit(config.data.normalize, &splits.train.samples.features);
    Ok(Loaded { splits, normalizer, ignored: Vec::new(), notes: Vec::new(), table: None, pixel_scale: None })
}

/// Leaves a fold out and sets a validation part aside, where the configuration says so.
fn divided(config: &Config, splits: Splits) -> Result<Splits, DataError> {
    let seed = config.data.split_seed;
    let splits = match config.data.fold {
        Some(fold) => splits.with_fold(fold, seed)?,
        None => splits,
    };
    match config.data.validation {
        Some(validation) => splits.with_validation(validation, seed),
        None => Ok(splits),
    }
}

/// The error of data, at the key that asks for more than there is.
fn failed(config: &Config, error: DataError) -> Error {
    match error {
        DataError::Parameter(error) => config.parameter_error("data", &error).into(),
        error => error.into(),
    }
}

/// A line about a test part that is the training part.
fn same_file_note(file: &TableFile, test: &TableTest) -> Option<String> {
    let TableTest::File(test) = test else { return None };
    let is_same = fs::canonicalize(test).ok()? == fs::canonicalize(&file.path).ok()?;
    let path = test.display();
    is_same.then(|| {
        format!("`{path}` is the training part and the test part: the test score tells nothing of other rows")
    })
}

/// Reads a table and divides it. Words and missing values are not encoded yet.
fn load_table(
    file: &TableFile,
    test: &TableTest,
    split_seed: u32,
) -> Result<(Splits, TableEncoding), DataError> {
    let table = file.read()?;
    match test {
        TableTest::Split(split) => table.divide(split, split_seed),
        TableTest::File(path) => {
            let test = TableFile { path: path.clone(), ..file.clone() }.read_like(&table)?;
            Ok(table.with_test(test))
        }
    }
}
