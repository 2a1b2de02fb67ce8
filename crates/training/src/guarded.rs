//! Panics of Burn as errors.

use crate::devices::{PanicLog, device_failure, panic_message};
use crate::error::{Error, TrainingFailure};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// The error that a panic of Burn stands for: [`Error::Device`] where a device or the system failed, else
/// [`Error::Training`].
fn failure(message: String) -> Error {
    match device_failure(&message) {
        Some(error) => error.into(),
        None => TrainingFailure::Panic(message).into(),
    }
}

/// Computes something on a device. Burn reports by a panic when the device is lost or its memory is full.
///
/// # Errors
///
/// Those of `compute`; for a panic [`Error::Device`] where a device or the system failed, else [`Error::Training`].
pub(crate) fn guarded<T, E: From<Error>>(compute: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let panics = PanicLog::install();
    let computed = catch_unwind(AssertUnwindSafe(compute));
    let first = panics.finish();
    or_failure(computed, first)
}

/// Computes all that a process computes. Burn reports by a panic when a device is lost or its memory is full; its threads then panic
/// over what was lost, so that panics are logged, and not printed, until the process ends.
///
/// # Errors
///
/// Those of `compute`; for a panic [`Error::Device`] where a device or the system failed, else [`Error::Training`].
pub fn guarded_to_the_end<T, E: From<Error>>(compute: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let panics = PanicLog::install();
    let computed = catch_unwind(AssertUnwindSafe(compute));
    or_failure(computed, panics.first())
}

/// What was computed, or the error of the first panic.
fn or_failure<T, E: From<Error>>(
    computed: thread::Result<Result<T, E>>,
    first: Option<String>,
) -> Result<T, E> {
    computed
        .unwrap_or_else(|panic| Err(failure(first.unwrap_or_else(|| panic_message(panic.as_ref()))).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_first_line() {
        let result =
            guarded::<(), Error>(|| panic!("called `Result::unwrap()` on an `Err` value: no more\nmemory"));
        assert!(
            matches!(result, Err(Error::Training(TrainingFailure::Panic(reason))) if reason == "no more")
        );
        assert_eq!(guarded(|| Ok::<_, Error>(3)).ok(), Some(3));
    }
}
