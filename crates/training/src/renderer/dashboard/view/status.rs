//! What goes on, how far it came, and how fast it goes.

use super::{field, panel};
use crate::learner::THROUGHPUT;
use crate::renderer::LEARNING_RATE;
use crate::renderer::dashboard::pace::clock;
use crate::renderer::dashboard::state::{Position, State};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Rows of the panel.
pub const HEIGHT: u16 = 9;
const WIDTH: usize = 7;

pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let mut lines = vec![field("Run", WIDTH, state.title.as_str()), field("Phase", WIDTH, phase(state))];
    lines.extend(position(state).into_iter().map(|(name, value)| field(name, WIDTH, value)));
    let lines: Vec<Line<'_>> = lines;
    frame.render_widget(Paragraph::new(lines).block(panel("Status")), area);
}

/// What goes on, and what was asked for.
pub fn phase(state: &State) -> String {
    let stops = if state.stopping { "stopping: " } else { "" };
    format!("{stops}{}", state.phase)
}

/// Names and values of all that is known, the most important first.
pub fn position(state: &State) -> Vec<(&'static str, String)> {
    let Position { epoch, epochs, update, updates, .. } = state.position;
    let mut fields = Vec::new();
    if epoch > 0 {
        fields.push(("Epoch", format!("{epoch}/{epochs}")));
    }
    if updates > 0 {
        fields.push(("Update", format!("{update}/{updates}")));
    }
    if let Some(best) = &state.best {
        let patience = best.patience_left.map(|left| format!(", patience {left}")).unwrap_or_default();
        fields.push(("Best", format!("epoch {}, {}{patience}", best.epoch, best.score)));
    }
    if let Some(rate) = state.metrics.training(LEARNING_RATE).and_then(|values| values.last) {
        fields.push(("Rate", format!("{rate:.3e}")));
    }
    if let Some(speed) = state.metrics.training(THROUGHPUT) {
        fields.push(("Speed", format!("{} samples/s", speed.shown)));
    }
    fields.push(("Time", clock(state.began.elapsed())));
    fields
}
