//! Turns signals and a closed standard output into requests to stop.

use crate::error::{INTERRUPTED, SystemError};
use crate::output::{give_up, standard_output, terminal};
use emberlab_training::StopSignal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use std::thread::Builder;

/// Listens for INT, TERM, QUIT and HUP, and for the closing of standard output. After the first request the current update
/// still ends; a second request restores the terminal and ends the program at once. HUP stays ignored if it was ignored
/// when the program started, as `nohup` does.
///
/// # Errors
///
/// [`SystemError::Signals`] when the system refuses a handler or a thread.
pub fn listen() -> Result<StopSignal, SystemError> {
    let stop = StopSignal::new(exit);
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGQUIT]).map_err(SystemError::Signals)?;
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP).map_err(SystemError::Signals)?;
    }
    let heard = stop.clone();
    let listen = move || {
        for number in signals.forever() {
            if number == SIGHUP { heard.hang_up_signal() } else { heard.request() }
        }
    };
    Builder::new().name("signals".into()).spawn(listen).map_err(SystemError::Signals)?;
    let heard = stop.clone();
    let watch = move || {
        if standard_output::wait_until_closed() {
            heard.hang_up();
        }
    };
    Builder::new().name("output-watch".into()).spawn(watch).map_err(SystemError::Signals)?;
    Ok(stop)
}

/// Ends the program without running destructors, because other threads still compute.
fn exit(error: Option<emberlab_training::Error>) -> ! {
    match error {
        Some(error) => give_up(error),
        None => {
            terminal::give_back_at_end();
            signal_hook::low_level::exit(INTERRUPTED.into())
        }
    }
}

/// Whether this process was started with a signal ignored, as by `nohup`. Only Linux shows this; on other systems the
/// result is `false`.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        assert!(is_ignored(signal_hook::consts::SIGPIPE), "Rust's start ignores it");
        assert!(!is_ignored(SIGTERM));
    }
}
