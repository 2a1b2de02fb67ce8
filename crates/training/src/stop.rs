//! Requests to stop a training: by the user, or because its terminal was closed.

use crate::error::Error;
use emberlab_run::Unused;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A shell hands SIGHUP on to its jobs when the kernel has already sent it to them: signals that follow so soon are
/// the same request.
const SAME_HANG_UP: Duration = Duration::from_secs(2);

/// Requests to stop a training. Clones share their state.
#[derive(Clone, Debug)]
pub struct StopSignal {
    requests: Arc<Requests>,
    exit: Exit,
}

/// Ends the program at once: with an error when there is nothing to save, or without one at the user's second request, which
/// does not wait for the update to end.
pub type Exit = fn(Option<Error>) -> !;

#[derive(Debug, Default)]
struct Requests {
    came: AtomicBool,
    /// By a signal or a key of the user, whose second request ends the program at once.
    asked: AtomicBool,
    without_weights: AtomicBool,
    hung_up: Mutex<Option<Instant>>,
    at_once: Mutex<Option<Ending>>,
}

/// The end of a program that has nothing to save.
#[derive(Debug)]
struct Ending {
    error: Error,
    unused: Unused,
    exit: Exit,
}

/// While this exists, a request ends the program at once.
#[derive(Debug)]
pub struct AtOnce<'a>(&'a Requests);

impl Default for StopSignal {
    /// A signal that ends the process with code 130.
    fn default() -> Self {
        Self::new(|_| std::process::exit(130))
    }
}

impl StopSignal {
    /// A signal without a request. `exit` ends the program when it must not wait.
    pub fn new(exit: Exit) -> Self {
        Self { requests: Arc::default(), exit }
    }

    /// Whether a stop was requested.
    pub fn came(&self) -> bool {
        self.requests.came.load(Ordering::SeqCst)
    }

    /// Whether the run should end right after its checkpoint, without saving its weights.
    pub fn without_weights(&self) -> bool {
        self.requests.without_weights.load(Ordering::SeqCst)
    }

    /// Requests a stop, as Ctrl-C does. The second request ends the program at once.
    pub fn request(&self) {
        if self.requests.asked.swap(true, Ordering::SeqCst) {
            (self.exit)(None);
        }
        self.requests.stop();
    }

    /// Requests a stop, as the dashboard's menu does. Never ends the program before its checkpoint.
    pub fn choose(&self, without_weights: bool) {
        self.requests.asked.store(true, Ordering::SeqCst);
        if without_weights {
            self.requests.without_weights.store(true, Ordering::SeqCst);
        }
        self.requests.stop();
    }

    /// Requests a stop because the terminal or the reader of standard output is gone. The same event is often noticed
    /// several times, so this never counts as a second request.
    pub fn hang_up(&self) {
        lock(&self.requests.hung_up).get_or_insert_with(Instant::now);
        self.requests.stop();
    }

    /// Requests a stop because of SIGHUP. A signal that follows much later is a second request.
    pub fn hang_up_signal(&self) {
        let first = *lock(&self.requests.hung_up);
        match first {
            Some(first) if first.elapsed() >= SAME_HANG_UP => self.request(),
            _ => self.hang_up(),
        }
    }

    /// Declares that there is nothing to save: while the returned value exists, a request deletes what is `unused` and ends
    /// the program at once with `error`. So does a request from before.
    pub fn at_once(&self, error: Error, unused: Unused) -> AtOnce<'_> {
        *lock(&self.requests.at_once) = Some(Ending { error, unused, exit: self.exit });
        if self.came() {
            self.requests.end_if_nothing_to_save();
        }
        AtOnce(&self.requests)
    }
}

impl Requests {
    fn stop(&self) {
        self.came.store(true, Ordering::SeqCst);
        self.end_if_nothing_to_save();
    }

    fn end_if_nothing_to_save(&self) {
        // The lock is held to the end: work that would change files waits for it.
        let mut at_once = lock(&self.at_once);
        if let Some(Ending { error, unused, exit }) = at_once.take() {
            unused.delete();
            exit(Some(error));
        }
    }
}

impl Drop for AtOnce<'_> {
    fn drop(&mut self) {
        *lock(&self.0.at_once) = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_closed_terminal_is_one_request_however_often_it_is_noticed() {
        let stop = StopSignal::default();
        assert!(!stop.came());
        stop.hang_up();
        stop.hang_up_signal();
        stop.hang_up_signal();
        stop.hang_up();
        assert!(stop.came() && !stop.without_weights());
        // The first that the user makes is not the second either.
        stop.request();
    }

    #[test]
    fn choices_of_the_dashboard_add_up() {
        let stop = StopSignal::default();
        stop.choose(false);
        assert!(stop.came() && !stop.without_weights());
        stop.choose(true);
        assert!(stop.without_weights());
    }

    #[test]
    fn nothing_ends_at_once_without_a_request() {
        let stop = StopSignal::new(|error| panic!("{error:?}"));
        drop(stop.at_once(Error::LoadInterrupted, Unused::default()));
        stop.request();
        assert!(stop.came());
        let ended = std::panic::catch_unwind(|| {
            let _at_once = stop.at_once(Error::LoadInterrupted, Unused::default());
        });
        assert!(ended.is_err(), "a request from before counts");
    }
}
