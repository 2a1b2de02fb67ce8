//! One update by one sample, number by number.

use crate::error::Error;
use crate::lab::results::Lab;
use emberlab_models::Output;
use emberlab_report::formula::{display, inline, matrix};
use emberlab_training::WorkedExample;
use maud::{Markup, html};

/// Decimals that are shown; f32 holds about that many here.
const DIGITS: usize = 6;

/// The first update of the stochastic runs, number by number.
pub fn worked(lab: &Lab) -> Result<Markup, Error> {
    let mut examples = Vec::new();
    for example in &lab.worked {
        examples.push(show(example)?);
    }
    Ok(html! {
        h2 id="worked" { "7. One update by hand" }
        p {
            "The first update of the two stochastic runs below, computed by this program as the runs compute it: the first
             training sample, the weights drawn from the seed, and the weights after the update."
        }
        @for example in examples { (example) }
    })
}

fn show(example: &WorkedExample) -> Result<Markup, Error> {
    let row = |values: &[f64]| matrix(&[values.to_vec()], DIGITS);
    let whole = |values: &[Vec<f64>]| matrix(values, DIGITS);
    let difference: Vec<f64> = example.p.iter().zip(&example.y).map(|(p, y)| p - y).collect();
    let label = example.label;
    let (title, activation, loss) = match example.output {
        Output::Softmax => (
            format!("Three classes, softmax: a sample of class {label}"),
            r"\hat y = \operatorname{softmax}(z)",
            format!(
                r"J = -\ln \hat y_{{{label}}} = -\ln {:.DIGITS$} = {:.DIGITS$}",
                example.p[label], example.loss
            ),
        ),
        Output::Sigmoid => (
            format!("Two classes, sigmoid: a sample of class {label}"),
            r"\hat y = \sigma(z)",
            match label {
                1 => format!(r"J = -\ln \hat y = -\ln {:.DIGITS$} = {:.DIGITS$}", example.p[0], example.loss),
                _ => format!(
                    r"J = -\ln (1 - \hat y) = -\ln {:.DIGITS$} = {:.DIGITS$}",
                    1.0 - example.p[0],
                    example.loss
                ),
            },
        ),
    };
    let one_hot = matrix(std::slice::from_ref(&example.y), 0);
    Ok(html! {
        section.worked {
            h3 { (title) }
            p { "The sample, with a leading 1 for the bias, and the weights:" }
            (display(&format!(r"x = {}, \qquad \theta = {}", row(&example.x), whole(&example.theta)))?)
            p { "The scores, and the probabilities computed from them:" }
            (display(&format!(r"z = x\theta = {}, \qquad {activation} = {}", row(&example.z), row(&example.p)))?)
            p { "The loss, which is the first one of the run in " code { "metrics.csv" } ":" }
            (display(&loss)?)
            p { "The derivative with " (inline(&format!("y = {one_hot}"))?) ":" }
            (display(&format!(r"\hat y - y = {}", row(&difference)))?)
            (display(&format!(r"\frac{{\partial J}}{{\partial \theta}} = x^{{\mathsf T}} (\hat y - y) = {}", whole(&example.gradient)))?)
            p { "One step of " (inline(&format!(r"\alpha = {}", example.learning_rate))?) ":" }
            (display(&format!(r"\theta \leftarrow \theta - \alpha \frac{{\partial J}}{{\partial \theta}} = {}", whole(&example.updated)))?)
        }
    })
}
