//! `emberlab data`.

use super::{ConfigArgs, print};
use crate::error::Error;
use crate::{atomic, load};
use clap::Subcommand;
use emberlab_data::{LabelledData, write_csv};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Write the samples as `train.csv` and `test.csv`, after the split
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
    let splits = load(&config.load()?)?;
    fs::create_dir_all(out).map_err(Error::write(out))?;
    for (name, data, rows) in
        [("train.csv", &splits.train, &splits.train_rows), ("test.csv", &splits.test, &splits.test_rows)]
    {
        let path = out.join(name);
        write(&path, data, rows)?;
        print::text(&format!("{}: {} samples\n", path.display(), data.len()))?;
    }
    Ok(())
}

fn write(path: &Path, data: &LabelledData, rows: &[usize]) -> Result<(), Error> {
    let mut csv = Vec::new();
    write_csv(data, rows, &mut csv).map_err(Error::write(path))?;
    atomic::write(path, &csv)
}
