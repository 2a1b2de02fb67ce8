//! Work that other machines do: found out before it begins, and given up when they are gone.
//!
//! Burn's client panics in threads of its own when a server is gone, and then waits for ever; when the thread that trains
//! panics over it, the tensors it holds panic again as they are dropped, and the program would abort. So a panic ends the
//! program where it happens, after the run's record is written, and a watchdog does the same when nothing moves any more;
//! how the program ends is the command line's to say.

use super as backend;
use crate::error::Error;
use crate::host::Host;
use emberlab_models::Architecture;
use emberlab_run::atomic;
use emberlab_run::file;
use std::io::Read;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a server may take to answer at first.
const TO_REACH: Duration = Duration::from_secs(5);
/// How long nothing may move in a training.
const TO_MOVE: Duration = Duration::from_secs(60);
/// How long nothing moves before it is asked whether the servers are still there.
const TO_SUSPECT: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// The most bytes of numbers in one message: Burn's server takes 16 MiB, with some words about them.
const MESSAGE_SIZE: usize = (16 << 20) - 4096;

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

/// Whether servers take every layer, whose weights go in one message.
///
/// # Errors
///
/// [`Error::Device`] when one is too large.
pub fn check_layers(architecture: &Architecture) -> Result<(), Error> {
    let size = |n_parameters: usize| n_parameters.saturating_mul(size_of::<f32>());
    let largest =
        architecture.layers().into_iter().map(|layer| size(layer.n_parameters())).max().unwrap_or(0);
    match backend::IS_REMOTE && largest > MESSAGE_SIZE {
        false => Ok(()),
        true => Err(Error::Device(format!(
            "a layer of {} MiB is too large for Burn's server, which takes 16 MiB at most; make it narrower, or train on \
             that machine itself",
            largest.div_ceil(1 << 20)
        ))),
    }
}

/// What watches over a run.
#[derive(Clone)]
pub struct Watchdog {
    /// The run's directory.
    pub run: PathBuf,
    /// Says whether work goes on, and ends the program when the run is given up.
    pub host: Arc<dyn Host>,
}

impl Watchdog {
    /// From now on a panic in any thread ends the program, with the run's record written.
    pub fn watch_panics(&self) {
        if !backend::IS_REMOTE {
            return;
        }
        let watchdog = self.clone();
        std::panic::set_hook(Box::new(move |info| {
            let said = backend::panic_message(info.payload());
            watchdog.give_up(&format!("the connection to the servers is lost: {said}"));
        }));
    }

    /// From now on the program ends, with the run's record written, when a server is gone or nothing moves.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] when the system refuses a thread.
    pub fn watch_silence(&self, servers: &[String]) -> Result<(), Error> {
        if !backend::IS_REMOTE {
            return Ok(());
        }
        let (watchdog, servers) = (self.clone(), servers.to_vec());
        let watch = move || {
            while !watchdog.host.heartbeat().has_ended() {
                std::thread::sleep(BETWEEN_LOOKS);
                let silence = watchdog.host.heartbeat().silence();
                if silence > TO_MOVE {
                    watchdog.give_up(&format!("the servers have not moved for {} s", TO_MOVE.as_secs()));
                } else if silence > TO_SUSPECT
                    && let Some(Err(error)) = servers.iter().map(|server| reach(server)).find(Result::is_err)
                {
                    watchdog.give_up(&error.to_string());
                }
            }
        };
        let spawned = std::thread::Builder::new().name("watchdog".into()).spawn(watch);
        spawned.map(drop).map_err(|error| Error::Device(format!("cannot start a thread: {error}")))
    }

    /// Writes the record and ends the program, unless something else is about to.
    fn give_up(&self, reason: &str) {
        if self.host.heartbeat().end_once() {
            return;
        }
        let error = Error::Device(format!("{reason}; when they are back, go on with `--resume`"));
        // The error that is told is the one that began it.
        let _ = note(&self.run, &error.to_string(), self.host.heartbeat().updates());
        self.host.give_up(error)
    }
}

/// Says in `run.json` that the run failed, where there is one that goes on.
fn note(run: &Path, error: &str, updates: usize) -> Result<(), Error> {
    let path = run.join(file::RECORD);
    let mut read = Vec::new();
    let opened = emberlab_data::open_regular(&path).and_then(|mut file| file.read_to_end(&mut read));
    opened.map_err(Error::write(&path))?;
    let damaged = |error: serde_json::Error| Error::write(&path)(error.into());
    let mut record: serde_json::Value = serde_json::from_slice(&read).map_err(damaged)?;
    if record["outcome"] != "running" {
        return Ok(());
    }
    record["outcome"] = "failed".into();
    record["error"] = error.into();
    record["updates"] = updates.max(record["updates"].as_u64().unwrap_or(0) as usize).into();
    let text = serde_json::to_string_pretty(&record).map_err(damaged)?;
    Ok(atomic::write(&path, format!("{text}\n").as_bytes())?)
}
