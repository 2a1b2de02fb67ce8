//! What shows the progress of a training.

mod plain;
mod silent;

pub use plain::PlainRenderer;
pub use silent::SilentRenderer;

/// The way progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dashboard {
    /// Burn's text interface.
    Tui,
    /// A line per epoch, or per `log_every` updates.
    Plain,
    /// Nothing.
    None,
}
