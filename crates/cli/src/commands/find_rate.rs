//! `emberlab find-rate`.

use super::config_args::{ConfigArgs, at_least_one};
use crate::build_info::GIT_COMMIT;
use crate::error::{Error, UsageError};
use crate::host::{Display, TerminalHost};
use crate::output::print;
use crate::signals;
use clap::Args;
use emberlab_config::{Config, Growth};
use emberlab_models::LOSS;
use emberlab_report::plots::{Curve, Curves, Scale, Stroke, png, svg};
use emberlab_run::{DEFAULT_ARTIFACTS, Existing, atomic};
use emberlab_training::host::Host;
use emberlab_training::train::{TrainOptions, train};
use emberlab_training::{Error as TrainingError, RateCurve, RatePoint, StopSignal};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The lines that are printed while training.
const LINES: usize = 10;
/// The name of the run in the folder.
const RUN: &str = "run";

#[derive(Args, Debug)]
pub struct FindRateArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The learning rate of the first update
    #[arg(long, value_name = "RATE", default_value_t = 1e-6, value_parser = rate)]
    from: f64,
    /// The learning rate of the last update, unless the loss diverges before
    #[arg(long, value_name = "RATE", default_value_t = 1.0, value_parser = rate)]
    to: f64,
    /// Number of updates, each with its own rate
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = updates)]
    updates: usize,
    /// The folder in which the folder of the losses is created
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "must be a number above 0".to_owned())
}

/// The most updates.
const MAX_UPDATES: usize = 1_000_000;

fn updates(text: &str) -> Result<usize, String> {
    let updates = at_least_one(text).ok().filter(|updates| (3..=MAX_UPDATES).contains(updates));
    updates.ok_or_else(|| format!("must be a whole number from 3 to {MAX_UPDATES}"))
}

pub fn run(arguments: &FindRateArgs) -> Result<(), Error> {
    let FindRateArgs { from, to, artifacts, .. } = arguments;
    if from >= to {
        return Err(UsageError::RatesFall { from: *from, to: *to }.into());
    }
    let base = arguments.config.load()?;
    let (config, growth) = growing(arguments, &base)?;
    let stop = signals::listen()?;
    let folder = artifacts.join(format!("{}-find-rate", base.name));
    print::strong_lines(&format!(
        "rates  {from:e} to {to:e} in {} updates, in {}\n",
        arguments.updates,
        folder.display()
    ))?;
    let base_rate = base.training.optimizer.learning_rate;
    let rates = move |update: usize| base_rate * growth.factor(update.saturating_sub(1));
    let curve = losses(&config, &folder, stop, arguments.updates, rates)?;
    write(&folder, &base.name, curve.points())?;
    print::text("\n")?;
    print::strong_lines(&advice(&curve, arguments.updates, &folder))
}

/// The configuration with a learning rate that grows from update to update, and the factors of its rate.
fn growing(arguments: &FindRateArgs, base: &Config) -> Result<(Config, Growth), Error> {
    let FindRateArgs { config, from, to, updates, .. } = arguments;
    let mut changed = config.clone();
    let set = &mut changed.set;
    // Of the schedule only a warm-up stays.
    let schedule = "training.schedule";
    let is_warmup = |setting: &str| setting.starts_with("training.schedule.warmup");
    set.retain(|setting| !setting.trim_start().starts_with(schedule) || is_warmup(setting.trim_start()));
    // Groups keep the ratio of their rates to that of the other parameters.
    let rate = base.training.optimizer.learning_rate;
    let growth = Growth { start: from / rate, end: to / rate, updates: *updates };
    let Growth { start, end, .. } = growth;
    set.push(format!("training.schedule.growth={{ start = {start:e}, end = {end:e}, updates = {updates} }}"));
    set.push("training.schedule.kind=\"growth\"".to_owned());
    // Each epoch has an update at least.
    set.extend([format!("training.epochs={updates}"), "training.log_every=1".to_owned()]);
    if base.data.validation.is_some() {
        set.push(format!("training.validate_every={updates}"));
    }
    set.push(format!("name=\"{RUN}\""));
    if base.training.schedule.warmup.is_some() {
        // A warm-up that changes nothing.
        set.push("training.schedule.warmup={ updates = 1, start = 1.0 }".to_owned());
    }
    Ok((changed.load()?, growth))
}

