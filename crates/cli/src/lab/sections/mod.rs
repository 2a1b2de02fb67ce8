//! The sections of the page, in the notebook's order.

mod gradients;
mod images;
mod results;
mod synthetic;
mod theory;
mod worked;

pub use gradients::gradients;
pub use images::{linear_images, mlp_images};
pub use results::results;
pub use synthetic::{batch_and_stochastic, data};
pub use theory::{loss_and_gradient, prediction, update};
pub use worked::worked;

use crate::lab::experiment::Experiment;
use crate::lab::results::Done;
use emberlab_models::LOSS;
use emberlab_report::page::{table, verbatim};
use maud::{Markup, html};

/// A configuration without its comments, which stand in the file itself.
fn configuration(experiment: Experiment) -> Markup {
    let lines = experiment.text.lines().filter_map(|line| {
        let line = line.split('#').next().unwrap_or("").trim_end();
        (!line.is_empty()).then_some(line)
    });
    html! {
        p.note { "The configuration, whose every line is explained in " code { (experiment.path().display()) } ":" }
        (verbatim(&lines.collect::<Vec<_>>().join("\n")))
    }
}

/// What a step makes of what: names, shapes before and after.
fn shapes(rows: &[(&str, String, String)]) -> Markup {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|(step, before, after)| vec![(*step).to_owned(), before.clone(), after.clone()])
        .collect();
    table(&["step", "shape before", "shape after"], &rows)
}

/// A shape as `160 × 4`.
fn shape(sizes: &[usize]) -> String {
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ")
}

/// Lines as the notebook prints them, in columns.
fn printed(lines: &[String]) -> Markup {
    html! { pre.printed tabindex="0" { code { (lines.join("\n")) } } }
}

/// A figure of a run, where it has it.
fn figure(done: &Done, name: &str) -> Markup {
    match done.figure(name) {
        Some(figure) => figure.html(),
        None => html! {},
    }
}

/// Where the whole report of a run is.
fn report_link(done: &Done) -> Markup {
    let name = done.experiment.name;
    html! { p.note { "Everything this run left: " a href={ "runs/" (name) "/report.html" } { (name) } "." } }
}

/// The loss of each update, or of each epoch where it has several updates, their mean.
fn losses(done: &Done) -> Vec<f64> {
    let curve = emberlab_run::metrics_file::curve(&done.material.metrics, "train", LOSS.name);
    curve.into_iter().map(|point| point.1).collect()
}
