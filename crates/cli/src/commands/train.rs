//! `emberlab train`.

mod folds;

use super::config_args::ConfigArgs;
use crate::build_info::GIT_COMMIT;
use crate::error::{Error, UsageError};
use crate::host::{Display, TerminalHost};
use crate::output::print;
use crate::signals;
use crate::sweep::follow_sweep;
use clap::{Args, ValueEnum};
use emberlab_config::{Config, ConfigError, ModelKind, Source, TrainingConfig};
use emberlab_data::text::shell_word;
use emberlab_models::{GradientRule, Output, Precision, Score};
use emberlab_run::{DEFAULT_ARTIFACTS, Existing, RunRecord, file};
use emberlab_training::devices::{CurrentPlatform, Platform};
use emberlab_training::history::{History, numbers};
use emberlab_training::host::Host;
use emberlab_training::train::{TrainOptions, TrainReport};
use emberlab_training::{StopSignal, Trainer};
use folds::Folds;
use rustix::termios::tcgetattr;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Args, Debug)]
pub struct TrainArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The run's name, in place of the configuration's
    #[arg(long)]
    name: Option<String>,
    /// The folder of all runs
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
    /// Replace a run of the same name
    #[arg(long)]
    overwrite: bool,
    /// Go on with a run of the same name where it was stopped, or begin it
    #[arg(long, conflicts_with = "overwrite")]
    resume: bool,
    /// Train once without each of K stratified folds of the training part, and score each run on the fold it lacks
    #[arg(long, value_name = "K", value_parser = folds::number, conflicts_with = "worker")]
    folds: Option<usize>,
    /// Compute on servers, `ws://HOST:PORT`, separated by commas, in a build for them; several share each batch
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    remote: Vec<String>,
    /// Work for `emberlab sweep`: stop as standard input says, and wait for a run that another process works on
    #[arg(long, hide = true, requires = "resume")]
    worker: bool,
    /// How progress is shown
    #[arg(long, value_enum, default_value_t = DashboardArg::Auto)]
    dashboard: DashboardArg,
}

/// The values of `--dashboard`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DashboardArg {
    /// The dashboard on a terminal, else lines
    Auto,
    /// The dashboard: curves, progress, and keys
    Tui,
    /// A line per epoch, or per `log_every` updates
    Plain,
    /// Nothing
    None,
}

impl DashboardArg {
    fn resolve(self) -> Result<Display, UsageError> {
        let terminal = io::stdout().is_terminal() && io::stdin().is_terminal();
        match self {
            // Emulators and some containers have a terminal whose settings cannot be read.
            Self::Auto if terminal && has_settings() => Ok(Display::Dashboard),
            Self::Auto | Self::Plain => Ok(Display::Lines),
            Self::Tui if terminal => Ok(Display::Dashboard),
            Self::Tui => Err(UsageError::NoTerminal),
            Self::None => Ok(Display::Nothing),
        }
    }
}

/// Whether the settings of the terminal can be read, which the dashboard changes and restores.
fn has_settings() -> bool {
    tcgetattr(io::stdin()).is_ok()
}

/// Adds nothing to what a configuration describes.
pub fn as_described(trainer: Trainer<'_>) -> Result<Trainer<'_>, Error> {
    Ok(trainer)
}

/// Trains as the arguments say, with what `bring` adds to the training.
pub fn run(
    arguments: &TrainArgs,
    bring: impl for<'a> FnOnce(Trainer<'a>) -> Result<Trainer<'a>, Error>,
) -> Result<(), Error> {
    if let Some(folds) = arguments.folds {
        return run_folds(arguments, folds);
    }
    let stop = if arguments.worker { follow_sweep()? } else { signals::listen()? };
    let display = arguments.dashboard.resolve()?;
    let config = configuration(arguments, &[])?;
    let trainer = bring(Trainer::new(&config))?;
    let report = train_run(&trainer, &options(arguments), display, stop)?;
    let TrainReport { train, validation, test, .. } = &report;
    print::text(&format!("\n{}\n", print::table(&score_rows(train, validation, test.as_ref()))))?;
    print::strong_lines(&next_steps(&report, &config))
}

/// Trains a run without each fold.
fn run_folds(arguments: &TrainArgs, folds: usize) -> Result<(), Error> {
    let display = match arguments.dashboard {
        DashboardArg::Auto | DashboardArg::Plain => Display::Lines,
        DashboardArg::Tui => return Err(UsageError::FoldsOnDashboard.into()),
        DashboardArg::None => Display::Nothing,
    };
    let stop = signals::listen()?;
    let folds = Folds::plan(folds, |set| configuration(arguments, set))?;
    let options = options(arguments);
    folds.run(&options, display == Display::Lines, |config| {
        if stop.came() {
            return Err(Error::FoldsInterrupted);
        }
        train_run(&Trainer::new(config), &options, display, stop.clone())
    })
}

fn options(arguments: &TrainArgs) -> TrainOptions {
    TrainOptions {
        artifacts: arguments.artifacts.clone(),
        existing: match (arguments.overwrite, arguments.resume) {
            (true, _) => Existing::Replace,
            (_, true) => Existing::Resume,
            _ => Existing::Keep,
        },
        wait: arguments.worker,
        git_commit: GIT_COMMIT.to_owned(),
    }
}

