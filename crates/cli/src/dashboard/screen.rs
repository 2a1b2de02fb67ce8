//! The interface of the dashboard to the rest of the program.

use super::state::{Action, State, Task};
use super::thread::{self, Shared};
use crate::error::SystemError;
use crate::output::standard_output;
use crate::output::terminal;
use emberlab_data::{Phase, Progress};
use emberlab_training::StopSignal;
use emberlab_training::host::BestEpoch;
use std::io;
use std::sync::{Arc, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// The time that the thread may take to draw its last frame.
const PATIENCE: Duration = Duration::from_secs(1);

/// The dashboard. Before it is opened, calls do nothing. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Screen(Arc<OnceLock<Arc<Shared>>>);

/// Closes the dashboard when it is dropped, and gives the terminal back.
#[derive(Debug)]
pub struct OpenScreen(Arc<Shared>);

impl Screen {
    /// Opens the dashboard of a run. Its keys and the end of its terminal ask `stop` to stop.
    ///
    /// # Errors
    ///
    /// [`SystemError::Dashboard`] when the terminal or the system refuses.
    pub fn open(&self, title: &str, stop: &StopSignal) -> Result<OpenScreen, SystemError> {
        let refused = |error: io::Error| {
            if standard_output::is_closed(&error) {
                stop.hang_up();
            }
            SystemError::Dashboard(error)
        };
        let shared = thread::start(State::new(title.to_owned()), stop.clone()).map_err(refused)?;
        Ok(OpenScreen(Arc::clone(self.0.get_or_init(|| shared))))
    }

    /// Whether there is a dashboard.
    pub fn is_open(&self) -> bool {
        self.0.get().is_some()
    }

    /// Shows the current phase.
    pub fn phase(&self, phase: &str) {
        self.change(|state| {
            state.phase = phase.to_owned();
            state.task = None;
        });
    }

    /// Shows the best epoch so far.
    pub fn best(&self, best: Option<BestEpoch>) {
        self.change(|state| state.best = best);
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        if let Some(shared) = self.0.get() {
            let mut state = shared.state();
            change(&mut state);
            state.version += 1;
        }
    }
}

impl Progress for Screen {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        self.change(|state| {
            // The phase already names the part that is scored.
            if phase != Phase::Evaluate {
                state.phase = phase.name().to_owned();
            }
            state.task = Some(Task { done: 0, total });
        });
    }

    fn reach(&self, done: u64) {
        self.change(|state| {
            if let Some(task) = &mut state.task {
                task.done = done;
            }
        });
    }

    fn end(&self) {
        self.change(|state| state.task = None);
    }
}

impl Drop for OpenScreen {
    fn drop(&mut self) {
        if self.0.close(PATIENCE) {
            terminal::give_back();
        } else {
            // The thread waits for a terminal that accepts no more output.
            terminal::give_back_at_end();
        }
    }
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out the action of a key, except those on the terminal.
    pub(super) fn act(&self, action: Action, stop: &StopSignal) {
        match action {
            Action::Interrupt => stop.request(),
            Action::Stop => stop.choose(false),
            Action::Kill => stop.choose(true),
            Action::Suspend | Action::Redraw => {}
        }
    }
}
