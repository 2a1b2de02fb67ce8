//! Requests to stop: signals, keys of the dashboard, and a terminal or a standard output that was closed.

use crate::error::Error;
use crate::renderer::terminal;
use crate::run_slot::Unused;
use crate::standard_output;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// A shell hands SIGHUP on to its jobs when the kernel has already sent it to them: signals that follow so soon are
/// the same request.
const SAME_HANG_UP: Duration = Duration::from_secs(2);

/// Whether the user asked the program to stop. Clones share their state.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    came: AtomicBool,
    /// By a signal or a key, which a second one follows when the first takes too long.
    asked: AtomicBool,
    without_weights: AtomicBool,
    hung_up: Mutex<Option<Instant>>,
    at_once: Mutex<Option<Ending>>,
}

/// How the program ends when there is nothing to save.
#[derive(Debug)]
struct Ending {
    error: Error,
    unused: Unused,
    end: fn(&Error) -> !,
}

/// While this exists, a request ends the program at once.
#[derive(Debug)]
pub struct AtOnce<'a>(&'a Requests);

impl StopSignal {
    /// Listens for INT, TERM, QUIT and HUP, and for the closing of standard output. The first request lets the current
    /// update end; a second one ends the program at once, with the terminal given back. `nohup` keeps its meaning: HUP
    /// stays ignored where it was.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] when the system refuses a handler or a thread.
    pub fn listen() -> Result<Self, Error> {
        let refused = |error| Error::Device(format!("cannot listen for signals: {error}"));
        let signal = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGQUIT]).map_err(refused)?;
        if !is_ignored(SIGHUP) {
            signals.add_signal(SIGHUP).map_err(refused)?;
        }
        let heard = signal.clone();
        let listen = move || {
            for number in signals.forever() {
                if number == SIGHUP { heard.hang_up_signal() } else { heard.request() }
            }
        };
        Builder::new().name("signals".into()).spawn(listen).map_err(refused)?;
        let heard = signal.clone();
        let watch = move || {
            if standard_output::wait_until_closed() {
                heard.hang_up();
            }
        };
        Builder::new().name("output-watch".into()).spawn(watch).map_err(refused)?;
        Ok(signal)
    }

    /// Whether a request came.
    pub fn came(&self) -> bool {
        self.0.came.load(Ordering::SeqCst)
    }

    /// Whether the run is to end right after its checkpoint, without saving its weights.
    pub fn without_weights(&self) -> bool {
        self.0.without_weights.load(Ordering::SeqCst)
    }

    /// Asks to stop, as Ctrl-C does; the second time it ends the program at once.
    pub fn request(&self) {
        if self.0.asked.swap(true, Ordering::SeqCst) {
            end();
        }
        self.0.stop();
    }

    /// Asks to stop, by a choice in the dashboard; never ends the program before its checkpoint.
    pub fn choose(&self, without_weights: bool) {
        self.0.asked.store(true, Ordering::SeqCst);
        if without_weights {
            self.0.without_weights.store(true, Ordering::SeqCst);
        }
        self.0.stop();
    }

    /// Asks to stop because the terminal or the reader of standard output is gone. The same event is often noticed
    /// several times, so this never counts as a second request.
    pub fn hang_up(&self) {
        lock(&self.0.hung_up).get_or_insert_with(Instant::now);
        self.0.stop();
    }

    fn hang_up_signal(&self) {
        let first = *lock(&self.0.hung_up);
        match first {
            Some(first) if first.elapsed() >= SAME_HANG_UP => self.request(),
            _ => self.hang_up(),
        }
    }

    /// While the value returned exists, a request deletes what is `unused` and ends the program at once through `end`,
    /// with `error`: there is nothing to save. A request that came before does so now.
    pub fn at_once(&self, error: Error, unused: Unused, end: fn(&Error) -> !) -> AtOnce<'_> {
        *lock(&self.0.at_once) = Some(Ending { error, unused, end });
        if self.came() {
            self.0.end_if_nothing_to_save();
        }
        AtOnce(&self.0)
    }
}

impl Requests {
    fn stop(&self) {
        self.came.store(true, Ordering::SeqCst);
        self.end_if_nothing_to_save();
    }

    fn end_if_nothing_to_save(&self) {
        // The lock is held to the end: work that would change files waits for it.
        if let Some(Ending { error, unused, end }) = &*lock(&self.at_once) {
            unused.delete();
            end(error);
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

/// Ends the program without running anything else: other threads still compute.
fn end() -> ! {
    terminal::give_back_at_end();
    signal_hook::low_level::exit(i32::from(Error::Interrupted(0).exit_code()))
}

/// Whether this process was started with a signal ignored, as by `nohup`. Only Linux tells; elsewhere the answer is no.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
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
        let stop = StopSignal::default();
        drop(stop.at_once(Error::LabInterrupted, Unused::default(), |error| panic!("{error}")));
        stop.request();
        assert!(stop.came());
        let ended = std::panic::catch_unwind(|| {
            let _at_once = stop.at_once(Error::LabInterrupted, Unused::default(), |error| panic!("{error}"));
        });
        assert!(ended.is_err(), "a request from before counts");
    }

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        assert!(is_ignored(signal_hook::consts::SIGPIPE), "Rust's start ignores it");
        assert!(!is_ignored(SIGTERM));
    }
}
