//! `emberlab report`.

use super::run_args::RunArgs;
use crate::error::Error;
use crate::output::ProgressBars;
use crate::output::print;
use crate::reported::material;
use clap::Args;
use emberlab_report::{figures, run_page};
use emberlab_run::{RunDir, file};
use std::fs;

#[derive(Args, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    run: RunArgs,
}

pub fn run(arguments: &ReportArgs) -> Result<(), Error> {
    let directory = RunDir::open(&arguments.run.artifacts, &arguments.run.run)?;
    directory.remove_leftovers();
    let material = material(directory, &ProgressBars::new(), print::warning)?;
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
