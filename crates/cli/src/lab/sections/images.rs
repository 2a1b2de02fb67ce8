//! The experiments on images.

use super::{configuration, figure, losses, printed, report_link, shape, shapes};
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::results::{Done, Lab};
use crate::lab::spread::Spread;
use emberlab_data::PublishedSet;
use emberlab_data::cifar10::CLASS_NAMES;
use emberlab_report::formula::{display, inline};
use emberlab_report::plots::Scale;
use emberlab_report::{SEED_BAND_WIDTH as WIDTH, curve_figure};
use maud::{Markup, html};

/// The linear classifier on CIFAR-10.
pub fn linear_images(lab: &Lab) -> Result<Markup, Error> {
    let title = "11. Images: a linear classifier";
    let Some(done) = lab.of(Experiment::LINEAR) else { return Ok(missing(title, "linear", lab)) };
    Ok(html! {
        h2 id="linear" { (title) }
        p {
            "CIFAR-10 holds small photographs of ten classes. A linear classifier sees an image as a row of numbers: the three
             channels one after the other, each row by row, divided by 255. A part of the images is drawn without replacement."
        }
        (other_images(done))
        (image_shapes(done))
        p {
            "There are three differences: the weights have a row for each class, " (inline(r"Z = X W^{\mathsf T} + b")?)
            "; the bias starts at 0; and in this run autodiff computes the derivative."
        }
        (configuration(done.experiment))
        (printed(&epoch_lines(done, |loss| format!("{loss:.4}"))))
        (outcome(done))
        (among_seeds(lab, done)?)
        p {
            "The weights of each class have the shape of an image. They show which pixels speak for the class. After so few steps
             the random numbers that they began with hide what was learned; their change shows it."
        }
        (figure(done, "weights"))
        (figure(done, "weights-change"))
        (figure(done, "test-images"))
        (figure(done, "confusion-matrix"))
        (report_link(done))
    })
}

/// The multi-layer perceptron on CIFAR-10.
pub fn mlp_images(lab: &Lab) -> Result<Markup, Error> {
    let title = "12. Images: a multi-layer perceptron";
    let Some(done) = lab.of(Experiment::MLP_MANUAL) else { return Ok(missing(title, "mlp", lab)) };
    let data = &done.material.record.data;
    Ok(html! {
        h2 id="mlp" { (title) }
        p {
            "A hidden layer lies between the image and the classes: a linear map, then the ReLU, which keeps positive values and
             sets all others to 0. Without the ReLU the two linear maps would be equal to a single one."
        }
        (display(r"Z_1 = X W_1^{\mathsf T} + b_1, \qquad A_1 = \max(0, Z_1), \qquad Z_2 = A_1 W_2^{\mathsf T} + b_2, \qquad \hat Y = \operatorname{softmax}(Z_2)")?)
        p {
            "The derivative is computed from the output back to the input. At the output it is the derivative of section 5. The
             gradient of a linear map's weights is its product with the input of the map; its product with the weights is the
             derivative by that input. The ReLU sets the derivative to 0 where its input was not positive:"
        }
        (display(r"\begin{aligned} dZ_2 &= \tfrac1m (\hat Y - Y) & dW_2 &= dZ_2^{\mathsf T} A_1 & db_2 &= \textstyle\sum_i (dZ_2)_i \\ dA_1 &= dZ_2\, W_2 & dZ_1 &= dA_1 \odot [Z_1 > 0] \\ & & dW_1 &= dZ_1^{\mathsf T} X & db_1 &= \textstyle\sum_i (dZ_1)_i \end{aligned}")?)
        (shapes(&[
            ("the hidden layer", shape(&[data.n_train, data.n_features]), hidden_shape(done)),
            ("the output", hidden_shape(done), shape(&[data.n_train, data.class_names.len()])),
        ]))
        (configuration(done.experiment))
        (printed(&epoch_lines(done, |loss| loss.to_string())))
        (outcome(done))
        (among_seeds(lab, done)?)
        (start_and_end(done)?)
        (figure(done, "weights-change"))
        (figure(done, "test-images"))
        (figure(done, "histograms"))
        (report_link(done))
    })
}

/// How far the updates took the loss from that of equal probabilities.
fn start_and_end(done: &Done) -> Result<Markup, Error> {
    let losses = losses(done);
    let (Some(first), Some(last)) = (losses.first(), losses.last()) else { return Ok(html! {}) };
    let record = &done.material.record;
    let n_classes = record.data.class_names.len();
    let of_equal = format!(r"\ln {n_classes} = {:.4}", (n_classes as f64).ln());
    Ok(html! {
        p {
            "Small weights begin near the loss of equal probabilities, " (inline(&of_equal)?) ". Here " (record.updates)
            " updates with a learning rate of " (done.material.config.training.optimizer.learning_rate) " took it from "
            (format!("{first:.4}")) " to " (format!("{last:.4}")) ". The configurations under " code { "configs/full/" }
            " train longer."
        }
    })
}

