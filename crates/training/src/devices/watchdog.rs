//! Ends a run whose servers are gone.
//!
//! Burn's client panics in threads of its own when a server is gone, and then waits for ever. When the thread that trains
//! panics too, the tensors it holds panic again as they are dropped, and the program aborts. So a panic in any thread ends
//! the program where it happens, and a thread does the same when the run makes no progress any more.

use super::error::{DeviceError, ServerLoss};
use super::heartbeat::Heartbeat;
use super::panic::panic_message;
use std::sync::Arc;
use std::time::Duration;

/// The longest time without progress.
const MAX_SILENCE: Duration = Duration::from_secs(60);
/// The time without progress after which the servers are looked for.
const SUSPICIOUS_SILENCE: Duration = Duration::from_secs(2);
const INTERVAL: Duration = Duration::from_millis(500);

/// Watches over a run.
#[derive(Clone)]
pub struct Watchdog {
    heartbeat: Heartbeat,
    give_up: Arc<dyn Fn(DeviceError, usize) + Send + Sync>,
}

impl Watchdog {
    /// A watchdog that listens to `heartbeat`. `give_up` receives the error and the updates made so far, at most once and
    /// in any thread, and should end the program.
    pub fn new(heartbeat: Heartbeat, give_up: impl Fn(DeviceError, usize) + Send + Sync + 'static) -> Self {
        Self { heartbeat, give_up: Arc::new(give_up) }
    }

    /// Replaces the panic hook: a panic in any thread gives the run up.
    pub(super) fn watch_panics(&self) {
        let watchdog = self.clone();
        std::panic::set_hook(Box::new(move |info| {
            watchdog.lost(ServerLoss::Panic(panic_message(info.payload())));
        }));
    }

    /// Starts a thread that gives the run up when `find_servers` fails or the run makes no progress.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Watchdog`] when the system refuses the thread.
    pub(super) fn watch_silence(
        self,
        find_servers: impl Fn() -> Result<(), DeviceError> + Send + 'static,
    ) -> Result<(), DeviceError> {
        let watch = move || {
            while !self.heartbeat.has_ended() {
                std::thread::sleep(INTERVAL);
                let silence = self.heartbeat.silence();
                if silence > MAX_SILENCE {
                    self.lost(ServerLoss::Silence(MAX_SILENCE));
                } else if silence > SUSPICIOUS_SILENCE
                    && let Err(error) = find_servers()
                {
                    self.lost(ServerLoss::Unreachable(Box::new(error)));
                }
            }
        };
        let spawned = std::thread::Builder::new().name("watchdog".into()).spawn(watch);
        spawned.map(drop).map_err(DeviceError::Watchdog)
    }

    /// Gives the run up, unless it has ended.
    fn lost(&self, loss: ServerLoss) {
        if !self.heartbeat.end_once() {
            (self.give_up)(DeviceError::ServersLost(loss), self.heartbeat.updates());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_run_is_given_up_once_and_not_after_its_end() {
        let (sender, given_up) = mpsc::channel();
        let heartbeat = Heartbeat::default();
        let watchdog = Watchdog::new(heartbeat.clone(), move |error, updates| {
            let _ = sender.send((error.to_string(), updates));
        });
        heartbeat.beat(Some(7));
        watchdog.lost(ServerLoss::Silence(MAX_SILENCE));
        watchdog.lost(ServerLoss::Panic("closed".into()));
        drop(watchdog);
        let message = "the servers have not moved for 60 s; when they are back, go on with `--resume`";
        assert_eq!(given_up.iter().collect::<Vec<_>>(), [(message.to_owned(), 7)]);
        assert!(heartbeat.has_ended());
    }
}
