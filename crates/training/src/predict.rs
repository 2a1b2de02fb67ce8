//! Predictions of a trained run for new inputs.

mod arrays;
mod samples;

use crate::devices::Backend;
use crate::error::Error;
use crate::trained_run::TrainedRun;
use arrays::{array_of, read_arrays};
use burn::tensor::{Tensor, TensorData};
use emberlab_config::Source;
use emberlab_data::{
    ColumnRef, Features, ImageShape, PublishedSet, ResizeFilter, TableFile, TableSchema, images_below,
    read_image,
};
use emberlab_run::DataRecord;
use samples::{BATCH, Samples, batches};
use serde::Serialize;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

/// The input that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// The number of most probable classes in a prediction.
const MOST_PROBABLE: usize = 5;

/// The prediction for one input.
#[derive(Clone, Debug, Serialize)]
pub struct Prediction {
    /// The input, with the record's index or the row's number where it has several.
    pub input: String,
    /// The predicted class.
    pub class: String,
    /// Its probability.
    pub probability: f64,
    /// The most probable classes, the first of all first.
    pub most_probable: Vec<ClassProbability>,
    /// The output of the network.
    pub logits: Vec<f32>,
}

/// A class and its probability.
#[derive(Clone, Debug, Serialize)]
pub struct ClassProbability {
    /// The class.
    pub class: String,
    /// Its probability.
    pub probability: f64,
}

/// Predicts the class of each input: an image of any size, the images of a folder and of those in it, `FILE.bin:INDEX` for a record of a
/// CIFAR-10 or CIFAR-100 file, `FILE-ubyte.gz:INDEX` for an image of an MNIST file, `FILE.npy` or `FILE.npz:NAME` for the samples of an array, or a CSV file with a
/// sample in each row; `-` is such a file on standard input. Reports warnings about
/// an input to `warn`.
///
/// # Errors
///
/// [`Error::Run`] for an input that is missing, damaged, or of another kind than the run's data.
pub fn predict(run: &TrainedRun, inputs: &[OsString], warn: fn(&str)) -> Result<Vec<Prediction>, Error> {
    let filter = match &run.config.data.source {
        Source::ImageFolder { folder, .. } => folder.filter,
        _ => ResizeFilter::default(),
    };
    let mut predictions = Vec::new();
    for input in inputs {
        let samples = match run.config.data.source.image() {
            Some(shape) if Path::new(input).is_dir() => {
                predict_folder(run, Path::new(input), shape, filter, &mut predictions, warn)?;
                continue;
            }
            shape => match (array_of(input), shape) {
                (Some(array), _) => read_arrays(input, array, run),
                (None, Some(shape)) => image(input, shape, filter, record_format(run)),
                (None, None) => read_table(input, run, warn),
            },
        };
        let samples = samples.map_err(|reason| Error::artifact(path_of(input), reason))?;
        for batch in batches(samples) {
            predictions.extend(predict_samples(run, batch));
        }
    }
    Ok(predictions)
}

/// Predicts the images of a folder, in the order of their paths. Warns about those that cannot be read.
fn predict_folder(
    run: &TrainedRun,
    folder: &Path,
    shape: ImageShape,
    filter: ResizeFilter,
    predictions: &mut Vec<Prediction>,
    warn: fn(&str),
) -> Result<(), Error> {
    let (images, before) = (images_below(folder)?, predictions.len());
    if images.is_empty() {
        return Err(Error::artifact(folder, "holds no images".to_owned()));
    }
    for batch in images.chunks(BATCH) {
        let (mut names, mut pixels) = (Vec::new(), Vec::new());
        for path in batch {
            match read_image(path, shape, filter) {
                Ok(image) => {
                    names.push(path.to_string_lossy().into_owned());
                    pixels.extend(image);
                }
                Err(error) => warn(&format!("{error}; it is left out")),
            }
        }
        if !names.is_empty() {
            let features = Features::Images { pixels, shape };
            predictions.extend(predict_samples(run, Samples { names, features }));
        }
    }
    if predictions.len() == before {
        return Err(Error::artifact(folder, "holds no image that can be read".to_owned()));
    }
    Ok(())
}

