//! Resources that the operating system refuses.

use std::io;

/// A thread, a terminal or another resource that the operating system refuses, with its reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SystemError {
    /// Handlers of signals.
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
    /// A thread.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// The terminal, or the thread that draws on it.
    #[error("cannot start the dashboard: {0}; take `--dashboard plain`")]
    Dashboard(io::Error),
    /// A port to listen on.
    #[error("port {port} cannot be listened on: {reason}")]
    Port {
        /// The port.
        port: u16,
        /// The reason.
        reason: io::Error,
    },
    /// The path of this program.
    #[error("cannot find this program to run it again: {0}")]
    Program(io::Error),
}
