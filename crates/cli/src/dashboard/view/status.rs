//! The phase, the progress and the pace.

use super::{field, panel};
use crate::dashboard::state::{Position, State};
use crate::output::clock::clock;
use emberlab_training::learner::LEARNING_RATE;
use emberlab_training::learner::THROUGHPUT;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;

const WIDTH: usize = 8;

/// Rows of the panel beside others that need room as well.
pub fn height(rows: u16) -> u16 {
    if rows < 28 { 9 } else { 11 }
}

pub fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let mut lines = vec![field("Phase", WIDTH, phase(state))];
    lines.extend(position(state).into_iter().map(|(name, value)| field(name, WIDTH, value)));
    frame.render_widget(Paragraph::new(lines).block(panel("Status")), area);
}

/// The phase, and whether the training is about to stop.
pub fn phase(state: &State) -> String {
    let stops = if state.stopping { "stopping: " } else { "" };
    format!("{stops}{}", state.phase)
}

/// The names and values that are known, the most important first.
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
        fields.push(("Best", format!("epoch {}, {}", best.epoch, best.score)));
        fields.extend(best.patience_left.map(|left| ("Patience", format!("{left} validations left"))));
    }
    fields.push(("Time", clock(state.began.elapsed())));
    if let Some(rate) = state.metrics.training(LEARNING_RATE).and_then(|values| values.last) {
        fields.push(("Rate", format!("{rate:.3e}")));
    }
    if let Some(speed) = state.metrics.training(THROUGHPUT) {
        fields.push(("Speed", format!("{} samples/s", speed.shown)));
    }
    fields.push(("Run", state.title.clone()));
    fields
}
