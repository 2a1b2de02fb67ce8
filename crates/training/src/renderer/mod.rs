//! What shows the progress of a training.

mod dashboard;
mod plain;
mod silent;
pub(crate) mod terminal;

pub use dashboard::{Best, DashboardRenderer, Screen};
pub use plain::PlainRenderer;
pub use silent::SilentRenderer;

/// The way progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dashboard {
    /// The dashboard, on a terminal.
    Tui,
    /// A line per epoch, or per `log_every` updates.
    Plain,
    /// Nothing.
    None,
}

/// The learning rate, as Burn calls the metric.
pub(crate) const LEARNING_RATE: &str = "Learning Rate";
