//! Work that other machines do: found out before it begins, and given up when they are gone.
//!
//! Burn's client panics in threads of its own when a server is gone, and then waits for ever; when the thread that trains
//! panics over it, the tensors it holds panic again as they are dropped, and the program would abort. So a panic ends the
//! program where it happens, after the run's record is written, and a watchdog does the same when nothing moves any more.

use crate::error::Error;
use crate::run_dir::file;
use crate::stop_signal::leave_dashboard;
use crate::{atomic, backend};
use emberlab_data::{Phase, Progress};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a server may take to answer at first.
const TO_REACH: Duration = Duration::from_secs(5);
/// How long nothing may move in a training.
const TO_MOVE: Duration = Duration::from_secs(60);
/// How long nothing moves before it is asked whether the servers are still there.
const TO_SUSPECT: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Says that work goes on.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    began: Instant,
    last: Arc<AtomicU64>,
    updates: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { began: Instant::now(), last: Arc::default(), updates: Arc::default(), over: Arc::default() }
    }
}

impl Heartbeat {
    /// So many updates are made, or something else went on.
    pub fn beat(&self, updates: Option<usize>) {
        self.last.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
        if let Some(updates) = updates {
            self.updates.store(updates, Ordering::Relaxed);
        }
    }

    /// Nothing is waited for any more.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    fn silence(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

/// Tells of both: what went on is shown, and the heart beats.
pub struct Watched<'a> {
    /// What shows how far a task came.
    pub shown: &'a dyn Progress,
    /// What is told that work goes on.
    pub heartbeat: &'a Heartbeat,
}

impl Progress for Watched<'_> {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        self.heartbeat.beat(None);
        self.shown.begin(phase, total);
    }

    fn reach(&self, done: u64) {
        self.heartbeat.beat(None);
        self.shown.reach(done);
    }

    fn end(&self) {
        self.heartbeat.beat(None);
        self.shown.end();
    }
}

/// Whether a server answers at `ws://HOST:PORT`.
///
/// # Errors
///
/// [`Error::Device`] when it does not, within some seconds.
pub fn reach(address: &str) -> Result<(), Error> {
    let failed = |reason: String| {
        Error::Device(format!(
            "no server at `{address}`: {reason}; start it there with `emberlab serve --expose`"
        ))
    };
    let place = address.trim_start_matches("ws://");
    let places = place.to_socket_addrs().map_err(|error| failed(error.to_string()))?;
    let mut reason = "its name has no address".to_owned();
    for place in places {
        match TcpStream::connect_timeout(&place, TO_REACH) {
            Ok(_) => return Ok(()),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(failed(reason))
}

/// From now on a panic in any thread ends the program, with the run's record written; Burn's logger takes the place of this
/// when it begins, so that it must be said again after that.
pub fn give_up_on_panic(run: &Path, heartbeat: &Heartbeat) {
    if !backend::IS_REMOTE {
        return;
    }
    let (run, heartbeat) = (run.to_owned(), heartbeat.clone());
    std::panic::set_hook(Box::new(move |info| {
        let said = backend::panic_message(info.payload());
        give_up(&run, &heartbeat, &format!("the connection to the servers is lost: {said}"));
    }));
}

/// From now on the program ends, with the run's record written, when a server is gone or nothing moves.
pub fn give_up_on_silence(run: &Path, heartbeat: &Heartbeat, servers: &[String]) {
    if !backend::IS_REMOTE {
        return;
    }
    let (run, heartbeat, servers) = (run.to_owned(), heartbeat.clone(), servers.to_vec());
    std::thread::spawn(move || {
        while !heartbeat.over.load(Ordering::Relaxed) {
            std::thread::sleep(BETWEEN_LOOKS);
            let silence = heartbeat.silence();
            if silence > TO_MOVE {
                let reason = format!("the servers have not moved for {} s", TO_MOVE.as_secs());
                give_up(&run, &heartbeat, &reason);
            } else if silence > TO_SUSPECT
                && let Some(Err(error)) = servers.iter().map(|server| reach(server)).find(Result::is_err)
            {
                give_up(&run, &heartbeat, &error.to_string());
            }
        }
    });
}

/// Writes the record, says why, and ends the program.
fn give_up(run: &Path, heartbeat: &Heartbeat, reason: &str) {
    if heartbeat.over.swap(true, Ordering::Relaxed) {
        return;
    }
    leave_dashboard();
    let error = Error::Device(format!("{reason}; when they are back, go on with `--resume`"));
    // The error that is told is the one that began it.
    let _ = note(run, &error.to_string(), heartbeat.updates.load(Ordering::Relaxed));
    crate::cli::print::error(&error);
    std::process::exit(i32::from(error.exit_code()));
}

/// Says in `run.json` that the run failed, where there is one that goes on.
fn note(run: &Path, error: &str, updates: usize) -> Result<(), Error> {
    let path = run.join(file::RECORD);
    let read = std::fs::read(&path).map_err(Error::write(&path))?;
    let damaged = |error: serde_json::Error| Error::write(&path)(error.into());
    let mut record: serde_json::Value = serde_json::from_slice(&read).map_err(damaged)?;
    if record["outcome"] != "running" {
        return Ok(());
    }
    record["outcome"] = "failed".into();
    record["error"] = error.into();
    record["updates"] = updates.max(record["updates"].as_u64().unwrap_or(0) as usize).into();
    let text = serde_json::to_string_pretty(&record).map_err(damaged)?;
    atomic::write(&path, format!("{text}\n").as_bytes())
}
