//! `emberlab data`.

mod fetch;
mod info;

use crate::commands::config_args::ConfigArgs;
use crate::error::{Error, UsageError};
use crate::output::ProgressBars;
use crate::output::print;
use clap::Subcommand;
use emberlab_config::{Config, Source, TableTest};
use emberlab_data::{Features, write_csv};
use emberlab_report::plots;
use emberlab_run::atomic;
use emberlab_training::Loaded;
use emberlab_training::load;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Download CIFAR-10, CIFAR-100, MNIST or Fashion-MNIST, check it, and unpack it into the configuration's `data.directory`
    #[command(
        after_help = "Examples:\n  emberlab data fetch configs/mnist.toml\n  emberlab data fetch configs/lab/cifar10-linear.toml --from cifar-10-binary.tar.gz"
    )]
    Fetch(fetch::FetchArgs),
    /// Show sizes, classes, ranges, means and the fingerprint of the samples
    #[command(after_help = "Example:\n  emberlab data info configs/iris.toml")]
    Info {
        #[command(flatten)]
        config: ConfigArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Draw the samples: images with their classes, or two columns of a table as points
    #[command(
        after_help = "Examples:\n  emberlab data preview configs/lab/cifar10-linear.toml --out images.png\n  emberlab data preview configs/iris.toml --columns petal_length petal_width"
    )]
    Preview {
        #[command(flatten)]
        config: ConfigArgs,
        /// The picture, a PNG file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The columns of a table to draw, on the horizontal and the vertical axis
        #[arg(long, num_args = 2, value_names = ["X", "Y"])]
        columns: Option<Vec<String>>,
    },
    /// Write the samples as `train.csv`, `test.csv` and, where there is one, `validation.csv`
    #[command(after_help = "Example:\n  emberlab data export configs/iris.toml --out iris-split")]
    Export {
        #[command(flatten)]
        config: ConfigArgs,
        /// The folder to write to; it is created if it is missing
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

pub fn run(command: &DataCommand) -> Result<(), Error> {
    match command {
        DataCommand::Fetch(arguments) => fetch::run(arguments),
        DataCommand::Info { config, json } => info::run(&config.load()?, *json),
        DataCommand::Preview { config, out, columns } => preview(config, out.as_deref(), columns.as_deref()),
        DataCommand::Export { config, out } => export(config, out),
    }
}

fn samples(config: &Config) -> Result<Loaded, Error> {
    Ok(load(config, &ProgressBars::new())?)
}

fn export(arguments: &ConfigArgs, out: &Path) -> Result<(), Error> {
    let config = arguments.load()?;
    let splits = samples(&config)?.splits;
    for (name, _) in splits.parts() {
        check_is_no_source(&out.join(format!("{name}.csv")), &arguments.path, &config.data.source)?;
    }
    fs::create_dir_all(out).map_err(Error::write(out))?;
    let validation = out.join("validation.csv");
    if splits.validation.is_none() && validation.exists() {
        let path = validation.display();
        print::warning(&format!("`{path}` is not of this configuration, which has no validation part"));
    }
    for (name, part) in splits.parts() {
        let path = out.join(format!("{name}.csv"));
        let mut csv = Vec::new();
        write_csv(part, &mut csv).map_err(Error::write(&path))?;
        atomic::write_output(&path, &csv)?;
        print::text(&format!("{}: {} samples\n", path.display(), part.rows.len()))?;
    }
    Ok(())
}

/// Returns an error if `path` is the configuration, or a file that the samples are read from.
fn check_is_no_source(path: &Path, config: &Path, source: &Source) -> Result<(), Error> {
    let (file, test) = match source {
        Source::Table { file, test: TableTest::File(test) } => {
            (Some(file.path.as_path()), Some(test.as_path()))
        }
        Source::Table { file, test: TableTest::Split(_) } => (Some(file.path.as_path()), None),
        Source::Numpy { arrays, .. } => (Some(arrays.path.as_path()), None),
        _ => (None, None),
    };
    let Ok(written) = fs::canonicalize(path) else { return Ok(()) };
    let is_written = |read: &Path| fs::canonicalize(read).is_ok_and(|read| read == written);
    if [Some(config), file, test].into_iter().flatten().any(is_written) {
        return Err(UsageError::OverwritesSource(path.to_owned()).into());
    }
    Ok(())
}

fn preview(arguments: &ConfigArgs, out: Option<&Path>, columns: Option<&[String]>) -> Result<(), Error> {
    let config = arguments.load()?;
    let path = match out {
        Some(path) => path.to_owned(),
        None => format!("{}-preview.png", config.name).into(),
    };
    check_is_no_source(&path, &arguments.path, &config.data.source)?;
    let train = samples(&config)?.splits.train.samples;
    let title = format!("{}: {} training samples", config.name, train.len());
    let picture = match &train.features {
        Features::Images { .. } if columns.is_some() => return Err(UsageError::NoColumns.into()),
        Features::Images { .. } => {
            plots::ImageGrid::new(&title, &train)?.map(|picture| plots::png(&picture)).transpose()?
        }
        Features::Table { columns: names, .. } => {
            let picture = plots::Scatter::new(&title, &train, chosen_columns(names, columns)?)?;
            picture.map(|picture| plots::png(&picture)).transpose()?
        }
    };
    atomic::write_output(&path, &picture.unwrap_or_default())?;
    print::text(&format!("{}\n", path.display()))
}

/// The indices of the wanted columns, or of the first two.
fn chosen_columns(names: &[String], wanted: Option<&[String]>) -> Result<[usize; 2], Error> {
    let place = |wanted: &String| {
        names
            .iter()
            .position(|name| name == wanted)
            .ok_or_else(|| UsageError::NoColumn { wanted: wanted.clone(), columns: names.to_vec() })
    };
    match wanted {
        Some([x, y]) => Ok([place(x)?, place(y)?]),
        _ => Ok([0, 1.min(names.len() - 1)]),
    }
}
