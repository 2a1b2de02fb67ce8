//! `report.html`: a run on one page.

use super::augmentation::{augmentation, views};
use super::figure::{Figure, widgets};
use super::material::Material;
use super::outcome::{outcome, percent};
use super::page::{facts, page, table, verbatim};
use super::worst_errors::worst_errors;
use crate::error::Error;
use emberlab_config::Config;
use emberlab_data::text::shell_word;
use emberlab_models::{GradientRule, Output};
use emberlab_run::{DeviceReads, Evaluation, RunRecord, Seeds, Versions, file, show};
use maud::{Markup, html};

/// The page of a run with its figures.
///
/// # Errors
///
/// [`Error::Picture`] when an image cannot be encoded.
pub fn run_page(material: &Material, figures: &[Figure]) -> Result<String, Error> {
    let Material { config, record, .. } = material;
    let evaluation = material.evaluation();
    let body = html! {
        h1 { (config.name) }
        p.lead { (outcome(record)) }
        (summary(config, record))
        h2 { "Scores" }
        (scores(record))
        p.note { (losses(config)) }
        @if let Some(evaluation) = &evaluation { (classes(evaluation)) }
        h2 { "Pictures" }
        @for figure in figures { (figure.html()) }
        h2 { "Worst errors" }
        (worst_errors(material)?)
        h2 { "Environment" }
        (environment(record))
        h2 { "Settings" }
        p.note { "The configuration with every default, as in the run's " code { "config.toml" } "." }
        (verbatim(&config.to_toml()))
        h2 { "How to reproduce it" }
        (reproduction(material))
    };
    Ok(page(&format!("{} · emberlab", config.name), body, &widgets(figures)))
}

fn summary(config: &Config, record: &RunRecord) -> Markup {
    let gradient = match config.model.gradient {
        GradientRule::Autodiff => "by autodiff",
        GradientRule::Manual => "by hand",
    };
    let output = match config.model.output {
        Output::Softmax => "softmax",
        Output::Sigmoid => "sigmoid",
    };
    let data = &record.data;
    let validation = match data.n_validation {
        0 => String::new(),
        samples => format!("{samples} validation, "),
    };
    let classes = data.class_names.len();
    html! {
        p {
            "Layers " (record.model) ", " (record.n_parameters) " weights and biases, " (output)
            " output, gradients " (gradient) ". Data: " (data.n_train) " training, " (validation)
            (data.n_test) " test samples of " (data.n_features) " features, " (classes) " classes."
            @if let Some(changes) = augmentation(config) { " " (changes) }
        }
    }
}

/// The final score of each part.
fn scores(record: &RunRecord) -> Markup {
    let parts = [
        ("training, last pass", &record.metrics.train),
        ("validation", &record.metrics.validation),
        ("test", &record.metrics.test),
    ];
    let names = record.metrics.names();
    let rows = parts.into_iter().filter_map(|(part, scores)| {
        let scores = scores.as_ref()?;
        let value = |name: &&str| scores.get(name).map_or_else(|| "–".to_owned(), |value| show(name, value));
        Some(std::iter::once(part.to_owned()).chain(names.iter().map(value)).collect())
    });
    table(&[&["part"], &names[..]].concat(), &rows.collect::<Vec<_>>())
}

/// Explains the losses.
fn losses(config: &Config) -> String {
    let training = &config.training;
    let minimised = match (training.label_smoothing > 0.0, training.class_weights.is_some()) {
        (false, false) => "",
        (true, false) => ", with its label smoothing",
        (false, true) => ", with its class weights",
        (true, true) => ", with its label smoothing and class weights",
    };
    let average = match training.ema {
        Some(_) => {
            " They are those of the moving average of the weights, training losses those of the weights themselves."
        }
        None => "",
    };
    format!(
        "The training loss is the cross-entropy that was minimised{minimised}; validation and test losses are the plain \
         cross-entropy.{average}{}",
        views(config).map_or_else(String::new, |views| format!(" {views}"))
    )
}

fn classes(evaluation: &Evaluation) -> Markup {
    let figure = |value: f64| format!("{value:.4}");
    let rows: Vec<Vec<String>> = evaluation
        .classes
        .iter()
        .map(|class| {
            let figures = [class.precision, class.recall, class.f1].map(figure);
            [vec![class.name.clone()], figures.to_vec(), vec![class.support.to_string()]].concat()
        })
        .collect();
    html! {
        h3 { "Classes of the test part" }
        (table(&["class", "precision", "recall", "F1", "samples"], &rows))
        @for top in &evaluation.top_k {
            p { "The class is among the " (top.k) " most probable for " (percent(top.accuracy)) "." }
        }
        @if let Some(auroc) = evaluation.auroc {
            p { "Area under the receiver operating characteristic: " (figure(auroc)) "." }
        }
    }
}

fn environment(run: &RunRecord) -> Markup {
    let Seeds { data, split, init, shuffle, augment, dropout } = run.seeds;
    let seeds = format!(
        "augment {augment}, data {data}, dropout {dropout}, init {init}, shuffle {shuffle}, split {split}"
    );
    let mut rows = vec![
        ("backend", run.device.backend.clone()),
        ("device", run.device.name.clone()),
        ("threads", run.device.threads.to_string()),
    ];
    rows.extend(run.device_reads.map(|reads| {
        let DeviceReads { scores, validation, histograms, checkpoints, exchange } = reads;
        let exchange = if exchange > 0 { format!(", {exchange} for other servers") } else { String::new() };
        let reads = format!(
            "for the device: {scores} times for scores, {validation} for the validation part, {histograms} for histograms, \
             {checkpoints} for checkpoints{exchange}"
        );
        ("waited", reads)
    }));
    let Versions { emberlab, git_commit, burn } = &run.versions;
    rows.extend(
        [("burn", burn), ("emberlab", emberlab), ("git_commit", git_commit)]
            .map(|(name, version)| (name, version.clone())),
    );
    rows.push(("seeds", seeds));
    rows.push(("seconds", {
        let seconds = run.seconds;
        format!("load {:.3}, train {:.3}, evaluate {:.3}", seconds.load, seconds.train, seconds.evaluate)
    }));
    rows.push(("data SHA-256", run.data.sha256.clone()));
    facts(&rows)
}

fn reproduction(material: &Material) -> Markup {
    let RunRecord { device, versions, .. } = &material.record;
    let config = material.directory.file(file::CONFIG);
    html! {
        p {
            "emberlab " (versions.emberlab) ", commit " code { (versions.git_commit) } ", built with the backend "
            code { (device.backend) } ", trains the same run from its resolved configuration:"
        }
        (verbatim(&format!("emberlab train {} --name again", shell_word(&config.to_string_lossy()))))
        p {
            "On the same CPU backend, " code { "metrics.csv" } " and " code { "model.safetensors" }
            " are then the same bytes. The data is the same when its SHA-256 is; "
            code { "emberlab data info" } " prints it."
        }
    }
}
