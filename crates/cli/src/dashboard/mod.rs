//! The dashboard: Burn's panels and keys on a terminal, drawn by a thread of its own.
//!
//! Training reports phases to a [`Screen`], and Burn's learner reports metrics to a [`DashboardRenderer`]; both only change a
//! [`State`](state::State) that the thread draws, at most four times a second and only when it has changed.
//! A terminal that is slow or gone never holds up training.

mod history;
mod keys;
mod metrics;
mod pace;
mod renderer;
mod screen;
mod signals;
mod state;
mod thread;
mod view;

pub use renderer::DashboardRenderer;
pub use screen::{OpenScreen, Screen};
