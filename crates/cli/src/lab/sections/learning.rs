//! After the notebook: the same images, and networks that learn more of them.

use super::conclusion::{conclusion, test_accuracy};
use super::{configuration, figure, losses, report_link};
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::results::{Done, Lab};
use emberlab_models::MetricName;
use emberlab_report::page::table;
use emberlab_report::percent;
use maud::{Markup, html};

/// The multi-layer perceptron with other weights, inputs and steps.
pub fn make_it_learn(lab: &Lab) -> Result<Markup, Error> {
    let (Some(before), Some(after)) = (lab.of(Experiment::MLP_MANUAL), lab.of(Experiment::MLP_TUNED)) else {
        return Ok(html! {});
    };
    Ok(html! {
        h2 id="learn" { "13. Make it learn" }
        p {
            "The network of the last section ends near the loss of equal probabilities. Three things keep it there. Its weights
             are so small that the hidden units pass on next to nothing, and little gradient comes back. Its inputs lie between
             0 and 1, all of one sign. And it makes one step for each pass over the images. The same 64 units learn with weights as
             wide as ReLU needs (K. He et al., 2015), inputs of mean 0 and standard deviation 1, and a step for every 50 images that
             keeps most of the last one:"
        }
        (configuration(after.experiment))
        (comparison(&[before, after]))
        p { (conclusion(before, after)) }
        (figure(after, "loss"))
        @if let Some(sentence) = by_heart(after) { p { (sentence) } }
        (report_link(after))
    })
}

/// A convolutional network, with augmented images.
pub fn convolution(lab: &Lab) -> Result<Markup, Error> {
    let (Some(before), Some(after)) = (lab.of(Experiment::MLP_TUNED), lab.of(Experiment::CNN_AUGMENTED))
    else {
        return Ok(html! {});
    };
    Ok(html! {
        h2 id="cnn" { "14. What could change for images" }
        p {
            "The notebook asks this, and goes on with rows of numbers: a multi-layer perceptron does not know which pixels are
             neighbours, and must learn the same edge anew in every corner. A convolution learns a small filter and looks for it
             everywhere; pooling keeps the strongest answer of each neighbourhood. And an image that is mirrored or moved by a pixel
             shows the same thing, so that each epoch may see other images of the same 1,000."
        }
        (configuration(after.experiment))
        (comparison(&[before, after]))
        p { (conclusion(before, after)) }
        @if let Some(sentence) = only_one_is_right(before, after) { p { (sentence) } }
        (figure(after, "loss"))
        p { "The filters of the first layer, each of 3 × 3 pixels in three colours:" }
        (figure(after, "weights"))
        (figure(after, "feature-maps"))
        (figure(after, "test-images"))
        (report_link(after))
    })
}

/// A sentence about a network whose test loss is far above its training loss.
fn by_heart(done: &Done) -> Option<String> {
    let (train, test) = (*losses(done).last()?, done.material.record.metrics.test.as_ref()?.loss);
    (f64::from(test) > 2.0 * train).then(|| {
        format!(
            "The training loss ends at {train:.4} and the test loss at {test:.4}: the network knows its training images by heart, \
             and not what a ship looks like. More images help, and so do the changes of the next section."
        )
    })
}

/// What changed between experiments, and what came of it.
fn comparison(experiments: &[&Done]) -> Markup {
    let row = |name: &str, value: &dyn Fn(&Done) -> String| {
        std::iter::once(name.to_owned()).chain(experiments.iter().map(|done| value(done))).collect::<Vec<_>>()
    };
    let loss = |loss: Option<&f64>| loss.map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}"));
    let accuracy = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
    let rows = [
        row("updates", &|done| done.material.record.updates.to_string()),
        row("parameters", &|done| done.material.record.n_parameters.to_string()),
        row("training loss, first epoch", &|done| loss(losses(done).first())),
        row("training loss, last epoch", &|done| loss(losses(done).last())),
        row("training accuracy", &|done| accuracy(train_accuracy(done))),
        row("test accuracy", &|done| accuracy(test_accuracy(done))),
    ];
    let names: Vec<&str> = experiments.iter().map(|done| done.experiment.name).collect();
    table(&[&[""], &names[..]].concat(), &rows)
}

fn train_accuracy(done: &Done) -> Option<f64> {
    done.material.record.metrics.train.as_ref()?.get(MetricName::Accuracy.name())
}

/// The test images that only one of two networks is right on, in a sentence; `None` if they saw other images.
fn only_one_is_right(before: &Done, after: &Done) -> Option<String> {
    let [one, other] = [before, after].map(|done| done.material.test_predictions());
    let (one, other) = (one?, other?);
    if one.rows != other.rows {
        return None;
    }
    let right = |done: &emberlab_run::predictions_file::Predictions, sample: usize| {
        done.predictions[sample] == done.labels[sample] as usize
    };
    let count = |first: &_, second: &_| {
        (0..one.len()).filter(|&sample| right(first, sample) && !right(second, sample)).count()
    };
    Some(format!(
        "{} is right on {} of the images that {} gets wrong, and wrong on {} that it gets right.",
        after.experiment.name,
        count(other, one),
        before.experiment.name,
        count(one, other)
    ))
}
