//! `emberlab export`.

use super::run_args::RunArgs;
use crate::error::Error;
use crate::output::print;
use clap::{Args, ValueEnum};
use emberlab_models::{Classifier, Loss, Objective};
use emberlab_run::atomic;
use emberlab_training::onnx::to_onnx;
use emberlab_training::weights;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    run: RunArgs,
    /// The format of the weights
    #[arg(long, value_enum)]
    format: Format,
    /// The file to write; by default the run's name with the format as its ending
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The formats of weights.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For other tools, with PyTorch's names
    Safetensors,
    /// For Burn
    Mpk,
    /// The whole network with the normalization of its inputs, for ONNX Runtime and others
    Onnx,
}

pub fn run(arguments: &ExportArgs) -> Result<(), Error> {
    let run = arguments.run.open()?;
    let (extension, bytes) = match arguments.format {
        Format::Onnx => ("onnx", to_onnx(&run)?),
        Format::Safetensors => ("safetensors", weights::to_safetensors(&run.network)?),
        Format::Mpk => {
            let objective = Objective::new(Loss::new(run.config.model.output));
            let classifier = Classifier::new(run.network, objective, run.config.model.gradient);
            ("mpk", weights::to_mpk(&classifier)?)
        }
    };
    let out = arguments.out.clone().unwrap_or_else(|| format!("{}.{extension}", run.config.name).into());
    atomic::write_output(&out, &bytes)?;
    print::text(&format!("{}\n", out.display()))
}
