//! Several runs side by side, on one page.

use super::figure::Figure;
use super::outcome::percent;
use super::page::{page, table};
use super::seed_band::SeedBand;
use super::series::{Over, axis, curve_figure, curve_view, file_stem, scales};
use crate::error::Error;
use crate::plots::{Curve, Scale, Stroke, is_drawn};
use emberlab_run::comparable::{Differences, best, remarks, seed_groups, seed_sentences, test_accuracy};
use emberlab_run::metrics_file::{MetricRow, curve, metric_names};
use emberlab_run::{PartScores, RunSummary, names, show};
use maud::html;

/// A run that is compared.
pub struct Compared {
    /// What it came to.
    pub summary: RunSummary,
    /// Every loss and accuracy.
    pub metrics: Vec<MetricRow>,
    /// The samples of an update, in the mean.
    pub samples_per_update: f64,
}

/// The page of several runs; `differences` has each setting that is not the same in all of them, with its value in each.
///
/// # Errors
///
/// [`Error::Picture`] when what runs have recorded cannot be drawn.
pub fn comparison_page(runs: &[Compared], differences: &Differences) -> Result<String, Error> {
    let names: Vec<&str> = runs.iter().map(|run| run.summary.name.as_str()).collect();
    let header = [&[""], &names[..]].concat();
    let mut metrics: Vec<&str> = Vec::new();
    for name in runs.iter().flat_map(|run| metric_names(&run.metrics)) {
        if !metrics.contains(&name) {
            metrics.push(name);
        }
    }
    let figures =
        metrics.into_iter().map(|metric| curves(runs, differences, metric)).collect::<Result<Vec<_>, _>>()?;
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
        @for sentence in seed_sentences(&summaries, differences) { p { (sentence) } }
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

/// The curves of all runs over updates, samples and seconds; nothing where no run has recorded the metric.
fn curves(runs: &[Compared], differences: &Differences, metric: &str) -> Result<Option<Figure>, Error> {
    let groups = seed_groups(differences, runs.len());
    let drawn = |unit: fn(&Compared) -> f64| -> Vec<Curve> {
        groups
            .iter()
            .enumerate()
            .flat_map(|(colour, group)| of_group(runs, group, colour, metric, unit))
            .filter(is_drawn)
            .collect()
    };
    let over_updates = drawn(|_| 1.0);
    if over_updates.is_empty() {
        return Ok(None);
    }
    let (file, value) = (file_stem(metric), axis(metric));
    let mut figure = curve_figure(&file, metric, &caption(&groups), &value, &over_updates, scales(metric))?;
    let seconds = |run: &Compared| run.summary.seconds.train / run.summary.updates.max(1) as f64;
    for (curves, over, unit) in [
        (drawn(|run| run.samples_per_update), Over::SAMPLES, "samples"),
        (drawn(seconds), Over::SECONDS, "seconds"),
    ] {
        figure.views.push(curve_view(
            &format!("{file}-{unit}"),
            metric,
            &value,
            &curves,
            Scale::Linear,
            over,
        )?);
    }
    Ok(Some(figure))
}

fn caption(groups: &[Vec<usize>]) -> String {
    let mut caption =
        "Training solid, validation dashed; where an epoch has several updates, their mean. Over time each \
                       update counts as long as any other of its run."
            .to_owned();
    if groups.iter().any(|group| group.len() > 1) {
        caption += " Runs that differ only in seeds are one curve, their mean, within a band of two standard deviations.";
    }
    caption
}

/// The curves of a run, or of runs that differ only in seeds, with an update as long as `unit` says.
fn of_group(
    runs: &[Compared],
    group: &[usize],
    colour: usize,
    metric: &str,
    unit: fn(&Compared) -> f64,
) -> Vec<Curve> {
    let mut drawn = Vec::new();
    for (split, part, stroke) in
        [("train", "training", Stroke::Solid), ("valid", "validation", Stroke::Dashed)]
    {
        let of_run = |run: &usize| -> Vec<(f64, f64)> {
            let unit = unit(&runs[*run]);
            curve(&runs[*run].metrics, split, metric)
                .into_iter()
                .map(|(update, value)| (unit * update, value))
                .collect()
        };
        let mut curves: Vec<Vec<(f64, f64)>> = group.iter().map(of_run).collect();
        curves.retain(|points| !points.is_empty());
        let name = &runs[group[0]].summary.name;
        match &curves[..] {
            [] => (),
            [points] => {
                let name = Some(format!("{name}, {part}"));
                drawn.push(Curve { name, colour, stroke, points: points.clone() });
            }
            several => {
                let name = format!("{name} and {} more seeds, {part}", several.len() - 1);
                drawn.extend(SeedBand::new(several).curves(&name, colour, stroke));
            }
        }
    }
    drawn
}
