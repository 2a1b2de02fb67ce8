//! The last value of every metric, as text.

use super::{colour, panel};
use crate::dashboard::metrics::{Metric, Metrics, Split};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Stylize;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

pub fn draw(metrics: &Metrics, frame: &mut Frame<'_>, area: Rect) {
    let lines: Vec<Line<'_>> = metrics.all().flat_map(lines).collect();
    let [rows, columns] = [area.height, area.width].map(|size| usize::from(size.saturating_sub(2)));
    let lines = if lines.len() > rows { one_line_each(metrics, rows, columns) } else { lines };
    frame.render_widget(Paragraph::new(lines).block(panel("Metrics")), area);
}

/// A line for each metric, or several if its line is too wide and there is room.
fn one_line_each(metrics: &Metrics, rows: usize, columns: usize) -> Vec<Line<'_>> {
    let mut free = rows.saturating_sub(metrics.all().count());
    let of_metric = |metric| {
        let (line, lines) = (line(metric), lines(metric));
        if line.width() <= columns || lines.len() > free + 1 {
            return vec![line];
        }
        free -= lines.len() - 1;
        lines
    };
    metrics.all().flat_map(of_metric).collect()
}

/// The name of a metric, and its value on each part.
fn lines(metric: &Metric) -> Vec<Line<'_>> {
    let mut lines = vec![Line::from(format!(" {}", metric.name).yellow().bold())];
    lines.extend(shown(metric).map(|(split, value)| {
        Line::from(vec![Span::from(format!("   {:5} ", split.name())).fg(colour(split)), Span::from(value)])
    }));
    lines
}

/// The name of a metric and its values in one line.
pub fn line(metric: &Metric) -> Line<'_> {
    let mut spans = vec![Span::from(format!(" {} ", metric.name)).yellow().bold()];
    spans.extend(shown(metric).flat_map(|(split, value)| {
        let name = if split == Split::Train { "" } else { split.name() };
        [Span::from(format!(" {name} ").replace("  ", " ")).fg(colour(split)), Span::from(value)]
    }));
    Line::from(spans)
}

fn shown(metric: &Metric) -> impl Iterator<Item = (Split, &str)> {
    let values = Split::ALL.into_iter().map(|split| (split, metric.on(split).shown.as_str()));
    values.filter(|(_, shown)| !shown.is_empty())
}
