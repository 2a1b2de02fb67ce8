//! Bars for the progress of the task and of the training.

use super::panel;
use crate::dashboard::state::{Position, State};
use crate::output::clock::clock;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::widgets::{Gauge, Paragraph};

pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let block = panel("Progress");
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let [above, below] = Layout::vertical([Constraint::Length(1); 2]).areas(inside);
    let left = format!(" {} left ", left(state));
    let columns = [Constraint::Min(0), Constraint::Length(left.chars().count() as u16)];
    let [task_bar, _] = Layout::horizontal(columns).areas(above);
    let [whole_bar, beside] = Layout::horizontal(columns).areas(below);
    bar(task(state), Color::LightRed, frame, task_bar);
    bar(whole(state), Color::Yellow, frame, whole_bar);
    frame.render_widget(Paragraph::new(left), beside);
}

/// A bar with its share in per cent.
pub fn bar(share: f64, colour: Color, frame: &mut Frame<'_>, area: Rect) {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let gauge = Gauge::default().gauge_style(Style::new().fg(colour)).ratio(share);
    frame.render_widget(gauge, area);
}

/// The time that training will still take.
pub fn left(state: &State) -> String {
    state.pace.left(state.position.updates).map_or_else(|| "-:--".to_owned(), clock)
}

/// The share of the current task that is done: of reading or scoring, or of the epoch.
fn task(state: &State) -> f64 {
    match state.task {
        Some(task) => task.total.map_or(0.0, |total| share(task.done as usize, total as usize)),
        None => share(state.position.samples, state.position.samples_total),
    }
}

/// The share of the training that is done.
pub fn whole(state: &State) -> f64 {
    let Position { update, updates, .. } = state.position;
    share(update, updates)
}

fn share(done: usize, total: usize) -> f64 {
    if total == 0 { 0.0 } else { done as f64 / total as f64 }
}
