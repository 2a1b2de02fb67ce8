//! Signals that concern the terminal: a new size, and being stopped and continued.

use signal_hook::consts::{SIGCONT, SIGTSTP, SIGWINCH};
use signal_hook::low_level::pipe;
use signal_hook::{SigId, flag, low_level};
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The signals since the last query.
#[derive(Debug)]
pub struct TerminalSignals {
    resized: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    suspended: Arc<AtomicBool>,
    /// While this is set, SIGTSTP stops the process as by default.
    over: Arc<AtomicBool>,
    ids: Vec<SigId>,
}

impl TerminalSignals {
    /// Listens, and writes a byte to `wake` when a signal comes.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn listen(wake: &UnixStream) -> io::Result<Self> {
        let [resized, continued, suspended, over] = std::array::from_fn(|_| Arc::new(AtomicBool::new(false)));
        let mut signals = Self { resized, continued, suspended, over, ids: Vec::new() };
        signals.ids.push(flag::register_conditional_default(SIGTSTP, Arc::clone(&signals.over))?);
        let flags = [
            (SIGWINCH, Arc::clone(&signals.resized)),
            (SIGCONT, Arc::clone(&signals.continued)),
            (SIGTSTP, Arc::clone(&signals.suspended)),
        ];
        for (signal, flag) in flags {
            signals.ids.push(flag::register(signal, flag)?);
            signals.ids.push(pipe::register(signal, wake.try_clone()?)?);
        }
        Ok(signals)
    }

    /// Whether the terminal may no longer show the last frame: its size has changed, or the process was stopped.
    pub fn take_changed(&self) -> bool {
        let resized = self.resized.swap(false, Ordering::SeqCst);
        self.continued.swap(false, Ordering::SeqCst) || resized
    }

    /// Whether the process was asked to stop until it is continued.
    pub fn take_suspended(&self) -> bool {
        self.suspended.swap(false, Ordering::SeqCst)
    }
}

impl Drop for TerminalSignals {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // The first one, which stops the process from now on, stays.
        self.ids.drain(1..).for_each(|id| {
            low_level::unregister(id);
        });
    }
}
