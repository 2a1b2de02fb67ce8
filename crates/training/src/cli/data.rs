//! `emberlab data`.

use super::{ConfigArgs, print};
use crate::error::Error;
use crate::{atomic, load};
use clap::Subcommand;
use emberlab_data::write_csv;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Write the samples as `train.csv`, `test.csv` and, where there is one, `validation.csv`
    Export {
        #[command(flatten)]
        config: ConfigArgs,
        /// The folder to write to; it is made where it is missing
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

pub fn run(command: &DataCommand) -> Result<(), Error> {
    match command {
        DataCommand::Export { config, out } => export(config, out),
    }
}

fn export(config: &ConfigArgs, out: &Path) -> Result<(), Error> {
    let splits = load(&config.load()?)?.splits;
    fs::create_dir_all(out).map_err(Error::write(out))?;
    for (name, part) in splits.parts() {
        let path = out.join(format!("{name}.csv"));
        let mut csv = Vec::new();
        write_csv(part, &mut csv).map_err(Error::write(&path))?;
        atomic::write(&path, &csv)?;
        print::text(&format!("{}: {} samples\n", path.display(), part.rows.len()))?;
    }
    Ok(())
}
