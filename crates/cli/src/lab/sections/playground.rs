//! The playground: settings, buttons and two pictures.

use crate::error::Error;
use crate::lab::playground::{BATCH_SIZES, MAX_HIDDEN, N_SAMPLES, draws};
use emberlab_report::page::json_script;
use maud::{Markup, html};

/// A setting that is moved on a scale.
struct Slider {
    /// The name of its input.
    name: &'static str,
    /// Its label.
    label: &'static str,
    min: f64,
    max: f64,
    step: f64,
    value: f64,
}

/// The learning rate as a power of ten, and the batch size by its place in the list.
const SLIDERS: [Slider; 4] = [
    Slider { name: "learning-rate", label: "learning rate", min: -3.0, max: 0.5, step: 0.1, value: -0.5 },
    Slider {
        name: "batch-size",
        label: "batch size",
        min: 0.0,
        max: (BATCH_SIZES.len() - 1) as f64,
        step: 1.0,
        value: 5.0,
    },
    Slider { name: "hidden", label: "hidden units", min: 1.0, max: MAX_HIDDEN as f64, step: 1.0, value: 8.0 },
    Slider { name: "noise", label: "noise", min: 0.0, max: 1.0, step: 0.05, value: 0.0 },
];

/// The section with the playground.
///
/// # Errors
///
/// [`Error::Training`] if its points cannot be made.
pub fn playground() -> Result<Markup, Error> {
    Ok(html! {
        h2 id="playground" { "10. Playground" }
        p {
            (N_SAMPLES) " points of two features and two classes. This page trains on them itself, with the update of section 6, from
             the weights that " code { "emberlab train" } " draws. The colour of the plane is the predicted class, the stronger the
             more probable; on the line between the colours both classes are equally probable. The line of a linear classifier is
             straight, and a hidden layer bends it. A changed setting starts the training again and makes as many updates as before."
        }
        noscript { p.note { "The playground needs JavaScript." } }
        div class="playground" {
            (controls())
            div class="plots" {
                (plot("plane", "The points, and the predicted class of every place of the plane.",
                    "Discs are points of class 0, triangles points of class 1; noise moves each of them at random."))
                (plot("losses", "The loss of each update.",
                    "The mean loss of each batch before its update. The strong line is the mean over the last pass."))
            }
            (same_run())
            (json_script(&draws()?))
        }
    })
}

fn controls() -> Markup {
    html! {
        div class="controls" role="group" aria-label="settings" {
            fieldset {
                legend { "model" }
                label class="choice" { input type="radio" name="model" value="linear"; "linear" }
                label class="choice" { input type="radio" name="model" value="mlp" checked; "hidden layer, ReLU" }
            }
            @for slider in &SLIDERS { (setting(slider)) }
        }
        div class="buttons" {
            button class="first" type="button" data-part="run" { "Run" }
            button type="button" data-part="step" { "One update" }
            button type="button" data-part="reset" { "Start again" }
        }
        p class="numbers" data-part="numbers" role="status" aria-live="polite" {}
    }
}

fn setting(slider: &Slider) -> Markup {
    let Slider { name, label, min, max, step, value } = slider;
    html! {
        label class="setting" {
            span { (label) }
            output data-part={ (name) "-value" } aria-hidden="true" {}
            input type="range" name=(name) aria-label=(label) min=(min) max=(max) step=(step) value=(value) autocomplete="off";
        }
    }
}

fn plot(part: &str, label: &str, caption: &str) -> Markup {
    html! {
        figure class="chart" {
            div class="picture" { canvas data-part=(part) role="img" aria-label=(label) {} }
            figcaption { (caption) }
        }
    }
}

/// The files that train the same with the program.
fn same_run() -> Markup {
    html! {
        details {
            summary { "The same with the program" }
            p {
                "Save " a href="data:," download="points.csv" { "points.csv" } " and "
                a href="data:," download="playground.toml" { "playground.toml" } " in one folder and run "
                code { "emberlab train playground.toml" } " there. The losses of its updates in "
                code { "metrics.csv" } " are those of the curve (" a href="data:," download="losses.csv" { "losses.csv" }
                "), up to rounding: the program computes in single precision, the page in double precision. Up to a learning rate of 0.32 and
                 from a batch size of 8 on, the first 100 losses differ by less than 10⁻⁶; larger steps amplify the rounding."
            }
            pre tabindex="0" { code data-part="configuration" {} }
        }
    }
}
