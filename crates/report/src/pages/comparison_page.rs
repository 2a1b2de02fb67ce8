//! Several runs side by side, on one page.

use super::figure::Figure;
use super::outcome::percent;
use super::page::{page, table};
use super::series::{axis, curve_figure, file_stem, scales};
use crate::error::Error;
use crate::plots::{Curve, Stroke};
use emberlab_run::comparable::{best, remarks, test_accuracy};
use emberlab_run::metrics_file::{MetricRow, curve, metric_names};
use emberlab_run::{PartScores, RunSummary, names, show};
use maud::html;
use std::collections::BTreeMap;

/// A run that is compared.
pub struct Compared {
    /// What it came to.
    pub summary: RunSummary,
    /// Every loss and accuracy.
    pub metrics: Vec<MetricRow>,
}

/// The page of several runs; `differences` has each setting that is not the same in all of them, with its value in each.
///
/// # Errors
///
/// [`Error::Picture`] when what runs have recorded cannot be drawn.
pub fn comparison_page(
    runs: &[Compared],
    differences: &BTreeMap<String, Vec<Option<String>>>,
) -> Result<String, Error> {
    let names: Vec<&str> = runs.iter().map(|run| run.summary.name.as_str()).collect();
    let header = [&[""], &names[..]].concat();
    let mut metrics: Vec<&str> = Vec::new();
    for name in runs.iter().flat_map(|run| metric_names(&run.metrics)) {
        if !metrics.contains(&name) {
            metrics.push(name);
        }
    }
    let figures = metrics.into_iter().map(|metric| curves(runs, metric)).collect::<Result<Vec<_>, _>>()?;
    let settings: Vec<Vec<String>> = differences
        .iter()
        .map(|(key, values)| {
            let values = values.iter().map(|value| value.clone().unwrap_or_else(|| "–".to_owned()));
            std::iter::once(key.clone()).chain(values).collect()
        })
        .collect();
    let summaries: Vec<&RunSummary> = runs.iter().map(|run| &run.summary).collect();
    // Of runs on other data nothing is said to be better.
    let best = best(&summaries).and_then(|(run, tied)| Some((run, test_accuracy(run)?, tied)));
    let body = html! {
        h1 { (names.join(" · ")) }
        @if let Some((run, accuracy, tied)) = best {
            p.lead {
                "Of " (runs.len()) " runs, " (run.name) " is right on the most test samples: "
                (percent(accuracy)) @if tied.is_empty() { "." } @else { ", a tie with others (below)." }
            }
        }
        h2 { "Outcomes" }
        (table(&header, &outcomes(runs)))
        @for remark in remarks(&summaries, differences.keys()) { p.note { (remark) } }
        h2 { "Settings that differ" }
        @if settings.is_empty() { p { "None." } } @else { (table(&header, &settings)) }
        h2 { "Curves" }
        @for figure in figures.iter().flatten() { (figure.html()) }
    };
    Ok(page(&format!("{} · emberlab", names.join(", ")), body, &[]))
}

fn outcomes(runs: &[Compared]) -> Vec<Vec<String>> {
    let row = |name: &str, value: &dyn Fn(&RunSummary) -> Option<String>| {
        let values = runs.iter().map(|run| value(&run.summary).unwrap_or_else(|| "–".to_owned()));
        std::iter::once(name.to_owned()).chain(values).collect()
    };
    let mut rows = vec![
        row("outcome", &|run| Some(run.outcome().to_owned())),
        row("layers", &|run| Some(run.model.clone())),
        row("updates", &|run| Some(run.updates.to_string())),
        row("seconds of training", &|run| Some(format!("{:.2}", run.seconds.train))),
    ];
    let names = names(runs.iter().flat_map(|run| run.summary.metrics.parts()));
    let parts: [(&str, PartScores); 3] = [
        ("training", |metrics| &metrics.train),
        ("validation", |metrics| &metrics.validation),
        ("test", |metrics| &metrics.test),
    ];
    for (part, scores) in parts {
        rows.extend(names.iter().map(|name| {
            row(&format!("{part} {name}"), &|run| Some(show(name, scores(&run.metrics).as_ref()?.get(name)?)))
        }));
    }
    rows
}

/// The curves of all runs, a colour for each: solid for training, dashed for validation; nothing where no run has
/// recorded the metric.
fn curves(runs: &[Compared], metric: &str) -> Result<Option<Figure>, Error> {
    let mut drawn = Vec::new();
    for (colour, run) in runs.iter().enumerate() {
        for (split, stroke) in [("train", Stroke::Solid), ("valid", Stroke::Dashed)] {
            let points = curve(&run.metrics, split, metric);
            if !points.is_empty() {
                let part = if split == "train" { "training" } else { "validation" };
                let name = Some(format!("{}, {part}", run.summary.name));
                drawn.push(Curve { name, colour, stroke, points });
            }
        }
    }
    if drawn.is_empty() {
        return Ok(None);
    }
    let caption = "Training solid, validation dashed; where an epoch has several updates, their mean.";
    curve_figure(&file_stem(metric), metric, caption, &axis(metric), &drawn, scales(metric)).map(Some)
}