/// The section if images are missing.
fn missing(title: &str, id: &str, lab: &Lab) -> Markup {
    html! {
        h2 id=(id) { (title) }
        p { "Left out, because images are missing: " (lab.no_images.as_deref().unwrap_or("they were not found")) "." }
        p {
            "This downloads CIFAR-10 (" (PublishedSet::Cifar10.files().iter().map(|file| file.size).sum::<u64>() / 1_000_000) " MB) into " code { "data/" } ", checks it and unpacks it:"
        }
        (emberlab_report::page::verbatim("emberlab data fetch configs/lab/cifar10-linear.toml"))
        p {
            "To use a copy in another folder, set it with " code { "emberlab lab --set data.directory=FOLDER" }
            ", the folder that holds " code { "cifar-10-batches-bin/" } "."
        }
    }
}

/// A note on images with other classes than CIFAR-10's.
fn other_images(done: &Done) -> Markup {
    let names = &done.material.record.data.class_names;
    if names.iter().eq(CLASS_NAMES) {
        return html! {};
    }
    html! {
        p {
            strong { "These images are not CIFAR-10." } " Their classes are " (names.join(", ")) ". The losses that the notebook
             printed are those of CIFAR-10, and do not belong to these images."
        }
    }
}

fn image_shapes(done: &Done) -> Markup {
    let data = &done.material.record.data;
    let image = done.material.config.data.source.image();
    let [channels, height, width] = image.map_or([0; 3], |image| [image.channels, image.height, image.width]);
    let flattened = |n: usize| (shape(&[n, channels, height, width]), shape(&[n, data.n_features]));
    let (train, test) = (flattened(data.n_train), flattened(data.n_test));
    shapes(&[("flatten, training part", train.0, train.1), ("flatten, test part", test.0, test.1)])
}

/// The shape of the hidden layer's output.
fn hidden_shape(done: &Done) -> String {
    let hidden = done
        .material
        .network
        .as_ref()
        .and_then(|network| network.tensors().into_iter().find(|tensor| tensor.name == "layers.0.bias"));
    shape(&[done.material.record.data.n_train, hidden.map_or(0, |bias| bias.values.len())])
}

fn epoch_lines(done: &Done, number: impl Fn(f64) -> String) -> Vec<String> {
    let losses = losses(done);
    (1..).zip(losses).map(|(epoch, loss)| format!("Epoch {epoch}, Loss: {}", number(loss))).collect()
}

fn outcome(done: &Done) -> Markup {
    let record = &done.material.record;
    html! {
        p {
            (record.updates) " updates in " (format!("{:.3}", record.seconds.train)) " s. Test accuracy: " (done.test_accuracy()) "."
        }
    }
}

/// Compares the published losses with those of many seeds.
fn among_seeds(lab: &Lab, done: &Done) -> Result<Markup, Error> {
    let name = done.experiment.name.trim_end_matches("-manual");
    let Some((_, spread)) = lab.spreads.iter().find(|(experiment, _)| experiment.name == name) else {
        return Ok(html! {});
    };
    let title = format!("{name}: the notebook's losses among {} seeds", spread.seeds.n_seeds);
    let caption = format!(
        "The notebook set no seed and printed these losses. Our runs differ only in the seed, which draws the images and the \
         weights; about 19 of 20 of them lie within {WIDTH} standard deviations of the mean."
    );
    let curves = spread.curves();
    let figure = curve_figure(
        &format!("{name}-seeds"),
        &title,
        &caption,
        "loss (cross-entropy)",
        &curves,
        &[Scale::Linear],
    )?;
    Ok(html! {
        h3 { "The notebook's own losses" }
        p { (published_among_seeds(spread)) }
        (figure.html())
    })
}

fn published_among_seeds(spread: &Spread) -> String {
    let n = spread.published.len();
    if n == 0 {
        return "The notebook printed no loss for these epochs.".to_owned();
    }
    let within = spread.within();
    let counted = if within == n { format!("All {n}") } else { format!("{within} of {n}") };
    format!(
        "{counted} losses that the notebook printed lie within {WIDTH} standard deviations of the mean over our {} seeds; the \
         farthest is {:.2} standard deviations away.",
        spread.seeds.n_seeds,
        spread.largest_distance()
    )
}
