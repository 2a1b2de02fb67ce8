//! Signs that a training goes on, for whoever watches over it.

use emberlab_data::{Phase, Progress};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Records when a training last did something. Clones share their state.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    began: Instant,
    /// Milliseconds from `began` to the last sign.
    last: Arc<AtomicU64>,
    updates: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { began: Instant::now(), last: Arc::default(), updates: Arc::default(), over: Arc::default() }
    }
}

impl Heartbeat {
    /// Records that something went on; `updates` is the number of updates made, after an update.
    pub fn beat(&self, updates: Option<usize>) {
        self.last.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
        if let Some(updates) = updates {
            self.updates.store(updates, Ordering::Relaxed);
        }
    }

    /// Ends the watch. Returns whether it had ended before.
    pub fn end(&self) -> bool {
        self.over.swap(true, Ordering::Relaxed)
    }

    /// Whether the watch has ended.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Updates made.
    pub fn updates(&self) -> usize {
        self.updates.load(Ordering::Relaxed)
    }

    /// The time since the last sign.
    pub fn silence(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

/// Shows the progress of a task, and counts it as a sign that the training goes on.
pub struct Watched<'a> {
    /// Shows the progress.
    pub shown: &'a dyn Progress,
    /// Receives the signs.
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
