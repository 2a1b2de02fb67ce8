//! How a sweep stops the processes of its runs.
//!
//! A sweep and each of its runs are joined by the run's standard input. A byte asks the run to stop: it ends its update,
//! writes a checkpoint and ends. If the input ends without that byte, the sweep was killed, and the run stops as well. If it
//! ends after that byte, the sweep ended at once, as at a second Ctrl-C, and so does the run.
//!
//! Ctrl-C on a terminal reaches a run directly too. That is the same request, so a byte is never counted as a second one.

use crate::error::Error;
use crate::signals;
use emberlab_training::StopSignal;
use std::io::{self, ErrorKind, Read, Write};
use std::process::ChildStdin;
use std::thread;

/// The byte that asks a run to stop.
const STOP: u8 = b's';

/// Asks a run to stop.
///
/// # Errors
///
/// Those of writing, as when the run has ended.
pub fn ask_to_stop(input: &mut ChildStdin) -> io::Result<()> {
    input.write_all(&[STOP]).and_then(|()| input.flush())
}

/// Listens, in the process of a run, for signals and for the sweep.
///
/// # Errors
///
/// [`Error::Device`] when the system refuses a thread.
pub fn follow_sweep() -> Result<StopSignal, Error> {
    let stop = signals::listen()?;
    let asked = stop.clone();
    let follow = move || {
        let mut told = false;
        while wait_for_byte(io::stdin()) {
            told = true;
            asked.hang_up();
        }
        asked.hang_up();
        if told {
            // As two requests of the user, the second of which ends the program at once.
            asked.request();
            asked.request();
        }
    };
    let spawned = thread::Builder::new().name("sweep".to_owned()).spawn(follow);
    spawned.map_err(|error| Error::Device(format!("cannot start a thread: {error}")))?;
    Ok(stop)
}

/// Whether another byte came before the input ended.
fn wait_for_byte(mut input: impl Read) -> bool {
    loop {
        match input.read(&mut [0]) {
            Ok(n) => return n > 0,
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            Err(_) => return false,
        }
    }
}
