//! The notebook beside the page: where each of its cells is, and its published losses.

use super::losses;
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::results::{Done, Lab};
use emberlab_report::formula::inline;
use maud::{Markup, html};

/// Cells of the notebook, what they do, and the section of the page that does it.
const CELLS: [(&str, &str, &str); 14] = [
    ("cells 10 and 11", "make_classification, the split, the scatter plot", "data"),
    ("cells 2 to 4", "a column of ones, weights, the product", "prediction"),
    ("cell 5", "sigmoid and softmax", "probabilities"),
    ("cell 6", "binary and categorical cross-entropy", "loss"),
    ("cell 7", "the gradient and a step of batch gradient descent", "gradient"),
    ("cell 8", "a step of stochastic gradient descent, one sample by hand", "worked"),
    ("cells 9 and 12 to 14", "training on synthetic data, the loss curve, the accuracy", "softmax"),
    ("cell 10, the other branch", "the same with two classes", "binary"),
    ("not in the notebook", "a classifier to play with", "playground"),
    ("cells 27 to 30", "CIFAR-10: some images, flattened", "linear"),
    ("cells 33 and 34", "a linear classifier of images, trained with autodiff", "linear"),
    ("cells 35 and 39", "a multi-layer perceptron with its backward pass by hand", "mlp"),
    ("not in the notebook", "a network that learns", "learn"),
    (
        "the heading of cell 15",
        "“For Image what could be possible changes??”: a convolution and augmented images",
        "cnn",
    ),
];

/// The first loss that the notebook printed for three classes.
const PUBLISHED_FIRST_LOSS: f64 = 1.3763;

/// The notebook's cells with links to the sections.
pub fn notebook(lab: &Lab) -> Markup {
    let shown = CELLS.iter().filter(|(_, _, id)| lab.has_section(id));
    html! {
        h2 id="notebook" { "Where the notebook's cells are" }
        ul {
            @for (cells, what, id) in shown {
                li { a href={ "#" (id) } { (what) } " (" (cells) ")" }
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
