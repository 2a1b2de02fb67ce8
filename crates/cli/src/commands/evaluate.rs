//! `emberlab evaluate`.

use super::run_args::RunArgs;
use crate::error::{DataChange, Error, UsageError};
use crate::output::ProgressBars;
use crate::output::print;
use clap::{Args, ValueEnum};
use emberlab_data::{DeviceSet, Features};
use emberlab_models::Classifier;
use emberlab_run::Evaluation;
use emberlab_run::fingerprint;
use emberlab_training::devices::{Backend, UPLOAD};
use emberlab_training::evaluate::Evaluated;
use emberlab_training::trained_run::TrainedRun;
use emberlab_training::{evaluate, load_for, objective};
use serde::Serialize;

/// The most classes whose matrix is printed.
const MAX_MATRIX: usize = 50;
/// Number of pairs of classes that are printed if there are more classes.
const MAX_PAIRS: usize = 20;

#[derive(Args, Debug)]
pub struct EvaluateArgs {
    #[command(flatten)]
    run: RunArgs,
    /// The part that is scored
    #[arg(long, value_enum, default_value_t = Part::Test)]
    split: Part,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The parts of the data.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// The part that the model was trained on
    Train,
    /// The part that its weights were chosen by
    Validation,
    /// The part that it was not trained on
    Test,
}

/// The output of `--json`.
#[derive(Serialize)]
struct Scored {
    loss: f32,
    #[serde(flatten)]
    evaluation: Evaluation,
}

pub fn run(arguments: &EvaluateArgs) -> Result<(), Error> {
    let (loss, evaluation) = evaluated(arguments.run.open()?, arguments.split)?;
    if arguments.json {
        print::json(&Scored { loss, evaluation })
    } else {
        print::text(&table(loss, &evaluation))
    }
}

/// The mean loss and the figures of a run on a part of its data.
fn evaluated(run: TrainedRun, part: Part) -> Result<(f32, Evaluation), Error> {
    let splits = load_for(&run.config, run.data.table.as_ref(), &ProgressBars::new())?.splits;
    if fingerprint(&splits) != run.data.sha256 {
        print::warning("the data is not what the run was trained on: its SHA-256 is another one");
    }
    let (data, run_data) = (&splits.train.samples, &run.data);
    if data.n_features() != run_data.n_features || data.class_names != run_data.class_names {
        let (is, was) = (data.n_features(), run_data.n_features);
        let change = if is == was { DataChange::Classes } else { DataChange::Features { is, was } };
        return Err(UsageError::OtherData { run: run.config.name, change }.into());
    }
    if let Some((is, was)) = other_column(&data.features, &run_data.columns) {
        let change = DataChange::Column { is: is.to_owned(), was: was.to_owned() };
        return Err(UsageError::OtherData { run: run.config.name, change }.into());
    }
    let objective = objective(&run.config, &splits.train.samples);
    let data = match part {
        Part::Train => splits.train.samples,
        Part::Validation => splits.validation.ok_or(UsageError::NoValidation)?.samples,
        Part::Test => splits.test.samples,
    };
    let classifier = Classifier::new(run.network, objective, run.config.model.gradient);
    let (labels, class_names) = (data.labels.clone(), data.class_names.clone());
    let set = DeviceSet::<Backend>::new(data, &run.data.normalizer, false, UPLOAD, &run.device);
    let evaluated = evaluate::evaluate(&classifier, &set, &run.views, &ProgressBars::new())
        .ok_or(UsageError::NoSamples)?;
    let Evaluated { score, predictions, probabilities } = evaluated;
    Ok((score.loss, Evaluation::new(&class_names, &labels, &predictions, &probabilities)))
}

/// The first column or category of a table that differs from the run's, and the run's in its place.
/// Runs of images have no columns.
fn other_column<'a>(features: &'a Features, columns: &'a [String]) -> Option<(&'a str, &'a str)> {
    let Features::Table { columns: now, .. } = features else { return None };
    let mut pairs = now.iter().map(String::as_str).zip(columns.iter().map(String::as_str));
    pairs.find(|(is, was)| is != was)
}

fn table(loss: f32, evaluation: &Evaluation) -> String {
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let mut text = format!("samples   {}\nloss      {loss:.6}\n", evaluation.samples);
    text += &format!("accuracy  {}\n", percent(evaluation.accuracy));
    for top in &evaluation.top_k {
        text += &format!("top {}     {}\n", top.k, percent(top.accuracy));
    }
    if let Some(auroc) = evaluation.auroc {
        text += &format!("AUROC     {auroc:.4}\n");
    }
    let name_width = evaluation
        .classes
        .iter()
        .map(|class| print::cell(&class.name).chars().count())
        .max()
        .unwrap_or(0)
        .max(7);
    let header = ["precision", "recall", "F1", "samples"];
    text += &format!(
        "\n{:name_width$}  {:>9}  {:>9}  {:>9}  {:>7}\n",
        "class", header[0], header[1], header[2], header[3]
    );
    for class in &evaluation.classes {
        text += &format!(
            "{:name_width$}  {:>9.4}  {:>9.4}  {:>9.4}  {:>7}\n",
            print::cell(&class.name),
            class.precision,
            class.recall,
            class.f1,
            class.support
        );
    }
    let mean = &evaluation.macro_average;
    text +=
        &format!("{:name_width$}  {:>9.4}  {:>9.4}  {:>9.4}\n", "mean", mean.precision, mean.recall, mean.f1);
    let n_classes = evaluation.classes.len();
    if n_classes <= MAX_MATRIX {
        text + "\nclass (row) by prediction (column)\n" + &confusion_table(evaluation, name_width)
    } else {
        text + &format!("\nthe most frequent errors among {n_classes} classes\n")
            + &confused_pairs(evaluation)
    }
}

fn confusion_table(evaluation: &Evaluation, name_width: usize) -> String {
    let rows = evaluation.confusion_matrix.to_rows();
    let largest = rows.iter().flatten().max().copied().unwrap_or(0);
    let width = largest.to_string().len().max((rows.len().max(1) - 1).to_string().len());
    let columns: String = (0..rows.len()).map(|class| format!("  {class:>width$}")).collect();
    let mut text = format!("{:name_width$}    {columns}\n", "");
    for (class, (row, figures)) in rows.iter().zip(&evaluation.classes).enumerate() {
        let cells: String = row.iter().map(|count| format!("  {count:>width$}")).collect();
        text += &format!("{:name_width$}  {class:>2}{cells}\n", print::cell(&figures.name));
    }
    text
}

/// The most frequent wrong predictions, in place of a matrix that is too large for a screen.
fn confused_pairs(evaluation: &Evaluation) -> String {
    let name = |class: usize| evaluation.classes[class].name.clone();
    let pairs = evaluation.confusion_matrix.most_confused_pairs(MAX_PAIRS);
    let rows = pairs
        .iter()
        .map(|&(class, prediction, count)| vec![name(class), name(prediction), count.to_string()]);
    let header = ["class", "prediction", "samples"].map(str::to_owned).to_vec();
    print::table(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
}
