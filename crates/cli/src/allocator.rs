//! The allocator of the program.

use mimalloc::MiMalloc;
use std::ffi::{c_int, c_long};

/// The C library's allocator gives large buffers back to the system after each operation, and takes page faults on the
/// next.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay` of mimalloc's `mi_option_t`: milliseconds until unused memory is given back.
const PURGE_DELAY: c_int = 15;
/// Longer than an update of a large network takes: with mimalloc's delay of a second, a sixth of its time is spent on clearing the
/// pages that the last update gave back.
const KEPT: c_long = 60_000;

/// Keeps unused memory for the next update, unless `MIMALLOC_PURGE_DELAY` says otherwise.
#[expect(unsafe_code, reason = "the only way to set an option of the allocator")]
pub fn keep_unused_memory() {
    // SAFETY: the option exists in this version of mimalloc, any number is valid for it, and no other thread runs yet.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, KEPT) }
}
