//! Errors of devices and servers.

use super::Problem;
use std::io;
use std::time::Duration;

/// An error of the devices that a run computes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// `device.remote` in a build that computes on its own machine.
    #[error(
        "`device.remote` names servers, and this build computes itself, on `{backend}`; train with `just train-remote`"
    )]
    NotRemote {
        /// The backend of the build.
        backend: &'static str,
    },
    /// No `device.remote` in a build that computes on servers.
    #[error("no server: name it with `--remote ws://HOST:PORT`, where `emberlab serve` runs")]
    NoServer,
    /// A server that does not answer.
    #[error("no server at `{address}`: {reason}; start it there with `emberlab serve --expose`")]
    Unreachable {
        /// Its address, as `ws://HOST:PORT`.
        address: String,
        /// The operating system's reason.
        reason: io::Error,
    },
    /// A layer whose weights do not fit into one message to a server.
    #[error(
        "a layer of {} MiB is too large for Burn's server, which takes 16 MiB at most; make it narrower, or train on \
         that machine itself",
        bytes.div_ceil(1 << 20)
    )]
    LayerTooLarge {
        /// The size of its weights.
        bytes: usize,
    },
    /// A `device.index` above 0 in a build with one device.
    #[error("device {index} is not there: the `{backend}` backend has one device, 0")]
    NoSuchDevice {
        /// The backend of the build.
        backend: &'static str,
        /// The index that was asked for.
        index: usize,
    },
    /// A driver, compiler or device that is missing.
    #[error(
        "{}; mend it with `{}`, or train on the CPU with `just train CONFIG`; `emberlab doctor` tells more",
        .0.what, .0.mend
    )]
    Driver(Problem),
    /// A `cubecl.toml` that CubeCL cannot read, with the first line of its reason.
    #[error("CubeCL's settings: {0}")]
    Settings(String),
    /// `device.precision = "bf16"` on a device without it.
    #[error("the `{backend}` backend does not compute in bf16 here; set `device.precision = \"f32\"`")]
    NoBf16 {
        /// The backend of the build.
        backend: &'static str,
    },
    /// A device that computed something else than what was expected.
    #[error("`{device}` computes wrong numbers")]
    WrongNumbers {
        /// Its name.
        device: String,
    },
    /// A device that did not compute at all.
    #[error(
        "the `{backend}` backend cannot compute on {device}: {reason}; train on the CPU with `just train CONFIG`"
    )]
    DoesNotCompute {
        /// The backend of the build.
        backend: &'static str,
        /// The device, as Burn calls it.
        device: String,
        /// The first line of Burn's reason.
        reason: String,
    },
    /// Threads to compute with that cannot be started.
    #[error(
        "cannot start {}threads to compute with: {reason}{}",
        threads.map_or(String::new(), |threads| format!("{threads} ")),
        MORE_THREADS
    )]
    Threads {
        /// How many `device.threads` asks for.
        threads: Option<usize>,
        /// Rayon's reason.
        reason: rayon::ThreadPoolBuildError,
    },
    /// A thread of Burn that cannot be started.
    #[error("the system refuses another thread{}", MORE_THREADS)]
    NoMoreThreads,
    /// The thread of the watchdog, which cannot be started.
    #[error("cannot start a thread: {0}")]
    Watchdog(io::Error),
    /// A device that was lost, or ran out of memory, while it computed.
    #[error(
        "the device failed: {reason}; go on from the last checkpoint with `--resume`, or take a smaller \
         `training.batch_size` where its memory is full"
    )]
    Failed {
        /// The first line of the driver's reason.
        reason: String,
    },
    /// Servers that were lost while they computed.
    #[error("{0}; when they are back, go on with `--resume`")]
    ServersLost(ServerLoss),
    /// A run without devices.
    #[error("no device to train on")]
    NoDevice,
    /// `emberlab serve` in a build without a server.
    #[error("this build has no server; build one with `cargo build --release --features serve`")]
    CannotServe,
}

const MORE_THREADS: &str = "; lower `device.threads`, or raise the system's limit (`ulimit -u`)";

/// How the loss of a server was noticed.
#[derive(Debug, thiserror::Error)]
pub enum ServerLoss {
    /// Burn panicked, with this first line.
    #[error("the connection to the servers is lost: {0}")]
    Panic(String),
    /// Nothing happened for so long.
    #[error("the servers have not moved for {} s", .0.as_secs())]
    Silence(Duration),
    /// One does not answer any more.
    #[error("{0}")]
    Unreachable(Box<DeviceError>),
}
