//! The keys.

use super::panel;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Stylize;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

const KEYS: [(&str, &str, &str); 3] = [
    ("Quit", "q", "Stop the training."),
    ("Metric", "⬅ ➡", "Next metric."),
    ("Plot", "⬆ ⬇", "Full or recent."),
];

pub fn draw(frame: &mut Frame<'_>, area: Rect) {
    let line = |(name, key, does): (&str, &'static str, &'static str)| {
        Line::from(vec![
            Span::from(format!(" {name:6} : ")).yellow().bold(),
            Span::from(format!("{key:5}")).bold(),
            Span::from(does).italic(),
        ])
    };
    let lines: Vec<Line<'_>> = KEYS.into_iter().map(line).collect();
    frame.render_widget(Paragraph::new(lines).block(panel("Controls")), area);
}
