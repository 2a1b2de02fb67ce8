//! The question how to quit.

use super::panel;
use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::style::Stylize;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Wrap};

const CHOICES: [(char, &str, &str); 3] = [
    ('s', "Stop", "After this update: writes a checkpoint and the weights."),
    ('k', "Kill", "After this update: writes a checkpoint, and nothing else."),
    ('c', "Cancel", "Training goes on."),
];
const COLUMNS: u16 = 64;
/// Rows with explanations, and with a border.
const ROWS: u16 = 11;
/// The smallest size with a border and explanations.
const WHOLE: (u16, u16) = (40, 13);

pub fn draw(frame: &mut Frame<'_>, area: Rect) {
    let has_room = area.width >= WHOLE.0 && area.height >= WHOLE.1;
    let rows = if has_room { ROWS } else { CHOICES.len() as u16 + 1 };
    let [area] = Layout::vertical([Constraint::Max(rows)]).flex(Flex::Center).areas(area);
    let [area] = Layout::horizontal([Constraint::Max(COLUMNS)]).flex(Flex::Center).areas(area);
    let mut lines = Vec::new();
    if !has_room {
        lines.push(Line::from("Quit?".bold()));
    }
    for (key, name, explanation) in CHOICES {
        lines
            .push(Line::from(vec![Span::from(format!("[{key}] ")).bold(), Span::from(name).yellow().bold()]));
        if has_room {
            lines.extend([Line::from(explanation.italic()), Line::default()]);
        }
    }
    let mut paragraph = Paragraph::new(lines).wrap(Wrap { trim: false });
    if has_room {
        paragraph = paragraph.block(panel("Quit"));
    }
    frame.render_widget(Clear, area);
    frame.render_widget(paragraph, area);
}
