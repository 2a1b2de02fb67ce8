//! The threads that CPU backends compute with.

use super::error::DeviceError;
use std::error::Error as _;

/// The number of threads that the CPU backends compute with.
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// Starts the threads: as many as are asked for, or one per core. Rayon would panic later over a system that refuses them.
///
/// # Errors
///
/// [`DeviceError::Threads`] when the system refuses them, or another number of threads runs already.
pub(super) fn start(threads: Option<usize>) -> Result<(), DeviceError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build_global();
    match pool {
        Ok(()) => Ok(()),
        // Rayon's error has no source where the threads run already.
        Err(reason) if threads.is_none() && reason.source().is_none() => Ok(()),
        Err(reason) => Err(DeviceError::Threads { threads, reason }),
    }
}
