//! `emberlab report`.

use super::evaluate::evaluated;
use super::print;
use super::run::RunArgs;
use crate::atomic;
use crate::error::Error;
use crate::learner::Schedule;
use crate::metrics_file::{self, MetricRow, curve};
use crate::plots::{ClassBars, ConfusionMatrix, Curve, Curves, Picture, WeightImages, png, svg};
use crate::run_dir::file;
use crate::trained_run::TrainedRun;
use burn::lr_scheduler::LrScheduler;
use clap::Args;
use std::fs;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    run: RunArgs,
}

/// The most points of the curve of the learning rate.
const MAX_RATES: usize = 2000;

pub fn run(arguments: &ReportArgs) -> Result<(), Error> {
    let run = arguments.run.open()?;
    let folder = run.directory.file(file::PLOTS);
    fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
    let name = run.config.name.clone();
    let metrics = metrics_file::read(&run.directory.file(file::METRICS))?;
    let rates = rates(&run)?;
    let report = Report { folder };
    for (metric, value) in [("loss", "loss (cross-entropy)"), ("accuracy", "accuracy (share right)")] {
        let title = format!("{name}: {metric}");
        report.draw(metric, &Curves::new(&title, value, &parts(&metrics, metric))?)?;
    }
    let title = format!("{name}: learning rate");
    let curves = [Curve { name: None, colour: 0, dashed: false, points: rates }];
    report.draw("learning-rate", &Curves::new(&title, "learning rate", &curves)?)?;
    if let Some(image) = run.config.data.source.image() {
        let tensors = run.network.tensors();
        let title = format!("{name}: weights of the first layer");
        if let Some(picture) = WeightImages::new(&title, &tensors, image, &run.data.class_names)? {
            report.draw("weights", &picture)?;
        }
    }
    let (_, evaluation) = evaluated(run, super::evaluate::Part::Test)?;
    let accuracy = 100.0 * evaluation.accuracy;
    let title = format!("{name}: {} test samples, {accuracy:.2} % right", evaluation.samples);
    report.draw("confusion-matrix", &ConfusionMatrix::new(&title, &evaluation)?)?;
    let title = format!("{name}: precision and recall on the test part");
    report.draw("classes", &ClassBars::new(&title, &evaluation)?)
}

/// Where the pictures go.
struct Report {
    folder: PathBuf,
}

impl Report {
    /// Writes a picture as `NAME.svg` and `NAME.png` and says so.
    fn draw(&self, name: &str, picture: &impl Picture) -> Result<(), Error> {
        let path = self.folder.join(format!("{name}.svg"));
        atomic::write(&path, &svg(picture)?)?;
        atomic::write(&path.with_extension("png"), &png(picture)?)?;
        print::text(&format!("{} and .png\n", path.display()))
    }
}

/// The curve of a metric for each part that has one; of the test part, which is scored once, a level.
fn parts(metrics: &[MetricRow], metric: &str) -> Vec<Curve> {
    let last = metrics.iter().map(|row| row.iteration).max().unwrap_or(0) as f64;
    let parts = [("train", "training", false), ("valid", "validation", true), ("test", "test", true)];
    let curves = (0..).zip(parts).map(|(colour, (split, name, dashed))| {
        let mut points = curve(metrics, split, metric);
        if let ("test", [(_, value)]) = (split, &points[..]) {
            points = vec![(0.0, *value), (last, *value)];
        }
        Curve { name: Some(name.to_owned()), colour, dashed, points }
    });
    curves.filter(|curve| !curve.points.is_empty()).collect()
}

/// The learning rate of each update, or of every so-many-th.
fn rates(run: &TrainedRun) -> Result<Vec<(f64, f64)>, Error> {
    let training = &run.config.training;
    let updates = training.updates(run.data.n_train);
    let every = updates.div_ceil(MAX_RATES).max(1);
    let mut schedule = Schedule::new(&training.schedule, training.optimizer.learning_rate, updates)?;
    let rates = (1..=updates).map(|update| (update as f64, schedule.step()));
    Ok(rates.step_by(every).collect())
}
