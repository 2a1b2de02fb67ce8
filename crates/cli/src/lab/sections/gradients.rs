//! The comparison of derivatives by hand with autodiff and finite differences.

use super::losses;
use crate::error::Error;
use crate::lab::experiment::Experiment;
use crate::lab::results::Lab;
use emberlab_report::formula::display;
use emberlab_report::page::table;
use emberlab_training::gradcheck::Report;
use maud::{Markup, html};

/// The section on gradients.
pub fn gradients(lab: &Lab) -> Result<Markup, Error> {
    let rows: Vec<Vec<String>> =
        lab.checks.iter().flat_map(|(experiment, report)| rows(*experiment, report)).collect();
    let passed = lab.checks.iter().all(|(_, report)| report.passed);
    let tolerances =
        lab.checks.first().map(|(_, report)| (report.autodiff_tolerance, report.difference_tolerance));
    Ok(html! {
        h2 id="gradients" { "15. Three ways to the same derivative" }
        p {
            "Every derivative that is written by hand was compared with the derivative by Burn's autodiff and with finite differences
             of the loss, in double precision, on samples of the experiment's own data:"
        }
        (display(r"\frac{\partial J}{\partial \theta_i} \approx \frac{J(\theta + h e_i) - J(\theta - h e_i)}{2h}")?)
        (table(&["parameter", "shape", "against autodiff", "against finite differences", "entries", "kinks", ""], &rows))
        @if let Some((autodiff, difference)) = tolerances {
            p {
                "The table shows the largest relative errors. The tolerances are " (format!("{autodiff:e}")) " and "
                (format!("{difference:e}")) ", or the bound of the rounding error where it is larger; entries that lie on a kink, where there is no derivative, are counted and left out; "
                @if passed { "all derivatives agree." } @else { span.wrong { "not all derivatives agree." } }
            }
        }
        (whole_runs(lab))
    })
}

fn rows(experiment: Experiment, report: &Report) -> Vec<Vec<String>> {
    let row = |parameter: &emberlab_training::gradcheck::ParameterReport| {
        vec![
            format!("{}, {}", experiment.name, parameter.name),
            super::shape(&parameter.shape),
            format!("{:.1e}", parameter.autodiff.max_error),
            format!("{:.1e}", parameter.difference.max_error),
            parameter.difference.entries.to_string(),
            parameter.kinks.to_string(),
            if parameter.passed { "✓" } else { "✗" }.to_owned(),
        ]
    };
    report.parameters.iter().map(row).collect()
}

/// The largest difference between the losses of whole runs by both rules.
fn whole_runs(lab: &Lab) -> Markup {
    let pairs = [
        ("the linear classifier", Experiment::LINEAR, Experiment::LINEAR_MANUAL),
        ("the multi-layer perceptron", Experiment::MLP, Experiment::MLP_MANUAL),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, autodiff, by_hand)| {
        let updates = lab.of(by_hand)?.material.record.updates;
        let (autodiff, by_hand) = (losses(lab.of(autodiff)?), losses(lab.of(by_hand)?));
        let differences = autodiff.iter().zip(&by_hand).map(|(left, right)| (left - right).abs());
        Some((name, updates, differences.fold(0.0, f64::max)))
    });
    html! {
        @for (name, updates, difference) in pairs {
            p {
                "Over the " (updates) " updates of " (name) " on images, in single precision, the losses by hand and by autodiff differ by at most "
                (format!("{difference:.1e}")) "."
            }
        }
        p {
            "On a CPU, both compute most layers by the same kernels in single precision. The table above is of double precision, in "
            "which autodiff derives every layer from Burn's operations."
        }
    }
}
