//! The command line.

use crate::build_info::GIT_COMMIT;
use crate::commands::{
    check, compare, completions, config, data, doctor, evaluate, export, find_rate, gradcheck, grade, lab,
    new, predict, publish, report, runs, serve, sweep, train, why,
};
use crate::error::Error;
use crate::output::print;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use emberlab_training::{BURN_VERSION, devices, guarded_to_the_end};
use std::process::ExitCode;

/// A laboratory for classifiers, step by step.
#[derive(Debug, Parser)]
#[command(name = "emberlab", propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 2 usage or configuration, 3 data missing or corrupt, 4 training failed, \
                        5 device not available, 130 interrupted."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a classifier and write its run directory
    #[command(
        after_help = "Examples:\n  emberlab train configs/lab/synthetic-softmax.toml\n  emberlab train configs/iris.toml --name wide --set model.hidden=[32]\n  emberlab train configs/iris.toml --resume\n  emberlab train configs/iris.toml --folds 5"
    )]
    Train(train::TrainArgs),
    /// Score a trained run: accuracy, precision and recall of each class, confusion matrix
    ///
    /// The loss is the plain cross-entropy, without the label smoothing and the class weights that the run was trained with.
    #[command(
        after_help = "Examples:\n  emberlab evaluate iris\n  emberlab evaluate iris --split validation --json"
    )]
    Evaluate(evaluate::EvaluateArgs),
    /// Predict the classes of images, records or rows
    #[command(
        after_help = "Examples:\n  emberlab predict iris flowers.csv\n  emberlab predict cifar10-linear cat.png data/cifar-10-batches-bin/test_batch.bin:7"
    )]
    Predict(predict::PredictArgs),
    /// Train many runs with some keys changed, several at once, and rank them
    Sweep(sweep::SweepArgs),
    /// Find a learning rate: train while it grows from update to update, and tell where the loss falls steepest
    #[command(
        after_help = "Examples:\n  emberlab find-rate configs/iris.toml\n  emberlab find-rate configs/iris.toml --from 1e-4 --to 10 --updates 200"
    )]
    FindRate(find_rate::FindRateArgs),
    /// Draw the figures of a run into its folder `plots`, as SVG and PNG, and write its page `report.html`
    #[command(after_help = "Example:\n  emberlab report iris")]
    Report(report::ReportArgs),
    /// Say why a run does not learn: the causes that its files show, and settings to try
    #[command(after_help = "Example:\n  emberlab why iris")]
    Why(why::WhyArgs),
    /// Run the notebook's experiments and write the lab as a page, `artifacts/lab/index.html`; or write exercises
    #[command(
        after_help = "Examples:\n  emberlab lab\n  emberlab lab --set data.directory=/data/cifar --artifacts lab-of-today\n  emberlab lab --exercises --student ada --student grace"
    )]
    Lab(lab::LabArgs),
    /// Check exercises: which functions and answers are right, and the mistakes in the others
    ///
    /// Runs the functions in a process with limits. Files and the network are not kept from it: check the work of others in a
    /// container.
    #[command(after_help = "Examples:\n  emberlab check\n  emberlab check exercises/ada --json")]
    Check(check::CheckArgs),
    /// Check the exercises of a class, and write a table and a page
    ///
    /// Runs students' functions, as `emberlab check` does.
    #[command(after_help = "Example:\n  emberlab grade exercises --seconds 5")]
    Grade(grade::GradeArgs),
    /// Let other machines train on this one
    #[command(after_help = "Example:\n  emberlab serve --port 3000 --expose")]
    Serve(serve::ServeArgs),
    /// List the runs with their outcomes
    #[command(after_help = "Examples:\n  emberlab runs\n  emberlab runs --artifacts artifacts/iris-sweep")]
    Runs(runs::RunsArgs),
    /// Show how runs differ in settings and scores, and draw their curves
    #[command(
        after_help = "Examples:\n  emberlab compare cifar10-linear cifar10-mlp\n  emberlab compare cifar10-linear cifar10-mlp --plot accuracy.png --metric accuracy\n  emberlab compare cifar10-linear cifar10-mlp --html comparison.html"
    )]
    Compare(compare::CompareArgs),
    /// Write the weights of a trained run, or its whole network
    #[command(
        after_help = "Examples:\n  emberlab export iris --format safetensors --out iris.safetensors\n  emberlab export iris --format onnx"
    )]
    Export(export::ExportArgs),
    /// Send runs to an MLflow server: settings, metrics, figures and weights
    #[command(
        after_help = "Examples:\n  emberlab publish iris\n  emberlab publish iris digits --mlflow http://tracker:5000 --experiment course"
    )]
    Publish(publish::PublishArgs),
    /// Begin a Cargo project that trains a network of its own
    #[command(after_help = "Examples:\n  emberlab new orchids\n  emberlab new orchids --clone ../emberlab")]
    New(new::NewArgs),
    /// Compare the derivative by hand with autodiff and finite differences
    #[command(
        after_help = "Examples:\n  emberlab gradcheck configs/lab/cifar10-mlp-manual.toml\n  emberlab gradcheck configs/full/full-cnn.toml --samples 8 --json"
    )]
    Gradcheck(gradcheck::GradcheckArgs),
    /// Check a configuration, or show it with its defaults
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print a script that lets a shell complete the commands
    #[command(
        after_help = "Example:\n  emberlab completions bash > ~/.local/share/bash-completion/completions/emberlab"
    )]
    Completions(completions::CompletionsArgs),
    /// Show the devices of this machine, each problem, and the command that solves it
    #[command(after_help = "Examples:\n  emberlab doctor\n  emberlab doctor --json")]
    Doctor(doctor::DoctorArgs),
    /// Fetch, describe, draw or export the data of a configuration
    #[command(subcommand)]
    Data(data::DataCommand),
}

