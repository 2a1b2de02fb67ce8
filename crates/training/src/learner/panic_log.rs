//! What Burn says by a panic, kept for the error message.

use crate::backend::{IS_REMOTE, panic_message};
use std::panic::{set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};

/// Takes note of the first panic of any thread and puts all of them into the log. The first tells
/// the cause; those that follow only tell that a thread is gone.
pub struct PanicLog {
    first: Arc<Mutex<Option<String>>>,
}

impl PanicLog {
    /// Replaces the panic hook until [`finish`](Self::finish).
    pub fn install() -> Self {
        let first = Arc::new(Mutex::new(None));
        if IS_REMOTE {
            // There a panic ends the program.
            return Self { first };
        }
        let noted = Arc::clone(&first);
        set_hook(Box::new(move |info| {
            log::error!("{info}");
            let mut first = noted.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| panic_message(info.payload()));
        }));
        Self { first }
    }

    /// Puts Rust's own hook back and returns the first panic.
    pub fn finish(self) -> Option<String> {
        if !IS_REMOTE {
            drop(take_hook());
        }
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