fn predict_samples(run: &TrainedRun, samples: Samples) -> Vec<Prediction> {
    let (n, n_features) = (samples.names.len(), run.data.n_features);
    let values = run.data.normalizer.apply(&samples.features);
    let inputs = Tensor::<Backend, 2>::from_data(TensorData::new(values, [n, n_features]), &run.device);
    let output = run.config.model.output;
    let logits = run.logits(inputs);
    let classes: Vec<i64> = output.predictions(logits.clone()).into_data().iter::<i64>().collect();
    let n_outputs = logits.dims()[1];
    let probabilities: Vec<f64> = output.probabilities(logits.clone()).into_data().iter::<f64>().collect();
    let logits: Vec<f32> = logits.into_data().iter::<f32>().collect();
    let rows = probabilities.chunks_exact(run.data.class_names.len()).zip(logits.chunks_exact(n_outputs));
    let predictions = samples.names.into_iter().zip(classes).zip(rows);
    predictions
        .map(|((input, class), (row, logits))| {
            let class = class as usize;
            Prediction {
                input,
                class: run.data.class_names[class].clone(),
                probability: row[class],
                most_probable: most_probable(row, &run.data.class_names),
                logits: logits.to_vec(),
            }
        })
        .collect()
}

fn most_probable(row: &[f64], class_names: &[String]) -> Vec<ClassProbability> {
    let mut classes: Vec<ClassProbability> = row
        .iter()
        .zip(class_names)
        .map(|(&probability, class)| ClassProbability { class: class.clone(), probability })
        .collect();
    classes.sort_by(|left, right| right.probability.total_cmp(&left.probability));
    classes.truncate(MOST_PROBABLE);
    classes
}

/// The set whose files are read by `FILE:INDEX`: the run's own, or CIFAR-10.
fn record_format(run: &TrainedRun) -> PublishedSet {
    match run.config.data.source {
        Source::Published { set, .. } => set,
        _ => PublishedSet::Cifar10,
    }
}

fn image(
    input: &OsStr,
    shape: ImageShape,
    filter: ResizeFilter,
    set: PublishedSet,
) -> Result<Samples, String> {
    if input == STANDARD_INPUT {
        return Err("is read as a table, but the run classifies images; give an image's path".to_owned());
    }
    let record = input.to_str().and_then(|input| input.rsplit_once(':'));
    let pixels = match record.filter(|(file, _)| set.holds_images(file)) {
        Some((file, index)) => read_record(file, index, set, shape)?,
        None => read_image(Path::new(input), shape, filter).map_err(|error| error.without_path())?,
    };
    Ok(Samples {
        names: vec![input.to_string_lossy().into_owned()],
        features: Features::Images { pixels, shape },
    })
}

fn read_record(file: &str, index: &str, set: PublishedSet, wanted: ImageShape) -> Result<Vec<u8>, String> {
    let index: u64 = index.parse().map_err(|_| "must end in a record's index, a whole number from 0")?;
    if set.shape() != wanted {
        let size = |shape: ImageShape| {
            format!("{} × {} pixels in {} channels", shape.height, shape.width, shape.channels)
        };
        let (title, found, wanted) = (set.title(), size(set.shape()), size(wanted));
        return Err(format!("is an image of {title}, {found}; the run takes {wanted}"));
    }
    set.read_image(Path::new(file), index).map_err(|error| error.without_path())
}

/// Reads the rows of a table by the columns of the run; `-` is standard input.
fn read_table(input: &OsStr, run: &TrainedRun, warn: fn(&str)) -> Result<Samples, String> {
    let data = &run.data;
    let (file, header) = match &run.config.data.source {
        // Tables had headers when their runs did not record them yet.
        Source::Table { file, .. } => (file.clone(), Some(true)),
        _ => (TableFile::new(input), None),
    };
    let schema = match (&data.table, &file.label) {
        (Some(table), _) => table.clone(),
        (None, ColumnRef::Name(label)) => TableSchema::numbers(column_names(data), label, header),
        (None, ColumnRef::Position(_)) => TableSchema::numbers(column_names(data), "label", header),
    };
    let rows = if input == STANDARD_INPUT {
        TableFile { path: path_of(input), ..file }.read_inputs_from(io::stdin().lock(), &schema)
    } else {
        TableFile { path: path_of(input), ..file }.read_inputs(&schema)
    };
    let rows = rows.map_err(|error| error.without_path())?;
    rows.notes.iter().for_each(|note| warn(note));
    let input = input.to_string_lossy();
    let names = rows.lines.iter().map(|line| format!("{input}:{line}")).collect();
    Ok(Samples { names, features: rows.features })
}

/// The path of an input for messages.
fn path_of(input: &OsStr) -> PathBuf {
    if input == STANDARD_INPUT { "standard input".into() } else { input.into() }
}

fn column_names(data: &DataRecord) -> Vec<String> {
    if data.columns.len() == data.n_features {
        data.columns.clone()
    } else {
        (0..data.n_features).map(|column| format!("f{column}")).collect()
    }
}