/// The parser, with the version of the program.
fn parser() -> clap::Command {
    let version = format!(
        "{} (backend {}, Burn {}, commit {})",
        env!("CARGO_PKG_VERSION"),
        devices::NAME,
        BURN_VERSION,
        GIT_COMMIT
    );
    Cli::command().version(version)
}

/// Runs the program `emberlab` with the arguments of this process.
pub fn main() -> ExitCode {
    let matches = parser().get_matches();
    let result = match Cli::from_arg_matches(&matches) {
        Ok(cli) => guarded_to_the_end(|| run(cli.command)),
        Err(error) => error.exit(),
    };
    print::exit(result)
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Train(arguments) => train::run(&arguments, train::as_described),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::FindRate(arguments) => find_rate::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Why(arguments) => why::run(&arguments),
        Command::Lab(arguments) => lab::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Grade(arguments) => grade::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, parser()),
        Command::Export(arguments) => export::run(&arguments),
        Command::Publish(arguments) => publish::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Config(command) => config::run(&command),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Data(command) => data::run(&command),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    /// The path and the help of every command that has no subcommands.
    fn helps(command: &clap::Command, path: &str, found: &mut Vec<(String, String)>) {
        let path = format!("{path}{} ", command.get_name());
        for below in command.get_subcommands() {
            helps(below, &path, found);
        }
        if !command.has_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            found.push((path, help.unwrap_or_default()));
        }
    }

    #[test]
    fn every_help_has_examples_that_are_commands() {
        let mut found = Vec::new();
        helps(&parser(), "", &mut found);
        assert!(found.len() > 10);
        for (path, help) in found {
            let examples: Vec<&str> = help.lines().filter(|line| line.starts_with("  ")).collect();
            assert!(!examples.is_empty(), "`{path}` has no example");
            for example in examples {
                assert!(example.trim().starts_with(path.trim()), "{example}");
                check(example);
            }
        }
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// Checks that a line is a command, and that the configurations that it names are there.
    fn check(line: &str) {
        let words: Vec<&str> =
            line.split_whitespace().take_while(|word| ![">", "&&", "#", "|"].contains(word)).collect();
        let configs = words.iter().filter(|word| word.starts_with("configs/"));
        configs.for_each(|config| assert!(root().join(config).is_file(), "{config} is not there"));
        if let Err(error) = parser().try_get_matches_from(words) {
            panic!("{line}: {error}");
        }
    }

    /// The commands of a page: lines that begin with `emberlab`, and whole commands between backquotes.
    fn commands(page: &str) -> Vec<String> {
        let lines = page.lines().map(|line| line.strip_prefix("$ ").unwrap_or(line));
        let lines = lines.filter(|line| line.starts_with("emberlab ")).map(str::to_owned);
        let code = page
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| code.starts_with("emberlab ") && !code.contains('\n'));
        lines.chain(code.map(|code| code.replace('…', ""))).collect()
    }

    #[test]
    fn every_command_of_the_documentation_is_one() {
        let mut pages: Vec<PathBuf> =
            std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
        pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
        pages.push(root().join("README.md"));
        let pages = pages.iter().map(|page| std::fs::read_to_string(page).unwrap());
        let found: Vec<String> = pages.flat_map(|page| commands(&page)).collect();
        assert!(found.len() > 40, "{found:?}");
        // A command may be named without its arguments, as `emberlab sweep`.
        let whole = found.iter().filter(|command| command.split_whitespace().count() > 2);
        whole.for_each(|command| check(command));
    }
}
