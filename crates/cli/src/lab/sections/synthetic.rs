//! The experiments on synthetic data.

use super::conclusion::conclusion;
use super::notebook::published_curve;
use super::{configuration, figure, losses, printed, report_link, shape};
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::results::{Done, Lab};
use emberlab_models::LOSS;
use emberlab_report::page::table;
use maud::{Markup, html};

/// Updates between two printed lines, as in the notebook.
const PRINT_EVERY: usize = 200;
/// Epochs between two printed lines of the stochastic runs.
const PRINT_PASSES: usize = 10;

/// The section on the synthetic data.
pub fn data(lab: &Lab) -> Markup {
    let softmax = lab.of(Experiment::SOFTMAX);
    let binary = lab.of(Experiment::BINARY);
    html! {
        h2 id="data" { "1. Data" }
        p {
            "scikit-learn's " code { "make_classification" } " places the classes at corners of a cube and scatters samples around
             them; " code { "train_test_split" } " sets a fifth of them aside. Here a generator that gives the same numbers as NumPy's
             draws both, so that the samples are equal to scikit-learn's to the last digits."
        }
        @for done in [softmax, binary].into_iter().flatten() {
            @let data = &done.material.record.data;
            p {
                (done.experiment.name) ": features " (shape(&[data.n_train, data.n_features])) " to train on and "
                (shape(&[data.n_test, data.n_features])) " to test, " (data.class_names.len()) " classes."
            }
            (figure(done, "scatter"))
        }
    }
}

/// Compares batch with stochastic gradient descent.
pub fn batch_and_stochastic(lab: &Lab) -> Result<Markup, Error> {
    let pairs = [
        ("8. Training: three classes", "softmax", Experiment::SOFTMAX, Experiment::SOFTMAX_SGD),
        ("9. Training: two classes", "binary", Experiment::BINARY, Experiment::BINARY_SGD),
    ];
    Ok(html! {
        @for (title, id, batch, stochastic) in pairs {
            @if let (Some(batch), Some(stochastic)) = (lab.of(batch), lab.of(stochastic)) {
                h2 id=(id) { (title) }
                (configuration(batch.experiment))
                h3 { "Batch gradient descent" }
                (printed(&batch_lines(batch)))
                (published_curve(batch)?)
                p { (time(batch)) " Test accuracy: " (batch.test_accuracy()) "." }
                (figure(batch, "loss"))
                (figure(batch, "regions"))
                (figure(batch, "confusion-matrix"))
                (report_link(batch))
                h3 { "Stochastic gradient descent" }
                p { "The same with an update for each batch of " (batch_size(stochastic)) ". The lines show the mean loss of a pass; each batch is scored before its own update." }
                (printed(&stochastic_lines(stochastic)))
                p { (time(stochastic)) " Test accuracy: " (stochastic.test_accuracy()) "." }
                (figure(stochastic, "loss"))
                (report_link(stochastic))
                h3 { "Batch against stochastic" }
                (comparison(batch, stochastic))
                p { (faster(batch, stochastic)) " " (conclusion(batch, stochastic)) }
            }
        }
    })
}

fn batch_lines(done: &Done) -> Vec<String> {
    let rows = done.material.metrics.iter().filter(|row| &*row.split == "train" && &*row.metric == LOSS.name);
    let losses: Vec<f64> = rows.map(|row| row.value).collect();
    let n = losses.len();
    let lines = losses.iter().enumerate().step_by(PRINT_EVERY);
    lines.map(|(update, loss)| format!("Iteration {update}/{n}, Loss: {loss:.4}")).collect()
}

fn stochastic_lines(done: &Done) -> Vec<String> {
    let losses = losses(done);
    let n = losses.len();
    let lines = losses.iter().enumerate().step_by(PRINT_PASSES);
    lines.map(|(pass, loss)| format!("Iteration {pass}/{n}, Loss: {loss:.4}")).collect()
}

/// The number of samples in a batch, as `1 sample`.
fn batch_size(done: &Done) -> String {
    let n_train = done.material.record.data.n_train;
    match done.material.config.training.plan.samples(1, n_train) {
        1 => "1 sample".to_owned(),
        n => format!("{n} samples"),
    }
}

fn time(done: &Done) -> String {
    format!("Time taken: {:.4} s.", done.material.record.seconds.train)
}

/// Which of two runs has the smaller training loss, and at what cost, in a sentence.
fn faster(batch: &Done, stochastic: &Done) -> String {
    let [one, other] = [batch, stochastic].map(|done| losses(done).last().copied().unwrap_or(f64::NAN));
    let [updates, more] = [batch, stochastic].map(|done| done.material.record.updates);
    let better = if other < one { "stochastic" } else { "batch" };
    format!(
        "The training loss ends at {one:.4} after {updates} batch updates and at {other:.4} after {more} stochastic ones: {better} \
         gradient descent comes further. A batch update is exact and costs a pass over all samples; a stochastic one is noisy and \
         costs one sample."
    )
}

fn comparison(batch: &Done, stochastic: &Done) -> Markup {
    let row = |name: &str, done: &Done| {
        let record = &done.material.record;
        let (plan, n_train) = (done.material.config.training.plan, record.data.n_train);
        let samples = plan.samples(plan.iterations(n_train), n_train) * losses(done).len();
        let test = record.metrics.test.as_ref().map_or("–".to_owned(), |test| format!("{:.4}", test.loss));
        vec![
            name.to_owned(),
            record.updates.to_string(),
            samples.to_string(),
            format!("{:.3}", record.seconds.train),
            format!("{:.1}", 1e6 * record.seconds.train / record.updates.max(1) as f64),
            test,
            done.test_accuracy(),
        ]
    };
    let header = ["", "updates", "samples seen", "seconds", "µs an update", "test loss", "test accuracy"];
    table(&header, &[row("batch", batch), row("stochastic", stochastic)])
}
