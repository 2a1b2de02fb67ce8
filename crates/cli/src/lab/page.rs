//! The lab's page: its sections in order.

use super::playground::PLAYGROUND;
use super::results::Lab;
use super::sections;
use crate::error::Error;
use emberlab_report::page::page as frame;
use emberlab_report::widgets;
use maud::html;

/// The sections: `id` and title.
const CONTENTS: [(&str, &str); 16] = [
    ("data", "Data"),
    ("prediction", "Prediction"),
    ("probabilities", "Probabilities"),
    ("loss", "Loss"),
    ("gradient", "Derivative"),
    ("update", "Update"),
    ("worked", "By hand"),
    ("softmax", "Three classes"),
    ("binary", "Two classes"),
    ("playground", "Playground"),
    ("linear", "Images, linear"),
    ("mlp", "Images, MLP"),
    ("learn", "Make it learn"),
    ("cnn", "Convolution"),
    ("gradients", "Gradients"),
    ("results", "Results"),
];

/// The whole page.
///
/// # Errors
///
/// [`Error::Report`] for a figure or a formula that cannot be drawn, [`Error::Training`] if the playground has no points.
pub fn page(lab: &Lab) -> Result<String, Error> {
    let body = html! {
        h1 { "Classifiers, step by step" }
        p.lead {
            "From a table of numbers to a classifier of images: make data, draw weights, predict, measure the loss, derive it, step
             downhill, and look at what was learned. Every number on this page was computed when the page was made."
        }
        @if !lab.overrides.is_empty() {
            p.note { "Set on the command line: " code { (lab.overrides.join(", ")) } "." }
        }
        nav aria-label="sections" {
            ul { @for (id, name) in CONTENTS.iter().filter(|(id, _)| lab.has_section(id)) { li { a href={ "#" (id) } { (name) } } } }
        }
        (sections::notebook(lab))
        (sections::data(lab))
        (sections::prediction(lab)?)
        (sections::loss_and_gradient()?)
        (sections::update()?)
        (sections::worked(lab)?)
        (sections::batch_and_stochastic(lab)?)
        (sections::playground()?)
        (sections::linear_images(lab)?)
        (sections::mlp_images(lab)?)
        (sections::make_it_learn(lab)?)
        (sections::convolution(lab)?)
        (sections::gradients(lab)?)
        (sections::results(lab))
    };
    let mut widgets = widgets(lab.done.iter().flat_map(|done| &done.figures));
    widgets.push(PLAYGROUND);
    Ok(frame("Classifiers, step by step · emberlab", body, &widgets))
}
