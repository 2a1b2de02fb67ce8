//! `emberlab predict`.

use super::run_args::RunArgs;
use crate::error::Error;
use crate::output::print;
use clap::Args;
use emberlab_training::predict::{Prediction, predict};
use std::ffi::OsString;

#[derive(Args, Debug)]
pub struct PredictArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Images of any size, folders of images, `FILE.bin:INDEX` for a record of a CIFAR-10 or CIFAR-100 file, `FILE-ubyte.gz:INDEX`
    /// for an image of an MNIST file, `FILE.npy` or `FILE.npz:NAME` for the samples of an array, or CSV files with a sample in each row; `-` reads a CSV file from standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV
    #[arg(long)]
    csv: bool,
}

pub fn run(arguments: &PredictArgs) -> Result<(), Error> {
    let predictions = predict(&arguments.run.open()?, &arguments.inputs, print::warning)?;
    match (arguments.json, arguments.csv) {
        (true, _) => print::json(&predictions),
        (_, true) => print::text(&to_csv(&predictions)?),
        _ => print::text(&table(&predictions)),
    }
}

fn table(predictions: &[Prediction]) -> String {
    let input_width = predictions
        .iter()
        .map(|prediction| print::cell(&prediction.input).chars().count())
        .max()
        .unwrap_or(0);
    let lines = predictions.iter().map(|prediction| {
        let probable = prediction.most_probable.iter();
        let probable: Vec<String> = probable
            .map(|entry| format!("{} {:.2} %", print::cell(&entry.class), 100.0 * entry.probability))
            .collect();
        format!("{:input_width$}  {}\n", print::cell(&prediction.input), probable.join("  "))
    });
    lines.collect()
}

fn to_csv(predictions: &[Prediction]) -> Result<String, Error> {
    let encode = || -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["input", "class", "probability"])?;
        for Prediction { input, class, probability, .. } in predictions {
            writer.write_record([input, class, &probability.to_string()])?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    };
    let bytes = encode().map_err(|error| Error::Encode(error.into()))?;
    String::from_utf8(bytes).map_err(|error| Error::Encode(error.into()))
}
