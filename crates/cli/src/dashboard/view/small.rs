//! Everything in one column, for small terminals: lines of text, the most important first, and a plot where there is
//! room for one.

use super::{metrics, plot, progress, status};
use crate::dashboard::state::State;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Rows of text above a plot.
const TEXT: u16 = 6;
/// The smallest plot with its frame.
const PLOT: (u16, u16) = (30, 9);

pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let [above, bar] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(area);
    progress(state, frame, bar);
    let has_plot = area.width >= PLOT.0 && above.height >= TEXT + PLOT.1;
    let rows = if has_plot { TEXT } else { above.height };
    let [text, rest] = Layout::vertical([Constraint::Length(rows), Constraint::Min(0)]).areas(above);
    frame.render_widget(Paragraph::new(lines(state)), text);
    if has_plot {
        plot::draw(state, frame, rest);
    }
}

fn progress(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let left = format!(" {}", progress::left(state));
    let columns = [Constraint::Min(0), Constraint::Length(left.chars().count() as u16)];
    let [bar, beside] = Layout::horizontal(columns).areas(area);
    progress::bar(progress::whole(state), Color::Yellow, frame, bar);
    frame.render_widget(Paragraph::new(left), beside);
}

fn lines(state: &State) -> Vec<Line<'_>> {
    let mut lines = vec![Line::from(format!(" {}", status::phase(state)).bold())];
    let fields = status::position(state);
    let mut fields = fields.into_iter().map(|(name, value)| {
        Line::from(vec![Span::from(format!(" {} ", name.to_lowercase())).yellow(), Span::from(value)])
    });
    // The epoch, the metric that is selected, then the rest.
    lines.extend(fields.next());
    let selected = state.selected().and_then(|index| state.metrics.numeric().nth(index));
    lines.extend(selected.map(metrics::line));
    lines.extend(fields);
    let others =
        state.metrics.all().filter(|metric| selected.is_none_or(|selected| selected.name != metric.name));
    lines.extend(others.map(metrics::line));
    lines
}
