//! `emberlab grade`.

use super::student_code_args::StudentCodeArgs;
use crate::error::Error;
use crate::output::ProgressBars;
use crate::output::print;
use crate::signals;
use clap::Args;
use emberlab_exercises::{GRADES_PAGE, GRADES_TABLE, Grade, grade};
use std::path::PathBuf;
use std::thread::available_parallelism;

#[derive(Args, Debug)]
pub struct GradeArgs {
    /// The folder with a folder of each student
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    code: StudentCodeArgs,
    /// Folders that are checked at the same time; as many as there are cores if it is left out
    #[arg(long, value_parser = super::config_args::at_least_one)]
    jobs: Option<usize>,
}

pub fn run(arguments: &GradeArgs) -> Result<(), Error> {
    let stop = signals::listen()?;
    let jobs = arguments.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    let options = arguments.code.options();
    let grades = grade(&arguments.folder, &options, jobs, &|| stop.came(), &ProgressBars::new())?;
    let header = ["folder", "points", "functions", "answers", "notes"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = [header].into_iter().chain(grades.iter().map(row)).collect();
    let [table, page] = [GRADES_TABLE, GRADES_PAGE].map(|name| arguments.folder.join(name));
    print::text(&format!("{}\n{}\n{}\n", print::table(&rows), table.display(), page.display()))
}

fn row(Grade { folder, report, notes }: &Grade) -> Vec<String> {
    match report {
        Ok(report) => vec![
            folder.clone(),
            format!("{} of {}", report.points(), report.most_points()),
            report.n_right_functions().to_string(),
            report.n_right_answers().to_string(),
            notes.join("; "),
        ],
        Err(reason) => vec![folder.clone(), "–".to_owned(), "–".to_owned(), "–".to_owned(), reason.clone()],
    }
}
