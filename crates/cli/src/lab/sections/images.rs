//! The experiments on images.

use super::{configuration, figure, losses, printed, report_link, shape, shapes};
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::formula::{display, inline};
use crate::lab::results::{Done, Lab};
use crate::lab::spread::{Spread, WIDTH};
use emberlab_report::curve_figure;
use emberlab_report::plots::Scale;
use maud::{Markup, html};

/// The linear classifier on CIFAR-10.
pub fn linear_images(lab: &Lab) -> Result<Markup, Error> {
    let title = "10. Images: a linear classifier";
    let Some(done) = lab.of(Experiment::LINEAR) else { return Ok(missing(title, "linear", lab)) };
    Ok(html! {
        h2 id="linear" { (title) }
        p {
            "CIFAR-10 has small photographs of ten kinds of things. To a linear classifier an image is a row of numbers: the three
             channels one after the other, each row after row, divided by 255. Some of the images are drawn without replacement."
        }
        (image_shapes(done))
        p {
            "Everything else is as before, but that the weights stand class by class, " (inline(r"Z = X W^{\mathsf T} + b")?)
            ", the bias begins at 0 and, in this run, the derivative is left to autodiff."
        }
        (configuration(done.experiment))
        (printed(&epoch_lines(done, |loss| format!("{loss:.4}"))))
        (outcome(done))
        (among_seeds(lab, done)?)
        p { "The weights of each class have the shape of an image: what the class looks like to the classifier, on average." }
        (figure(done, "weights"))
        (figure(done, "test-images"))
        (figure(done, "confusion-matrix"))
        (report_link(done))
    })
}

/// The multi-layer perceptron on CIFAR-10.
pub fn mlp_images(lab: &Lab) -> Result<Markup, Error> {
    let title = "11. Images: a multi-layer perceptron";
    let Some(done) = lab.of(Experiment::MLP_MANUAL) else { return Ok(missing(title, "mlp", lab)) };
    let data = &done.material.record.data;
    Ok(html! {
        h2 id="mlp" { (title) }
        p {
            "Between the image and the classes stands a hidden layer: a linear map, then the ReLU, which lets through what is
             positive. Without it two linear maps would be one."
        }
        (display(r"Z_1 = X W_1^{\mathsf T} + b_1, \qquad A_1 = \max(0, Z_1), \qquad Z_2 = A_1 W_2^{\mathsf T} + b_2, \qquad \hat Y = \operatorname{softmax}(Z_2)")?)
        p {
            "The derivative goes the way back. At the output it is the one from above; a linear map hands it to its weights
             through what it was given, and to what stands before it through its weights; the ReLU stops it where nothing went through:"
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
        p {
            "With weights this small and a learning rate of 0.01 a hundred updates are only the beginning: the loss has hardly left "
            (inline(r"\ln 10 = 2.3026")?) ". The configurations under " code { "configs/full/" } " go on from here."
        }
        (figure(done, "weights"))
        (figure(done, "test-images"))
        (figure(done, "histograms"))
        (report_link(done))
    })
}

/// What is said where there are no images.
fn missing(title: &str, id: &str, lab: &Lab) -> Markup {
    html! {
        h2 id=(id) { (title) }
        p { "Left out, for there are no images: " (lab.no_images.as_deref().unwrap_or("they were not found")) "." }
        p {
            "This downloads CIFAR-10 (163 MB) into " code { "data/" } ", checks it and unpacks it:"
        }
        (emberlab_report::page::verbatim("emberlab data fetch configs/lab/cifar10-linear.toml"))
        p {
            "A set that is elsewhere is named with " code { "emberlab lab --set data.directory=FOLDER" }
            ", the folder that holds " code { "cifar-10-batches-bin/" } "."
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
    let facts = &done.material.record;
    html! {
        p {
            (facts.updates) " updates in " (format!("{:.3}", facts.seconds.train)) " s. Test accuracy: " (done.test_accuracy()) "."
        }
    }
}

/// The published losses over those of many seeds.
fn among_seeds(lab: &Lab, done: &Done) -> Result<Markup, Error> {
    let name = done.experiment.name.trim_end_matches("-manual");
    let Some((_, spread)) = lab.spreads.iter().find(|(experiment, _)| experiment.name == name) else {
        return Ok(html! {});
    };
    let title = format!("{name}: the notebook's losses among {} seeds", spread.n_seeds);
    let caption = format!(
        "The notebook set no seed and printed these losses. Our runs differ only in the seed, which draws the images and the \
         weights; within {WIDTH} standard deviations lie about 19 of 20 of them."
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
        p { (verdict(spread)) }
        (figure.html())
    })
}

fn verdict(spread: &Spread) -> String {
    let n = spread.published.len();
    if n == 0 {
        return "No epoch of ours was printed by the notebook.".to_owned();
    }
    let within = spread.within();
    let counted = if within == n { format!("All {n}") } else { format!("{within} of {n}") };
    format!(
        "{counted} losses that the notebook printed lie within {WIDTH} standard deviations of the mean over our {} seeds; the \
         farthest is {:.2} deviations away.",
        spread.n_seeds,
        spread.largest_distance()
    )
}