/// Trains until the loss diverges or every rate had its update, and returns the losses.
fn losses(
    config: &Config,
    folder: &Path,
    stop: StopSignal,
    updates: usize,
    rate: impl Fn(usize) -> f64 + Send + Sync + 'static,
) -> Result<RateCurve, Error> {
    let curve = Arc::new(Mutex::new(RateCurve::default()));
    let (growing, ending) = (Arc::clone(&curve), stop.clone());
    let watch = move |update: usize, loss: f32| {
        let mut curve = growing.lock().unwrap_or_else(PoisonError::into_inner);
        if is_over(&curve, updates) {
            return;
        }
        curve.push(rate(update), f64::from(loss));
        if update.is_multiple_of(updates.div_ceil(LINES)) {
            // A closed standard output stops the training by itself.
            let _ = print::text(&format!(
                "update {update:>7}/{updates}  rate {:.2e}  loss {loss:.6}\n",
                rate(update)
            ));
        }
        if is_over(&curve, updates) {
            ending.choose(true);
        }
    };
    let host = TerminalHost::new(Display::Nothing, stop, Box::new(|_, _| ())).watching(Box::new(watch));
    let options = TrainOptions {
        artifacts: folder.to_owned(),
        existing: Existing::Replace,
        wait: false,
        git_commit: GIT_COMMIT.to_owned(),
    };
    let trained = train(config, &options, &(Arc::new(host) as Arc<dyn Host>));
    let curve = curve.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match trained {
        Err(TrainingError::Interrupted(_)) if is_over(&curve, updates) => Ok(curve),
        Err(TrainingError::Interrupted(_)) => Err(Error::FindRateInterrupted),
        Err(error @ TrainingError::Diverged { .. }) if curve.points().len() < 2 => Err(error.into()),
        Ok(_) | Err(TrainingError::Diverged { .. }) => Ok(curve),
        Err(error) => Err(error.into()),
    }
}

/// Whether no further loss is a part of the curve.
fn is_over(curve: &RateCurve, updates: usize) -> bool {
    curve.has_diverged() || curve.points().len() >= updates
}

/// Writes the losses and their picture.
fn write(folder: &Path, name: &str, points: &[RatePoint]) -> Result<(), Error> {
    atomic::write_with(&folder.join("rates.csv"), |out| {
        writeln!(out, "update,learning_rate,loss,smoothed_loss")?;
        (1..).zip(points).try_for_each(|(update, point)| {
            let RatePoint { learning_rate, loss, smoothed } = point;
            writeln!(out, "{update},{learning_rate},{loss},{smoothed}")
        })
    })?;
    let curve = |name: &str, stroke, value: fn(&RatePoint) -> f64| Curve {
        name: Some(name.to_owned()),
        colour: 0,
        stroke,
        points: points.iter().map(|point| (point.learning_rate, value(point))).collect(),
    };
    let curves = [
        curve("each update", Stroke::Pale, |point| point.loss),
        curve("smoothed", Stroke::Solid, |point| point.smoothed),
    ];
    let axis = LOSS.axis();
    let picture = Curves::new(name, &axis, &curves, Scale::Log)?.over_logarithmic("learning rate")?;
    atomic::write(&folder.join("rates.svg"), &svg(&picture)?)?;
    Ok(atomic::write(&folder.join("rates.png"), &png(&picture)?)?)
}

/// The suggestion, and how to use it.
fn advice(curve: &RateCurve, updates: usize, folder: &Path) -> String {
    let mut text = String::new();
    if let Some(last) = curve.points().last()
        && curve.has_diverged()
    {
        text += &format!("end    the loss diverges from rate {:.2e} on\n", last.learning_rate);
    }
    text += &match curve.suggestion(updates) {
        Some(rate) => format!(
            "rate   {rate:.2e}, where the smoothed loss falls steepest\n\
             next   --set training.optimizer.learning_rate={rate:.2e}\n\
             \x20      or, below [training.optimizer], learning_rate = {rate:.2e}\n"
        ),
        None => {
            "rate   none, because the smoothed loss falls at no rate; try a smaller `--from`\n".to_owned()
        }
    };
    text + &format!("files  {}\n", folder.join("rates.{csv,svg,png}").display())
}
