//! Many runs of one configuration with some of its keys changed.
//!
//! Each run is a process of its own, so that as many run at once as there are cores. A run that an earlier sweep left
//! unfinished is continued. A sweep is a folder of runs: `<artifacts>/<name>-sweep/`.

mod grid;
mod halving;
mod range;
mod ranking;
mod stop_request;
mod workers;

pub use grid::{Axis, Point, points};
pub use halving::{Rung, rungs};
pub use ranking::{Mean, Rank, RankedPart, rank};
pub use stop_request::follow_sweep;
pub use workers::{Job, JobEvent, run_all};
