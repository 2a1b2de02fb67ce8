//! `emberlab lab`.

use crate::error::Error;
use crate::lab::{LabOptions, run as run_lab};
use crate::output::ProgressBars;
use crate::output::print;
use crate::signals;
use clap::Args;
use emberlab_exercises::{EXERCISES_PAGE, HandOut, Student};
use emberlab_run::DEFAULT_ARTIFACTS;
use emberlab_training::Error as TrainingError;
use std::path::{Path, PathBuf};

#[derive(Args, Debug)]
pub struct LabArgs {
    /// Set a key in each experiment that has it, as in `--set data.directory=FOLDER`; may be repeated
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
    /// The folder of all runs; the lab is written to `lab/` in it
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
    /// Write exercises in place of the lab: a folder for each student inside of FOLDER
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = "exercises", conflicts_with_all = ["set", "artifacts"])]
    exercises: Option<PathBuf>,
    /// The ID of a student, which decides the numbers of the exercises; may be repeated
    #[arg(long, value_name = "ID", requires = "exercises", default_value = "student")]
    student: Vec<String>,
    /// Fill in every function and answer, for the teacher
    #[arg(long, requires = "exercises")]
    solutions: bool,
}

pub fn run(arguments: &LabArgs) -> Result<(), Error> {
    if let Some(folder) = &arguments.exercises {
        return write_exercises(folder, arguments);
    }
    let options = LabOptions {
        artifacts: arguments.artifacts.clone(),
        overrides: arguments.set.clone(),
        stop: signals::listen()?,
        warn: print::warning,
        tell: &|line| print::text(&format!("{line}\n")),
        progress: &ProgressBars::new(),
    };
    let page = run_lab(&options).map_err(|error| match error {
        Error::Training(TrainingError::Interrupted(_)) => Error::LabInterrupted,
        error => error,
    })?;
    print::text(&format!("\n{}\n", page.display()))
}

fn write_exercises(folder: &Path, arguments: &LabArgs) -> Result<(), Error> {
    // No folder is written if one of the IDs is wrong.
    let students: Vec<Student> =
        arguments.student.iter().map(|id| Student::new(id)).collect::<Result<_, _>>()?;
    for student in students {
        let hand_out = HandOut { folder: folder.to_owned(), student, solutions: arguments.solutions };
        let written = emberlab_exercises::hand_out(&hand_out)?;
        print::text(&format!("{}\n", written.join(EXERCISES_PAGE).display()))?;
    }
    Ok(())
}
