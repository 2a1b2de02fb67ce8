//! Running the runs of a sweep, several at once.

use crate::error::Error;
use crate::run_dir::RunDir;
use crate::run_record::Outcome;
use crate::run_summary::RunSummary;
use crate::stop_signal::StopSignal;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// How often a run under way is looked at.
const POLL: Duration = Duration::from_millis(20);

/// One run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name in the sweep's folder.
    pub name: String,
    /// The arguments of `emberlab train` that are its own.
    pub arguments: Vec<String>,
}

/// Runs what is not finished yet, `n_workers` at a time, and tells of each as it ends: its place among the
/// jobs, and what came of it or what its process said.
///
/// # Errors
///
/// [`Error::Interrupted`] when the user stops the sweep; the runs then go on with the next one.
pub fn run_all(
    folder: &Path,
    jobs: &[Job],
    n_workers: usize,
    stop: &StopSignal,
    done: impl Fn(usize, Result<RunSummary, String>) + Sync,
) -> Result<(), Error> {
    let next = Mutex::new(0..jobs.len());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let program = std::env::current_exe()
        .map_err(|error| Error::Usage(format!("cannot find this program to run it again: {error}")))?;
    std::thread::scope(|scope| {
        for _ in 0..n_workers {
            scope.spawn(|| {
                while let Some(index) = take() {
                    if stop.came() {
                        break;
                    }
                    done(index, run(&program, folder, &jobs[index], stop));
                }
            });
        }
    });
    match stop.came() {
        true => Err(Error::SweepInterrupted),
        false => Ok(()),
    }
}

fn run(program: &PathBuf, folder: &Path, job: &Job, stop: &StopSignal) -> Result<RunSummary, String> {
    // A run that a killed sweep left behind may still be at work.
    while summary(folder, job).is_some_and(|summary| summary.busy) && !stop.came() {
        std::thread::sleep(POLL);
    }
    let child = Command::new(program)
        .args(&job.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let said = wait(child.map_err(|error| format!("cannot be started: {error}"))?, stop)?;
    match summary(folder, job) {
        Some(summary) if summary.outcome == Outcome::Finished && said.is_empty() => Ok(summary),
        _ => Err(said),
    }
}

/// Waits for a run to end; one that is stopped writes a checkpoint first. Returns what it said is wrong.
fn wait(mut child: Child, stop: &StopSignal) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("cannot be waited for: {error}");
    let mut told = false;
    while child.try_wait().map_err(failed)?.is_none() {
        if stop.came() && !told {
            told = true;
            terminate(&child);
        }
        std::thread::sleep(POLL);
    }
    let output = child.wait_with_output().map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().map(|line| line.strip_prefix("error: ").unwrap_or(line));
    let said = lines.collect::<Vec<_>>().join(", ");
    match output.status.success() {
        true => Ok(String::new()),
        false if said.is_empty() => Ok(format!("ended with {}", output.status)),
        false => Ok(said),
    }
}

/// Asks a process to stop, as Ctrl-C does.
fn terminate(child: &Child) {
    if cfg!(unix) {
        // A process that is gone already needs no asking.
        let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).stderr(Stdio::null()).status();
    }
}

fn summary(folder: &Path, job: &Job) -> Option<RunSummary> {
    RunDir::open(folder, &folder.join(&job.name)).and_then(|run| RunSummary::read(&run)).ok()
}
