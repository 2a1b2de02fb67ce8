//! `experiment.log`: what Burn and this program log.

use crate::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};

/// The file of the current run. A process has one receiver of logged lines, and may train several runs, one after another.
static FILE: Mutex<Option<File>> = Mutex::new(None);

/// Logs into the file from now on, behind what is there.
///
/// # Errors
///
/// [`Error::Run`] when the file cannot be made. A line that cannot be written later is lost.
pub fn begin(path: &Path) -> Result<(), Error> {
    let file: File = OpenOptions::new().create(true).append(true).open(path).map_err(Error::write(path))?;
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    // wgpu tells too much.
    let is_wanted = filter_fn(|line| {
        let is_wgpu = line.module_path().is_some_and(|path| path.starts_with("wgpu"));
        !(is_wgpu && *line.level() >= LevelFilter::INFO)
    });
    let lines = fmt::layer().with_ansi(false).log_internal_errors(false).with_writer(|| CurrentFile);
    // Fails where there is a receiver already: that of an earlier run, or of the program around this one.
    let _ = registry().with(lines.with_filter(LevelFilter::INFO).with_filter(is_wanted)).try_init();
    Ok(())
}

/// Writes to the file of the current run.
struct CurrentFile;

impl Write for CurrentFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match &mut *FILE.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(file) => file.write(line),
            None => Ok(line.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut *FILE.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(file) => file.flush(),
            None => Ok(()),
        }
    }
}