/// Trains one run and shows its progress.
fn train_run(
    trainer: &Trainer<'_>,
    options: &TrainOptions,
    display: Display,
    stop: StopSignal,
) -> Result<TrainReport, Error> {
    let announced = trainer.config().clone();
    let announce = move |record: &RunRecord, run: &Path| {
        if display == Display::Lines {
            // A heading that cannot be printed does not stop the training.
            let _ = print::strong_lines(&heading(&announced, record, run));
        }
    };
    let host = Arc::new(TerminalHost::new(display, stop, Box::new(announce)));
    let trained = trainer.train(options, &(Arc::clone(&host) as Arc<dyn Host>));
    host.close();
    Ok(trained?)
}

/// The configuration with the values that the arguments and `set` set.
fn configuration(arguments: &TrainArgs, set: &[String]) -> Result<Config, ConfigError> {
    let mut config = arguments.config.clone();
    if let Some(name) = &arguments.name {
        config.set.push(format!("name={}", toml::Value::from(name.as_str())));
    }
    if !arguments.remote.is_empty() {
        config.set.push(format!("device.remote={}", toml::Value::from(arguments.remote.clone())));
    }
    config.set.extend_from_slice(set);
    config.load()
}

/// Whether training minimises the plain cross-entropy.
fn is_plain(training: &TrainingConfig) -> bool {
    training.label_smoothing == 0.0 && training.class_weights.is_none()
}

/// Whether only the program that trained can use the run's network on its samples.
fn is_custom(config: &Config) -> bool {
    config.model.kind == ModelKind::Custom || matches!(config.data.source, Source::Custom { .. })
}

/// Describes the weights of a run, and prints its directory and the commands that use it.
fn next_steps(report: &TrainReport, config: &Config) -> String {
    let training = &config.training;
    let TrainReport { run, selected, stopped_early, .. } = report;
    let mut text = String::new();
    if let Some(epoch) = stopped_early {
        let patience = training.early_stopping.map_or(0, |rule| rule.patience);
        text += &format!("early  after epoch {epoch}, as {patience} validations in a row were not better\n");
    }
    if !is_plain(training) {
        text += "loss   of training as it is minimised; of validation and test the plain cross-entropy\n";
    }
    if let Some(epoch) = selected {
        text += &format!("best   epoch {epoch} by the validation part, whose weights are kept\n");
    }
    let (shown, config_file) = (run.display(), run.join(file::CONFIG));
    let [run, config_file] = [run, &config_file].map(|path| shell_word(&path.to_string_lossy()));
    if is_custom(config) {
        text += &format!("run    {shown}\nnext   emberlab report {run}\n");
        return text;
    }
    text += &format!(
        "run    {shown}\n\
         next   emberlab evaluate {run}\n\
         \x20      emberlab report {run}\n\
         \x20      emberlab train {config_file} --name again\n"
    );
    text
}

/// A table of the last and the best value of each number of the scores, with its header.
fn score_rows(train: &History, validation: &History, test: Option<&Score>) -> Vec<Vec<String>> {
    let mut rows = vec![["", "last", "best", "in epoch"].map(str::to_owned).to_vec()];
    let parts = [
        ("training", train.last.as_ref(), Some(train)),
        ("validation", validation.last.as_ref(), Some(validation)),
        ("test", test, None),
    ];
    for (part, last, history) in parts {
        for (name, last) in last.into_iter().flat_map(numbers) {
            let description = name.description();
            let mut row = vec![format!("{part} {}", description.name), description.show(last)];
            if let Some(best) = history.and_then(|history| history.best(name)) {
                row.extend([description.show(best.value), best.epoch.to_string()]);
            }
            rows.push(row);
        }
    }
    rows
}

fn heading(config: &Config, record: &RunRecord, run: &Path) -> String {
    let data = &record.data;
    let n_classes = data.class_names.len();
    let validation = match data.n_validation {
        0 => String::new(),
        samples => format!(", {samples} validation"),
    };
    let output = match config.model.output {
        Output::Softmax => "softmax",
        Output::Sigmoid => "sigmoid",
    };
    let gradient = match config.model.gradient {
        GradientRule::Autodiff => "by autodiff",
        GradientRule::Manual => "by hand",
    };
    let products = match config.device.precision {
        Precision::Full => "",
        Precision::Mixed => ", products in bf16",
    };
    let resumed = match record.updates {
        0 => String::new(),
        updates => format!("resume after update {updates}\n"),
    };
    let compiling = if CurrentPlatform::COMPILES_KERNELS {
        "first  update after the device's kernels are compiled: minutes for a network that is new to it\n"
    } else {
        ""
    };
    format!(
        "run    {}, backend {}{products}\n\
         data   {} training{validation} and {} test samples, {} features, {n_classes} classes\n\
         model  {}, {output} output, gradients {gradient}\n{compiling}{resumed}",
        run.display(),
        record.device.backend,
        data.n_train,
        data.n_test,
        data.n_features,
        record.model,
    )
}
