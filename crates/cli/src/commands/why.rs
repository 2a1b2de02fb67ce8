//! `emberlab why`.

use super::run_args::RunArgs;
use crate::error::Error;
use crate::output::print;
use clap::Args;
use emberlab_data::text::shell_word;
use emberlab_report::diagnosis::{Evidence, Finding, diagnose};
use emberlab_report::outcome;
use emberlab_run::RunDir;
use std::fmt::Write;

#[derive(Args, Debug)]
pub struct WhyArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &WhyArgs) -> Result<(), Error> {
    let directory = RunDir::open(&arguments.run.artifacts, &arguments.run.run)?;
    let evidence = Evidence::read(&directory)?;
    let findings = diagnose(&evidence);
    if arguments.json { print::json(&findings) } else { print::text(&text(&directory, &evidence, &findings)) }
}

fn text(directory: &RunDir, evidence: &Evidence, findings: &[Finding]) -> String {
    let mut text = outcome(&evidence.record);
    text.push('\n');
    if findings.is_empty() {
        text += "\nNothing in its files shows a reason not to learn.\n";
    }
    let config = directory.file(emberlab_run::file::CONFIG);
    for (number, finding) in (1..).zip(findings) {
        let Finding { likelihood, cause, seen, advice, settings } = finding;
        let _ =
            write!(text, "\n{number}. {cause} ({})\n   seen  {seen}\n   why   {advice}\n", likelihood.name());
        for setting in settings {
            let _ = writeln!(
                text,
                "   try   emberlab train {} --name again --set {}",
                shell_word(&config.to_string_lossy()),
                shell_word(setting)
            );
        }
    }
    text
}
