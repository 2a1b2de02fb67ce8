//! The sections of the page, in the notebook's order.

mod conclusion;
mod gradients;
mod images;
mod learning;
mod notebook;
mod playground;
mod results;
mod synthetic;
mod theory;
mod worked;

pub use gradients::gradients;
pub use images::{linear_images, mlp_images};
pub use learning::{convolution, make_it_learn};
pub use notebook::notebook;
pub use playground::playground;
pub use results::results;
pub use synthetic::{batch_and_stochastic, data};
pub use theory::{loss_and_gradient, prediction, update};
pub use worked::worked;

use crate::lab::experiment::Experiment;
use crate::lab::results::Done;
use emberlab_models::LOSS;
use emberlab_report::page::{table, verbatim};
use maud::{Markup, html};

/// A configuration without its comments.
fn configuration(experiment: Experiment) -> Markup {
    let lines = experiment.text.lines().filter_map(|line| {
        let line = line.split('#').next().unwrap_or("").trim_end();
        (!line.is_empty()).then_some(line)
    });
    html! {
        p.note { "The configuration; each line is explained in " code { (experiment.path().display()) } ":" }
        (verbatim(&lines.collect::<Vec<_>>().join("\n")))
    }
}

/// A table of steps with the shapes before and after them.
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

/// A figure of a run; empty if the run does not have it.
fn figure(done: &Done, name: &str) -> Markup {
    match done.figure(name) {
        Some(figure) => figure.html(),
        None => html! {},
    }
}

/// A link to the report of a run.
fn report_link(done: &Done) -> Markup {
    let name = done.experiment.name;
    html! { p.note { "The full report of this run: " a href={ "runs/" (name) "/report.html" } { (name) } "." } }
}

/// The mean loss of each epoch.
fn losses(done: &Done) -> Vec<f64> {
    let curve = emberlab_run::metrics_file::curve(&done.material.metrics, "train", LOSS.name);
    curve.into_iter().map(|point| point.1).collect()
}
