//! Running the runs of a sweep, several at once.

use super::stop_request::ask_to_stop;
use crate::error::{Error, SystemError};
use emberlab_run::Outcome;
use emberlab_run::RunSummary;
use emberlab_run::{RunDir, is_busy};
use emberlab_training::StopSignal;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Time between two looks at a run.
const POLL: Duration = Duration::from_millis(20);

/// One run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name in the sweep's folder.
    pub name: String,
    /// The arguments of the program that train it, and go on with it.
    pub arguments: Vec<OsString>,
}

/// An event of a job.
#[derive(Debug)]
pub enum JobEvent {
    /// It waits for another process, which works on the run.
    Waits,
    /// It has ended, with a finished run or with the reason why not.
    Ended(Result<Box<RunSummary>, String>),
}

/// Runs the jobs, `n_workers` at a time, and reports the events of each by its place among the jobs.
///
/// # Errors
///
/// [`Error::SweepInterrupted`] when the user stops the sweep, after each run has ended; [`SystemError`] when the
/// program cannot be found or a thread cannot be started.
pub fn run_all(
    folder: &Path,
    jobs: &[Job],
    n_workers: usize,
    stop: &StopSignal,
    report: impl Fn(usize, JobEvent) + Sync,
) -> Result<(), Error> {
    let next = Mutex::new(0..jobs.len());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let program = std::env::current_exe().map_err(SystemError::Program)?;
    let work = || {
        while let Some(index) = take() {
            if stop.came() {
                break;
            }
            if is_busy(&folder.join(&jobs[index].name)) {
                report(index, JobEvent::Waits);
            }
            report(index, JobEvent::Ended(run(&program, folder, &jobs[index], stop).map(Box::new)));
        }
    };
    thread::scope(|scope| {
        for started in 0..n_workers.min(jobs.len()) {
            match thread::Builder::new().name("sweep-worker".into()).spawn_scoped(scope, work) {
                Ok(_) => (),
                Err(error) if started == 0 => {
                    return Err(SystemError::Thread(error));
                }
                // The workers that did start do all jobs.
                Err(_) => break,
            }
        }
        Ok(())
    })?;
    if stop.came() { Err(Error::SweepInterrupted) } else { Ok(()) }
}

/// Runs a job to its end, and returns the finished run or the error of its process.
fn run(program: &Path, folder: &Path, job: &Job, stop: &StopSignal) -> Result<RunSummary, String> {
    let child = start(program, job).map_err(|error| format!("cannot be started: {error}"))?;
    let (status, said) = wait(child, stop).map_err(|error| format!("cannot be waited for: {error}"))?;
    let lines = said.lines().map(|line| line.strip_prefix("error: ").unwrap_or(line));
    let said = lines.collect::<Vec<_>>().join(", ");
    let run = || RunDir::open(folder, &folder.join(&job.name)).and_then(|run| RunSummary::read(&run));
    match (status.success(), said.is_empty()) {
        (false, true) => Err(format!("ended with {status}")),
        (false, false) => Err(said),
        (true, _) => match run().map_err(|error| error.to_string())? {
            summary if summary.outcome == Outcome::Finished => Ok(summary),
            summary => Err(format!("is {}", summary.outcome())),
        },
    }
}

fn start(program: &Path, job: &Job) -> io::Result<Child> {
    // One at a time, so that no process inherits the input of another, which would then not end with the sweep.
    static STARTING: Mutex<()> = Mutex::new(());
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(program);
    command
        .args(&job.arguments)
        .arg("--worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
}

/// Waits for a process to end, and asks it to stop when the sweep stops. Returns how it ended and what it wrote to
/// standard error.
fn wait(mut child: Child, stop: &StopSignal) -> io::Result<(ExitStatus, String)> {
    let mut input = child.stdin.take();
    let errors = child.stderr.take();
    // Where no thread can be started, `input` goes, which asks the process to stop.
    let reader = thread::Builder::new().name("errors-of-a-run".into()).spawn(move || {
        let mut said = Vec::new();
        // The output before an error is still reported.
        let _ = errors.map(|mut errors| errors.read_to_end(&mut said));
        String::from_utf8_lossy(&said).into_owned()
    })?;
    let mut asked = false;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if stop.came() && !asked {
            asked = true;
            // A process that has ended needs no asking.
            let _ = input.as_mut().map(ask_to_stop);
        }
        thread::sleep(POLL);
    };
    let said = reader.join().map_err(|_| io::Error::other("the thread that reads its errors failed"))?;
    Ok((status, said))
}
