//! What the rest of the program tells the dashboard.

use super::state::{Action, Best, State, Task};
use super::thread::{self, Shared};
use crate::error::Error;
use crate::renderer::terminal;
use crate::standard_output;
use crate::stop_signal::StopSignal;
use emberlab_data::{Phase, Progress};
use std::io;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the thread may take to draw its last frame.
const PATIENCE: Duration = Duration::from_secs(1);

/// The dashboard where there is one; everything told to it is dropped where there is none. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Screen(Option<Arc<Shared>>);

/// Closes the dashboard when it goes, and gives the terminal back.
#[derive(Debug)]
pub struct OpenScreen(Screen);

impl Screen {
    /// Opens the dashboard of a run. Its keys and the end of its terminal ask `stop` to stop.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] when the terminal or the system refuses.
    pub fn open(title: &str, stop: &StopSignal) -> Result<OpenScreen, Error> {
        let refused = |error: io::Error| {
            if standard_output::is_closed(&error) {
                stop.hang_up();
            }
            Error::Device(format!("cannot start the dashboard: {error}; take `--dashboard plain`"))
        };
        let shared = thread::start(State::new(title.to_owned()), stop.clone()).map_err(refused)?;
        Ok(OpenScreen(Self(Some(shared))))
    }

    /// No dashboard.
    pub fn none() -> OpenScreen {
        OpenScreen(Self(None))
    }

    /// Whether there is a dashboard.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Says what goes on from now on.
    pub fn phase(&self, phase: &str) {
        self.change(|state| {
            state.phase = phase.to_owned();
            state.task = None;
        });
    }

    /// Says which epoch is the best so far.
    pub fn best(&self, best: Option<Best>) {
        self.change(|state| state.best = best);
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        if let Some(shared) = &self.0 {
            let mut state = shared.state();
            change(&mut state);
            state.version += 1;
        }
    }
}

impl Progress for Screen {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        self.change(|state| {
            // Who scores has said which part.
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

impl OpenScreen {
    /// A handle for others.
    pub fn screen(&self) -> &Screen {
        &self.0
    }
}

impl Drop for OpenScreen {
    fn drop(&mut self) {
        if let Some(shared) = self.0.0.take() {
            match shared.close(PATIENCE) {
                true => terminal::give_back(),
                // It waits for a terminal that takes nothing more.
                false => terminal::give_back_at_end(),
            }
        }
    }
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what a key asks for, but for what concerns the terminal.
    pub(super) fn act(&self, action: Action, stop: &StopSignal) {
        match action {
            Action::Interrupt => stop.request(),
            Action::Stop => stop.choose(false),
            Action::Kill => stop.choose(true),
            Action::Suspend | Action::Redraw => {}
        }
    }
}
