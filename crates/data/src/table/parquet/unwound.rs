//! Panics of the `parquet` crate, with which it answers some damaged files, as errors.

use crate::problem::{ParquetProblem, TableProblem};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, PoisonError};

/// The panic hook is the process's, so one thread at a time replaces it.
static HOOK: Mutex<()> = Mutex::new(());

/// Calls `read`, whose panics are errors and are not printed.
pub(super) fn unwound<T>(read: impl FnOnce() -> Result<T, TableProblem>) -> Result<T, TableProblem> {
    let _alone = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let before = take_hook();
    set_hook(Box::new(|_| ()));
    let result = catch_unwind(AssertUnwindSafe(read));
    set_hook(before);
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        Err(ParquetProblem::Damaged { reason: text.to_owned() }.into())
    })
}
