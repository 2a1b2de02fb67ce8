//! `emberlab check`.

use super::student_code_args::StudentCodeArgs;
use crate::error::Error;
use crate::output::print;
use crate::signals;
use clap::Args;
use emberlab_exercises::{FunctionReport, Language, Report, Verdict, check};
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A student's folder, written by `emberlab lab --exercises`
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    code: StudentCodeArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &CheckArgs) -> Result<(), Error> {
    let stop = signals::listen()?;
    let report = check(&arguments.folder, &arguments.code.options(), &|| stop.came())?;
    if arguments.json {
        print::json(&report)?
    } else {
        print::text(&text(&report))?
    }
    let is_right = report.points() == report.most_points();
    let left = report.most_points() - report.points();
    if is_right { Ok(()) } else { Err(Error::Unsolved { left, of: report.most_points() }) }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for language in Language::ALL {
        let functions: Vec<&FunctionReport> =
            report.functions.iter().filter(|function| function.language == language).collect();
        let broken = report.broken.iter().find(|(broken, _)| *broken == language);
        if functions.is_empty() && broken.is_none() {
            continue;
        }
        let _ = writeln!(text, "{}, {}", language.name(), language.file());
        if let Some((_, reason)) = broken {
            let _ = writeln!(text, "  {reason}");
        }
        functions.iter().for_each(|function| text += &function_lines(function));
        text.push('\n');
    }
    if report.functions.is_empty() && report.broken.is_empty() {
        let files = Language::ALL.map(|language| format!("`{}`", language.file())).join(" or ");
        let _ = writeln!(text, "No function is begun; write them in {files}.\n");
    }
    text += "Answers, answers.toml\n";
    for question in &report.questions {
        let _ = writeln!(text, "  {:32} {}", question.question, question.verdict);
    }
    let _ = writeln!(
        text,
        "\n{} of {} points: {} functions and {} answers are right",
        report.points(),
        report.most_points(),
        report.n_right_functions(),
        report.n_right_answers()
    );
    text
}

fn function_lines(function: &FunctionReport) -> String {
    let name = function.function;
    match &function.verdict {
        Verdict::Right => format!("  {name:32} right\n"),
        Verdict::Open => format!("  {name:32} not begun\n"),
        Verdict::Wrong { findings } => {
            let mut lines = format!("  {name:32} wrong\n");
            for finding in findings {
                let output =
                    if finding.output.is_empty() { String::new() } else { format!("{}: ", finding.output) };
                let _ = writeln!(lines, "      {output}{}; {}", finding.mistake, finding.advice);
            }
            lines
        }
    }
}
