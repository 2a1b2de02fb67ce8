//! The curve of a metric.

use super::{colour, panel};
use crate::dashboard::metrics::Split;
use crate::dashboard::state::{Plot, State};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, LegendPosition, Paragraph, Tabs};

/// The smallest chart.
const SMALLEST: (u16, u16) = (16, 5);
/// The bounds of a chart whose points are given as shares of its axes.
const WHOLE: [f64; 2] = [0.0, 1.0];

pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let block = panel("Plots");
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let Some(selected) = state.selected() else {
        frame.render_widget(Paragraph::new(format!(" {}", state.phase)), inside);
        return;
    };
    let [tabs, title, chart] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    draw_tabs(state, selected, frame, tabs);
    let shown = if state.plot == Plot::Full { "Full history" } else { "Recent history" };
    frame.render_widget(Paragraph::new(Line::from(shown.bold()).centered()), title);
    if chart.width >= SMALLEST.0 && chart.height >= SMALLEST.1 {
        draw_chart(state, selected, frame, chart);
    }
}

/// The names of the metrics, from the first one with which the selected one is still visible.
fn draw_tabs(state: &State, selected: usize, frame: &mut Frame<'_>, area: Rect) {
    let names: Vec<&str> = state.metrics.numeric().map(|metric| metric.name.as_str()).collect();
    let width = |names: &[&str]| names.iter().map(|name| name.chars().count() + 3).sum::<usize>();
    let fits = |first: &usize| width(&names[*first..=selected]) <= usize::from(area.width);
    let first = (0..selected).find(fits).unwrap_or(selected);
    let titles = names[first..].iter().map(|name| Line::from((*name).yellow()));
    let highlight =
        Style::new().fg(Color::LightYellow).add_modifier(Modifier::BOLD).add_modifier(Modifier::UNDERLINED);
    frame.render_widget(Tabs::new(titles).select(selected - first).highlight_style(highlight), area);
}

fn draw_chart(state: &State, selected: usize, frame: &mut Frame<'_>, area: Rect) {
    let Some(metric) = state.metrics.numeric().nth(selected) else { return };
    let points = Split::ALL.map(|split| {
        let history = &metric.on(split).history;
        (split, if state.plot == Plot::Full { history.full() } else { history.recent() })
    });
    let all = || points.iter().flat_map(|(_, points)| points);
    let (Some(x), Some(y)) = (bounds(all().map(|point| point.0)), bounds(all().map(|point| point.1))) else {
        return;
    };
    let placed = points.each_ref().map(|(split, points)| {
        (*split, points.iter().map(|point| (share(point.0, x), share(point.1, y))).collect::<Vec<_>>())
    });
    let drawn = placed.iter().filter(|(_, points)| !points.is_empty());
    let datasets = drawn.map(|(split, points)| {
        let kind = if points.len() == 1 { GraphType::Scatter } else { GraphType::Line };
        Dataset::default()
            .name(split.name())
            .marker(Marker::Braille)
            .graph_type(kind)
            .style(Style::new().fg(colour(*split)))
            .data(points)
    });
    let grey = Style::new().fg(Color::DarkGray);
    let middle = |[low, high]: [f64; 2]| low / 2.0 + high / 2.0;
    let updates = [x[0], middle(x), x[1]].map(|update| format!("{update:.0}"));
    let values = [y[0], middle(y), y[1]].map(number);
    let chart = Chart::new(datasets.collect())
        .x_axis(Axis::default().title("Update").style(grey).bounds(WHOLE).labels(updates))
        .y_axis(Axis::default().style(grey).bounds(WHOLE).labels(values))
        .legend_position(Some(LegendPosition::TopRight));
    frame.render_widget(chart, area);
}

/// The position of a value in a range, from 0 to 1. The chart clips lines at its bounds, which never ends for some pairs of
/// very large and very small numbers.
fn share(value: f64, [low, high]: [f64; 2]) -> f64 {
    ((value.clamp(low, high) - low) / (high - low)).clamp(0.0, 1.0)
}

/// The range of values, with a finite width above 0.
fn bounds(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    // The width of the range must be finite too.
    let limited = values.map(|value| value.clamp(-f64::MAX / 4.0, f64::MAX / 4.0));
    let (low, high) = limited
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return None;
    }
    let margin = (low.abs() * 1e-6).max(f64::MIN_POSITIVE * 1e16);
    Some(if high - low > margin { [low, high] } else { [low - margin, high + margin] })
}

/// A number of an axis in a few characters.
fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        0.0 => "0".to_owned(),
        1e-3..1e5 => {
            let digits = (4 - size.log10().floor() as i32).clamp(0, 5) as usize;
            format!("{value:.digits$}")
        }
        _ => format!("{value:.2e}"),
    }
}
