//! The layout of the dashboard, from 20 columns by 5 rows up.

mod controls;
mod metrics;
mod plot;
mod popup;
mod progress;
mod small;
mod status;

use super::metrics::Split;
use super::state::State;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

/// The smallest size with all panels side by side.
const WHOLE: (u16, u16) = (72, 20);

/// Draws everything.
pub fn draw(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.is_empty() {
        return;
    }
    if area.width < WHOLE.0 || area.height < WHOLE.1 {
        small::draw(state, frame, area);
    } else {
        let [panels, bars] = Layout::vertical([Constraint::Min(0), Constraint::Length(4)]).areas(area);
        let sides = [Constraint::Percentage(38), Constraint::Percentage(62)];
        let [left, right] = Layout::horizontal(sides).areas(panels);
        let heights =
            [Constraint::Length(5), Constraint::Min(3), Constraint::Length(status::height(area.height))];
        let [above, middle, below] = Layout::vertical(heights).areas(left);
        controls::draw(frame, above);
        metrics::draw(&state.metrics, frame, middle);
        status::draw(state, frame, below);
        plot::draw(state, frame, right);
        progress::draw(state, frame, bars);
    }
    if state.asks {
        popup::draw(frame, area);
    }
}

/// A panel with a title.
fn panel(title: &str) -> Block<'_> {
    Block::bordered().title(title).style(Style::new().fg(Color::Gray))
}

/// `name : value`.
fn field(name: &str, width: usize, value: impl Into<String>) -> Line<'static> {
    Line::from(vec![Span::from(format!(" {name:width$} : ")).yellow().bold(), Span::from(value.into())])
}

fn colour(split: Split) -> Color {
    match split {
        Split::Train => Color::LightRed,
        Split::Valid => Color::LightBlue,
        Split::Test => Color::LightGreen,
    }
}

#[cfg(test)]
mod tests;
