//! The panics of Burn while something is computed.

use super::panic::panic_message;
use super::{CurrentPlatform, Platform};
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// Records the first panic of any thread, and logs all of them. The first has the cause; those that follow only say that a
/// thread is gone.
pub struct PanicLog {
    first: Arc<Mutex<Option<String>>>,
    /// The hook from before; none where a panic ends the program.
    before: Option<Hook>,
}

impl PanicLog {
    /// Replaces the panic hook until [`finish`](Self::finish).
    pub fn install() -> Self {
        let first = Arc::new(Mutex::new(None));
        if !CurrentPlatform::SURVIVES_PANICS {
            return Self { first, before: None };
        }
        let before = take_hook();
        let noted = Arc::clone(&first);
        set_hook(Box::new(move |info| {
            log::error!("{info}");
            let mut first = noted.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| panic_message(info.payload()));
        }));
        Self { first, before: Some(before) }
    }

    /// The first panic so far.
    pub fn first(&self) -> Option<String> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Restores the hook from before and returns the first panic.
    pub fn finish(self) -> Option<String> {
        if let Some(before) = self.before {
            set_hook(before);
        }
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
