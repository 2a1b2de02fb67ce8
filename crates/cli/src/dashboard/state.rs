//! The state that the dashboard shows, and how keys change it.

use super::keys::Key;
use super::metrics::Metrics;
use super::pace::Pace;
use emberlab_training::host::BestEpoch;
use std::time::Instant;

/// The values that a plot shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plot {
    #[default]
    Full,
    Recent,
}

/// An action of the program that a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ctrl-C: stop; the second time, end at once.
    Interrupt,
    /// Stop after the current update, with a checkpoint and the weights.
    Stop,
    /// Stop after the current update, with a checkpoint alone.
    Kill,
    /// Ctrl-Z: stop the process until it is continued.
    Suspend,
    /// Draw the whole screen again.
    Redraw,
}

/// The progress of a task: items or bytes done, and their number if it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    pub done: u64,
    pub total: Option<u64>,
}

/// The progress of training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The epoch, from 1; 0 before the first.
    pub epoch: usize,
    pub epochs: usize,
    /// Updates made, and those of the whole run.
    pub update: usize,
    pub updates: usize,
    /// Samples of the epoch that were seen, and all of them.
    pub samples: usize,
    pub samples_total: usize,
}

/// Everything that the dashboard shows.
#[derive(Debug)]
pub struct State {
    /// The run's name.
    pub title: String,
    /// The current phase.
    pub phase: String,
    pub task: Option<Task>,
    pub metrics: Metrics,
    pub position: Position,
    pub best: Option<BestEpoch>,
    pub pace: Pace,
    /// When the dashboard began.
    pub began: Instant,
    /// The index of the numeric metric that is plotted.
    selected: usize,
    pub plot: Plot,
    /// Whether the question how to quit is open.
    pub asks: bool,
    pub stopping: bool,
    /// Counts changes.
    pub version: u64,
}

impl State {
    pub fn new(title: String) -> Self {
        Self {
            title,
            phase: String::new(),
            task: None,
            metrics: Metrics::default(),
            position: Position::default(),
            best: None,
            pace: Pace::default(),
            began: Instant::now(),
            selected: 0,
            plot: Plot::Full,
            asks: false,
            stopping: false,
            version: 0,
        }
    }

    /// The index of the metric that is plotted; `None` before the first value.
    pub fn selected(&self) -> Option<usize> {
        let n = self.metrics.numeric().count();
        (n > 0).then(|| self.selected.min(n - 1))
    }

    /// Changes the state as a key asks, and returns the action that it asks for.
    pub fn press(&mut self, key: Key) -> Option<Action> {
        self.version += 1;
        match key {
            Key::Interrupt => return Some(Action::Interrupt),
            Key::Suspend => return Some(Action::Suspend),
            Key::Redraw => return Some(Action::Redraw),
            _ if self.asks => return self.answer(key),
            Key::Letter('q') => self.asks = true,
            Key::Right => self.select(1),
            Key::Left => self.select(-1),
            Key::Up | Key::Down => {
                self.plot = if self.plot == Plot::Full { Plot::Recent } else { Plot::Full };
            }
            Key::Escape | Key::Letter(_) => {}
        }
        None
    }

    fn answer(&mut self, key: Key) -> Option<Action> {
        let action = match key {
            Key::Letter('s') => Some(Action::Stop),
            Key::Letter('k') => Some(Action::Kill),
            Key::Letter('c' | 'q') | Key::Escape => None,
            _ => return None,
        };
        self.asks = false;
        action
    }

    fn select(&mut self, step: isize) {
        let n = self.metrics.numeric().count() as isize;
        if n > 0 {
            self.selected = (self.selected as isize + step).rem_euclid(n) as usize;
        }
    }
}
