//! Servers: other machines that compute, with a build that has the feature `serve` beside its own backend.

use super::error::DeviceError;
use super::platform::Platform;
use super::watchdog::Watchdog;
use emberlab_config::DeviceConfig;
use emberlab_data::Upload;
use emberlab_models::{Architecture, LayerSpec};
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::num::NonZeroUsize;
use std::time::Duration;

/// How long a server may take to accept a connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of numbers in one message: Burn's server takes 16 MiB, with some words about them.
const MAX_MESSAGE_SIZE: usize = (16 << 20) - 4096;

/// Servers, each of which is one device.
pub struct Servers;

impl Platform for Servers {
    /// The tensors that a panicking thread holds panic again as they are dropped, which aborts the program.
    const SURVIVES_PANICS: bool = false;

    /// Burn 0.21 mixes up tensors that servers hand to each other at once.
    const EXCHANGES_THROUGH_HOST: bool = true;

    /// Burn 0.21's server refuses messages above 16 MiB, and its router drops tensors of unsigned integers although it says
    /// that it supports them.
    const UPLOAD: Upload = Upload { max_message_bytes: NonZeroUsize::new(8 << 20), byte_tensors: false };

    /// 8 MiB of numbers, which fit into one message.
    const MAX_READ: usize = 2 << 20;

    fn check(config: &DeviceConfig) -> Result<(), DeviceError> {
        if config.index != 0 {
            return Err(DeviceError::NoSuchDevice { backend: super::NAME, index: config.index });
        }
        if config.remote.is_empty() {
            return Err(DeviceError::NoServer);
        }
        reach_all(&config.remote)
    }

    fn n_devices(config: &DeviceConfig) -> usize {
        config.remote.len()
    }

    fn to_read(config: &DeviceConfig) -> DeviceConfig {
        DeviceConfig { remote: config.remote.clone(), ..DeviceConfig::default() }
    }

    fn check_layers(architecture: &Architecture) -> Result<(), DeviceError> {
        let weights = architecture.layers().iter().map(LayerSpec::most_parameters).max();
        let bytes = weights.map(|weights| weights.saturating_mul(size_of::<f32>()));
        match bytes {
            Some(bytes) if bytes > MAX_MESSAGE_SIZE => Err(DeviceError::LayerTooLarge { bytes }),
            _ => Ok(()),
        }
    }

    fn watch(config: &DeviceConfig, watchdog: Watchdog) -> Result<(), DeviceError> {
        let servers = config.remote.clone();
        watchdog.watch_panics();
        watchdog.watch_silence(move || reach_all(&servers))
    }
}

fn reach_all(servers: &[String]) -> Result<(), DeviceError> {
    servers.iter().try_for_each(|address| {
        reach(address).map_err(|reason| DeviceError::Unreachable { address: address.clone(), reason })
    })
}

/// Whether a server accepts a connection at `ws://HOST:PORT`, at any of the host's addresses.
fn reach(address: &str) -> io::Result<()> {
    let mut reason = io::Error::other("its name has no address");
    for place in address.trim_start_matches("ws://").to_socket_addrs()? {
        match TcpStream::connect_timeout(&place, CONNECTION_TIMEOUT) {
            Ok(_) => return Ok(()),
            Err(error) => reason = error,
        }
    }
    Err(reason)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_server_that_does_not_answer_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("ws://{}", listener.local_addr().unwrap());
        let config = DeviceConfig { remote: vec![address.clone()], ..DeviceConfig::default() };
        assert!(Servers::check(&config).is_ok());
        drop(listener);
        let error = Servers::check(&config).unwrap_err().to_string();
        assert!(error.starts_with(&format!("no server at `{address}`: Connection refused")), "{error}");
        assert!(matches!(Servers::check(&DeviceConfig::default()), Err(DeviceError::NoServer)));
    }

    #[test]
    fn a_layer_that_does_not_fit_into_a_message_is_refused() {
        assert!(Servers::check_layers(&Architecture::mlp(1000, &[4000], 10)).is_ok());
        let error = Servers::check_layers(&Architecture::mlp(1000, &[5000], 10)).unwrap_err();
        assert!(error.to_string().starts_with("a layer of 20 MiB is too large"), "{error}");
    }
}
