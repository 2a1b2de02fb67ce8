//! `emberlab gradcheck`.

use super::config_args::ConfigArgs;
use crate::error::Error;
use crate::output::ProgressBars;
use crate::output::print;
use clap::Args;
use emberlab_training::gradcheck::{Comparison, GradcheckOptions, ParameterReport, Report, gradcheck};

#[derive(Args, Debug)]
pub struct GradcheckArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Number of samples, taken from the start of the training part
    #[arg(long, default_value_t = GradcheckOptions::default().samples, value_parser = super::config_args::at_least_one)]
    samples: usize,
    /// Number of entries of each parameter to compare with finite differences
    #[arg(long, default_value_t = GradcheckOptions::default().entries, value_parser = super::config_args::at_least_one)]
    entries: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &GradcheckArgs) -> Result<(), Error> {
    let config = arguments.config.load()?;
    let defaults = GradcheckOptions::default();
    let options = GradcheckOptions {
        samples: arguments.samples,
        entries: arguments.entries,
        warn: print::warning,
        ..defaults
    };
    let report = gradcheck(&config, &options, &ProgressBars::new())?;
    if arguments.json {
        print::json(&report)?
    } else {
        print::text(&table(&report))?
    }
    let failed = report.failed();
    if failed.is_empty() { Ok(()) } else { Err(Error::Gradcheck(failed)) }
}

fn table(report: &Report) -> String {
    let name_width = report.parameters.iter().map(|parameter| parameter.name.len()).max().unwrap_or(0).max(9);
    let mut text = format!(
        "relative errors in f64 on {} samples; allowed are {:e} to autodiff and {:e} to finite differences\n\n",
        report.samples, report.autodiff_tolerance, report.difference_tolerance
    );
    text += &format!(
        "{:name_width$}  {:>16}  {:>9} {:>9}  {:>9} {:>9}  {:>7} {:>5}\n{:name_width$}  {:>16}  {:>9} {:>9}  {:>9} {:>9}  {:>7} {:>5}\n",
        "parameter",
        "shape",
        "autodiff",
        "",
        "finite",
        "",
        "entries",
        "kinks",
        "",
        "",
        "max",
        "mean",
        "max",
        "mean",
        "",
        ""
    );
    for parameter in &report.parameters {
        text += &row(parameter, name_width);
    }
    let worst = |of: fn(&ParameterReport) -> &Comparison| {
        report.parameters.iter().max_by(|left, right| of(left).max_error.total_cmp(&of(right).max_error))
    };
    text += "\n";
    text += &kinks(report);
    if let Some(parameter) = worst(|parameter| &parameter.autodiff) {
        text += &worst_entry("autodiff", parameter, &parameter.autodiff);
    }
    if let Some(parameter) = worst(|parameter| &parameter.difference) {
        text += &worst_entry("finite", parameter, &parameter.difference);
    }
    let device = |of: fn(&ParameterReport) -> f64| {
        report
            .parameters
            .iter()
            .map(of)
            .fold(0.0, |most: f64, error| if most.is_nan() || error <= most { most } else { error })
    };
    text += &format!(
        "on the backend {}, in its own precision: by hand {:.1e}, by autodiff {:.1e} of the largest entry; allowed is {:e}\n",
        report.backend,
        device(|parameter| parameter.device_manual_error),
        device(|parameter| parameter.device_autodiff_error),
        report.device_tolerance
    );
    text + if report.passed { "\npassed\n" } else { "\nfailed\n" }
}

fn row(parameter: &ParameterReport, name_width: usize) -> String {
    let shape: Vec<String> = parameter.shape.iter().map(ToString::to_string).collect();
    let ParameterReport { name, autodiff, difference, kinks, passed, .. } = parameter;
    format!(
        "{name:name_width$}  {:>16}  {:>9.1e} {:>9.1e}  {:>9.1e} {:>9.1e}  {:>7} {kinks:>5}  {}\n",
        shape.join(" × "),
        autodiff.max_error,
        autodiff.mean_error,
        difference.max_error,
        difference.mean_error,
        difference.entries,
        if *passed { "ok" } else { "FAILED" },
    )
}

/// The number of entries that were left out; empty if there are none.
fn kinks(report: &Report) -> String {
    let n: usize = report.parameters.iter().map(|parameter| parameter.kinks).sum();
    let compared: usize = report.parameters.iter().map(|parameter| parameter.difference.entries).sum();
    if n == 0 {
        return String::new();
    }
    format!("{n} of {} entries lie on a kink, where there is no derivative, and are left out\n", n + compared)
}

fn worst_entry(against: &str, parameter: &ParameterReport, comparison: &Comparison) -> String {
    let Some(worst) = &comparison.worst else { return String::new() };
    let difference = worst.difference.map(|value| format!(", finite {value:e}")).unwrap_or_default();
    format!(
        "worst against {against}: {}{:?}, by hand {:e}, autodiff {:e}{difference}\n",
        parameter.name, worst.index, worst.manual, worst.autodiff
    )
}
