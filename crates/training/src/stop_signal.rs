//! Ctrl-C and SIGTERM, heard between updates.

use crate::error::Error;
use crossterm::cursor::Show;
use crossterm::execute;
use crossterm::terminal::{LeaveAlternateScreen, disable_raw_mode, is_raw_mode_enabled};
use std::io::stdout;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the user asked the program to stop.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<AtomicBool>);

impl StopSignal {
    /// Listens from now on. The first signal lets the update under way end; the second ends the
    /// program at once and gives the terminal back; what was written down last is there to go on from.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] when the system refuses, or when somebody listens already.
    pub fn listen() -> Result<Self, Error> {
        let signal = Self::default();
        let heard = signal.clone();
        let before = AtomicBool::new(false);
        let handler = move || {
            heard.hang_up();
            if before.swap(true, Ordering::Relaxed) {
                leave_dashboard();
                std::process::exit(i32::from(Error::Interrupted(0).exit_code()));
            }
        };
        match ctrlc::set_handler(handler) {
            Ok(()) => Ok(signal),
            Err(error) => Err(Error::Usage(format!("cannot listen for Ctrl-C: {error}"))),
        }
    }

    /// Asks to stop, as the first signal does. This never counts as a second request.
    pub fn hang_up(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes the terminal what it was before the dashboard, where there is one.
pub(crate) fn leave_dashboard() {
    if is_raw_mode_enabled().unwrap_or(false) {
        // The program ends here; there is nobody left to tell.
        let _ = disable_raw_mode();
        let _ = execute!(stdout(), LeaveAlternateScreen, Show);
    }
}
