//! The threads that CPU backends compute with.

use super::error::DeviceError;
use std::error::Error as _;
use std::thread;

/// The number of threads that the CPU backends compute with.
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// What the thread that starts the others does while they compute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// It trains, and so gives them all of their work.
    Trains,
    /// It waits, or other threads give them work too.
    Waits,
}

/// Starts the threads: as many as are asked for, or one per core. Rayon would panic later over a system that refuses them.
///
/// The main thread is one of them where it trains: it would otherwise wake another one for every operation and sleep meanwhile, which
/// takes longer than an update of a small network. It lives as long as the others, which other threads may not. Where it would be the
/// only one, a thread that it waits for could not compute.
///
/// # Errors
///
/// [`DeviceError::Threads`] when the system refuses them, or another number of threads runs already.
pub(super) fn start(threads: Option<usize>, caller: Caller) -> Result<(), DeviceError> {
    let n = threads.or_else(|| thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let mut pool = rayon::ThreadPoolBuilder::new().num_threads(n);
    if caller == Caller::Trains && n > 1 && thread::current().name() == Some("main") {
        pool = pool.use_current_thread();
    }
    match pool.build_global() {
        Ok(()) => Ok(()),
        // Rayon's error has no source where threads run already.
        Err(reason)
            if reason.source().is_none() && threads.is_none_or(|n| n == rayon::current_num_threads()) =>
        {
            Ok(())
        }
        Err(reason) => Err(DeviceError::Threads { threads, reason }),
    }
}
