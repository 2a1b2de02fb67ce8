//! The notebook beside the page: where each of its cells is, and its published losses.

use super::losses;
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::formula::inline;
use crate::lab::results::{Done, Lab};
use maud::{Markup, html};

/// Cells of the notebook, what they do, and the section of the page that does it.
const CELLS: [(&str, &str, &str); 13] = [
    ("10, 11", "make_classification, the split, the scatter plot", "data"),
    ("2 to 4", "a column of ones, weights, the product", "prediction"),
    ("5", "sigmoid and softmax", "probabilities"),
    ("6", "binary and categorical cross-entropy", "loss"),
    ("7", "the gradient and a step of batch gradient descent", "gradient"),
    ("8", "a step of stochastic gradient descent, one sample by hand", "worked"),
    ("9, 12 to 14", "training on synthetic data, the loss curve, the accuracy", "softmax"),
    ("10, binary", "the same with two classes", "binary"),
    ("27 to 30", "CIFAR-10: some images, flattened", "linear"),
    ("33, 34", "a linear classifier of images, trained with autodiff", "linear"),
    ("35, 39", "a multi-layer perceptron with its backward pass by hand", "mlp"),
    ("–", "not in the notebook: a network that learns", "learn"),
    ("15, heading", "“For Image what could be possible changes??”: a convolution, augmented images", "cnn"),
];

/// The first loss that the notebook printed for three classes.
const PUBLISHED_FIRST_LOSS: f64 = 1.3763;

/// A table of the notebook's cells with links to the sections.
pub fn notebook(lab: &Lab) -> Markup {
    let shown = CELLS.iter().filter(|(_, _, id)| lab.has_images() || !["learn", "cnn"].contains(id));
    html! {
        h2 id="notebook" { "Where the notebook's cells are" }
        div class="table" tabindex="0" role="region" aria-label="cells of the notebook" {
            table {
                thead { tr { th scope="col" { "cell" } th scope="col" { "what it does" } th scope="col" { "here" } } }
                tbody {
                    @for (cell, what, id) in shown {
                        tr { th scope="row" { (cell) } td { (what) } td { a href={ "#" (id) } { (id) } } }
                    }
                }
            }
        }
    }
}

/// Why the notebook's published curve for three classes cannot come from its printed code.
pub fn published_curve(done: &Done) -> Result<Markup, Error> {
    let (Some(first), true) = (losses(done).first().copied(), done.experiment == Experiment::SOFTMAX) else {
        return Ok(html! {});
    };
    let first_update = done.material.metrics.first().map_or(first, |row| row.value);
    Ok(html! {
        p.note {
            "The notebook prints " (PUBLISHED_FIRST_LOSS) " as its first loss, and this run begins at " (format!("{first_update:.4}"))
            ". With weights of 0.01 every class has nearly the same probability, so that three classes begin near "
            (inline(r"\ln 3 = 1.0986")?) "; " (PUBLISHED_FIRST_LOSS) " is near " (inline(r"\ln 4 = 1.3863")?)
            ". The published curve does not come from the printed code: it takes four classes, or larger weights. It cannot be drawn
             again anyhow, for the code sets no seed."
        }
    })
}
