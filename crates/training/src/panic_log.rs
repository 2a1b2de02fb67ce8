//! Panics of Burn as errors.

use crate::devices::{CurrentPlatform, Platform, device_failure, panic_message};
use crate::error::{Error, TrainingFailure};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
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

    /// Restores the hook from before and returns the first panic.
    pub fn finish(self) -> Option<String> {
        if let Some(before) = self.before {
            set_hook(before);
        }
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The error that a panic of Burn stands for: [`Error::Device`] where a device or the system failed, else
/// [`Error::Training`].
pub fn failure(message: String) -> Error {
    match device_failure(&message) {
        Some(error) => error.into(),
        None => TrainingFailure::Panic(message).into(),
    }
}

/// Computes something on a device. Burn reports by a panic when the device is lost or its memory is full.
///
/// # Errors
///
/// Those of `compute`, and [`failure`]'s for a panic.
pub fn guarded<T, E: From<Error>>(compute: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let panics = PanicLog::install();
    let computed = catch_unwind(AssertUnwindSafe(compute));
    let first = panics.finish();
    computed
        .unwrap_or_else(|panic| Err(failure(first.unwrap_or_else(|| panic_message(panic.as_ref()))).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_first_line() {
        let guarded = super::guarded::<(), Error>(|| {
            panic!("called `Result::unwrap()` on an `Err` value: no more\nmemory")
        });
        assert!(
            matches!(guarded, Err(Error::Training(TrainingFailure::Panic(reason))) if reason == "no more")
        );
        assert_eq!(super::guarded(|| Ok::<_, Error>(3)).ok(), Some(3));
    }
}
