//! `experiment.log`: what Burn and this program log.

use crate::error::Error;
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};

/// Logs into the file from now on, behind what is there. A process logs into the file of its first run.
///
/// # Errors
///
/// [`Error::Run`] when the file cannot be made. A line that cannot be written later is lost.
pub fn begin(path: &Path) -> Result<(), Error> {
    let file: File = OpenOptions::new().create(true).append(true).open(path).map_err(Error::write(path))?;
    // wgpu tells too much.
    let is_wanted = filter_fn(|line| {
        let is_wgpu = line.module_path().is_some_and(|path| path.starts_with("wgpu"));
        !(is_wgpu && *line.level() >= LevelFilter::INFO)
    });
    let lines = fmt::layer().with_ansi(false).log_internal_errors(false).with_writer(Mutex::new(file));
    // Fails when a log was begun before, which goes on.
    let _ = registry().with(lines.with_filter(LevelFilter::INFO).with_filter(is_wanted)).try_init();
    Ok(())
}
