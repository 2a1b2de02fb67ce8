//! The host of a training on the command line.

use crate::dashboard::{DashboardRenderer, OpenScreen, Screen};
use crate::output::{PlainRenderer, ProgressBars, give_up, print};
use burn::train::renderer::MetricsRenderer;
use emberlab_data::{NoProgress, Progress};
use emberlab_run::RunRecord;
use emberlab_training::devices::Heartbeat;
use emberlab_training::host::{BestEpoch, Host, Outline};
use emberlab_training::{Error as TrainingError, SilentRenderer, StopSignal};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The way in which progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// The dashboard, on a terminal.
    Dashboard,
    /// A line per epoch, or per `log_every` updates.
    Lines,
    /// Only warnings, and progress bars on a terminal.
    Nothing,
}

/// Shows a training on the terminal and passes requests to stop on to it.
pub struct TerminalHost {
    display: Display,
    stop: StopSignal,
    heartbeat: Heartbeat,
    bars: ProgressBars,
    screen: Screen,
    /// Closes the dashboard when it is dropped.
    open: Mutex<Option<OpenScreen>>,
    announce: Announce,
    watch: Option<Watch>,
}

/// Called with the number of each update and its loss.
pub type Watch = Box<dyn Fn(usize, f32) + Send + Sync>;

/// Called with the record and the directory of a run when the directory has been created.
pub type Announce = Box<dyn Fn(&RunRecord, &Path) + Send + Sync>;

impl TerminalHost {
    /// A host that calls `announce` when the run's directory has been created.
    pub fn new(display: Display, stop: StopSignal, announce: Announce) -> Self {
        let (bars, screen) = (ProgressBars::new(), Screen::default());
        let heartbeat = Heartbeat::default();
        Self { display, stop, heartbeat, bars, screen, open: Mutex::default(), announce, watch: None }
    }

    /// A host that also calls `watch` with the loss of each update.
    pub fn watching(self, watch: Watch) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// Closes the dashboard and restores the terminal.
    pub fn close(&self) {
        drop(self.open.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Host for TerminalHost {
    fn warn(&self, message: &str) {
        print::warning(message);
    }

    fn open(&self, name: &str) -> Result<(), TrainingError> {
        if self.display == Display::Dashboard {
            let opened =
                self.screen.open(name, &self.stop).map_err(|error| TrainingError::Host(Box::new(error)))?;
            *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
        }
        Ok(())
    }

    fn phase(&self, phase: &str) {
        self.screen.phase(phase);
    }

    fn announce(&self, record: &RunRecord, run: &Path) {
        (self.announce)(record, run);
    }

    fn loss(&self, update: usize, loss: f32) {
        self.watch.iter().for_each(|watch| watch(update, loss));
    }

    fn best(&self, best: Option<BestEpoch>) {
        self.screen.best(best);
    }

    fn progress(&self) -> &dyn Progress {
        if self.screen.is_open() { &self.screen } else { &self.bars }
    }

    fn validation_progress(&self) -> &dyn Progress {
        if self.screen.is_open() { &self.screen } else { &NoProgress }
    }

    fn renderer(&self, outline: &Outline<'_>) -> Box<dyn MetricsRenderer> {
        match self.display {
            Display::Dashboard => Box::new(DashboardRenderer::new(self.screen.clone(), outline.updates)),
            Display::Lines => Box::new(PlainRenderer::new(outline, self.stop.clone())),
            Display::Nothing => Box::new(SilentRenderer),
        }
    }

    fn shows_system_metrics(&self) -> bool {
        self.display == Display::Dashboard
    }

    fn stop(&self) -> &StopSignal {
        &self.stop
    }

    fn heartbeat(&self) -> &Heartbeat {
        &self.heartbeat
    }

    fn give_up(&self, error: TrainingError) -> ! {
        give_up(error)
    }
}
