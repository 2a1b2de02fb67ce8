//! `emberlab report`.

use super::print;
use super::progress::ProgressBars;
use super::run::RunArgs;
use crate::error::Error;
use crate::report::{Material, figures, run_page};
use crate::run_dir::{RunDir, file};
use clap::Args;
use std::fs;

#[derive(Args, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    run: RunArgs,
}

pub fn run(arguments: &ReportArgs) -> Result<(), Error> {
    let directory = RunDir::open(&arguments.run.artifacts, &arguments.run.run)?;
    directory.remove_leftovers();
    let material = Material::gather(directory, &ProgressBars::new(), print::warning)?;
    let folder = material.directory.file(file::PLOTS);
    fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
    let figures = figures(&material)?;
    for figure in &figures {
        for path in figure.write(&folder)? {
            print::text(&format!("{} and .png\n", path.display()))?;
        }
    }
    let page = run_page(&material, &figures)?;
    material.directory.write(file::REPORT, page.as_bytes())?;
    print::text(&format!("{}\n", material.directory.file(file::REPORT).display()))
}
