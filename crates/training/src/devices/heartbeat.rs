//! Signs that a run makes progress, for the [`Watchdog`](super::Watchdog).

use emberlab_data::{Phase, Progress};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// When a run last made progress. Clones share their state.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    start: Instant,
    /// Milliseconds after `start`.
    last: Arc<AtomicU64>,
    updates: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { start: Instant::now(), last: Arc::default(), updates: Arc::default(), ended: Arc::default() }
    }
}

impl Heartbeat {
    /// Records progress, and the number of updates made so far where it has changed.
    pub fn beat(&self, updates: Option<usize>) {
        self.last.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
        if let Some(updates) = updates {
            self.updates.store(updates, Ordering::Relaxed);
        }
    }

    /// Records that the run has ended.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Records that the run has ended; returns whether it had ended already.
    pub(super) fn end_once(&self) -> bool {
        self.ended.swap(true, Ordering::Relaxed)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// The time since the last progress.
    pub(super) fn silence(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }

    /// Updates made so far.
    pub(super) fn updates(&self) -> usize {
        self.updates.load(Ordering::Relaxed)
    }
}

/// Passes progress on, with a heartbeat for each report.
pub struct Watched<'a> {
    /// Shows the progress.
    pub shown: &'a dyn Progress,
    /// Receives the heartbeats.
    pub heartbeat: &'a Heartbeat,
}

impl Progress for Watched<'_> {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        self.heartbeat.beat(None);
        self.shown.begin(phase, total);
    }

    fn reach(&self, done: u64) {
        self.heartbeat.beat(None);
        self.shown.reach(done);
    }

    fn end(&self) {
        self.heartbeat.beat(None);
        self.shown.end();
    }
}
