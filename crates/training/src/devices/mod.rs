//! The backend: the only file that names one.
//!
//! Exactly one of the cargo features `flex`, `ndarray`, `cuda`, `vulkan`, `metal` and `remote` is compiled in.

use crate::error::Error;
use burn::tensor::backend::Backend as _;
use burn::tensor::{DType, FloatDType, Tensor};
mod heartbeat;
mod library;
mod nvidia;
mod problem;
mod remote;
mod vulkan;

pub use heartbeat::{Heartbeat, Watched};
pub use nvidia::Nvidia;
pub use problem::Problem;
pub use remote::{Watchdog, check_layers};
pub use vulkan::Vulkan;

use emberlab_config::DeviceConfig;
use emberlab_models::Precision;
use std::error::Error as _;
use std::panic::{catch_unwind, set_hook, take_hook};

#[cfg(not(any(
    feature = "flex",
    feature = "ndarray",
    feature = "cuda",
    feature = "vulkan",
    feature = "metal",
    feature = "remote"
)))]
compile_error!(
    "no backend: build with the default features, or with `--no-default-features --features` and one of \
     flex, ndarray, cuda, vulkan, metal, remote"
);

#[cfg(any(
    all(
        feature = "flex",
        any(
            feature = "ndarray",
            feature = "cuda",
            feature = "vulkan",
            feature = "metal",
            feature = "remote"
        )
    ),
    all(
        feature = "ndarray",
        any(feature = "cuda", feature = "vulkan", feature = "metal", feature = "remote")
    ),
    all(feature = "cuda", any(feature = "vulkan", feature = "metal", feature = "remote")),
    all(feature = "vulkan", any(feature = "metal", feature = "remote")),
    all(feature = "metal", feature = "remote"),
))]
compile_error!(
    "more than one backend: build with `--no-default-features --features` and one of \
     flex, ndarray, cuda, vulkan, metal, remote"
);

#[cfg(feature = "flex")]
mod selected {
    /// The backend without automatic differentiation.
    pub type Backend = burn::backend::Flex;
    /// What its cargo feature is called.
    pub const NAME: &str = "flex";
    pub(super) const IS_GPU: bool = false;
}

#[cfg(feature = "ndarray")]
mod selected {
    /// The backend without automatic differentiation.
    pub type Backend = burn::backend::NdArray;
    /// What its cargo feature is called.
    pub const NAME: &str = "ndarray";
    pub(super) const IS_GPU: bool = false;
}

#[cfg(feature = "cuda")]
mod selected {
    /// The backend without automatic differentiation.
    pub type Backend = burn::backend::Cuda;
    /// What its cargo feature is called.
    pub const NAME: &str = "cuda";
    pub(super) const IS_GPU: bool = true;
}

#[cfg(feature = "vulkan")]
mod selected {
    /// The backend without automatic differentiation.
    pub type Backend = burn::backend::Vulkan;
    /// What its cargo feature is called.
    pub const NAME: &str = "vulkan";
    pub(super) const IS_GPU: bool = true;
}

#[cfg(feature = "metal")]
mod selected {
    /// The backend without automatic differentiation.
    pub type Backend = burn::backend::Metal;
    /// What its cargo feature is called.
    pub const NAME: &str = "metal";
    pub(super) const IS_GPU: bool = true;
}

#[cfg(feature = "remote")]
mod selected {
    /// The backend without automatic differentiation.
    pub type Backend = burn::backend::RemoteBackend;
    /// What its cargo feature is called.
    pub const NAME: &str = "remote";
    pub(super) const IS_GPU: bool = false;
}

pub use selected::{Backend, NAME};

/// Whether work is done by other machines, which may be gone at any moment.
pub const IS_REMOTE: bool = cfg!(feature = "remote");

/// Parts in which a convolutional network computes a batch by hand. CPU backends compute most operations with one core. The
/// number does not depend on the cores, so that neither does what comes out.
pub const N_PARTS: usize = if cfg!(any(feature = "flex", feature = "ndarray")) { 8 } else { 1 };

/// The backend with automatic differentiation around it.
pub type AutodiffBackend = burn::backend::Autodiff<Backend>;

/// Its device.
pub type Device = <Backend as burn::tensor::backend::BackendTypes>::Device;

/// The first of the devices that the configuration asks for, tried out with one computation.
///
/// # Errors
///
/// [`Error::Device`] when it is not there, before Burn would panic over it.
pub fn device(config: &DeviceConfig) -> Result<Device, Error> {
    prepare(config)?;
    let device = select(config, 0);
    try_out(&device, config.precision)?;
    Ok(device)
}

/// The device of this machine for what only reads a run, which another machine may have trained: the one that the
/// configuration asks for where it is there, else the first.
///
/// # Errors
///
/// [`Error::Device`] when there is none.
pub fn device_to_read(config: &DeviceConfig) -> Result<Device, Error> {
    let here = DeviceConfig::default();
    if IS_REMOTE {
        return device(&DeviceConfig { remote: config.remote.clone(), ..here });
    }
    let asked = DeviceConfig { index: config.index, ..here.clone() };
    match selected::IS_GPU && config.index > 0 {
        true => device(&asked).or_else(|_| device(&here)),
        false => device(&here),
    }
}

/// The devices that the configuration asks for, each tried out: `count` of them from `index` on; of a CPU backend, which
/// has one, that one so many times; every server of a remote one.
///
/// # Errors
///
/// [`Error::Device`] when one is not there.
pub fn devices(config: &DeviceConfig) -> Result<Vec<Device>, Error> {
    prepare(config)?;
    let count = if IS_REMOTE { config.remote.len() } else { config.count };
    let devices: Vec<Device> = (0..count).map(|offset| select(config, offset)).collect();
    let different = if selected::IS_GPU || IS_REMOTE { count } else { 1 };
    devices.iter().take(different).try_for_each(|device| try_out(device, config.precision))?;
    Ok(devices)
}

/// What must hold before any device is asked for.
fn prepare(config: &DeviceConfig) -> Result<(), Error> {
    start_threads(config.threads)?;
    if !IS_REMOTE && !config.remote.is_empty() {
        return Err(Error::Device(format!(
            "`device.remote` names servers, and this build computes itself, on `{NAME}`; train with `just train-remote`"
        )));
    }
    if !selected::IS_GPU && config.index != 0 {
        let message = format!("device {} is not there: the `{NAME}` backend has one device, 0", config.index);
        return Err(Error::Device(message));
    }
    find_driver(config)
}

/// Whether a device can be trained on with `device.precision = "bf16"`.
pub fn has_bf16(device: &Device) -> bool {
    Backend::supports_dtype(device, DType::BF16)
}

/// Whether the first update waits for kernels to be compiled.
pub fn compiles_kernels() -> bool {
    selected::IS_GPU
}

/// Threads that the CPU backends compute with.
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// Starts the threads that compute: as many as are asked for, or as there are cores. Rayon would panic over a system
/// that refuses them.
fn start_threads(threads: Option<usize>) -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build_global();
    match (pool, threads) {
        (Ok(()), _) => Ok(()),
        // They run already.
        (Err(error), None) if error.source().is_none() => Ok(()),
        (Err(error), _) => {
            let number = threads.map_or(String::new(), |threads| format!("{threads} "));
            Err(Error::Device(format!("cannot start {number}threads to compute with: {error}{MORE_THREADS}")))
        }
    }
}

const MORE_THREADS: &str = "; lower `device.threads`, or raise the system's limit (`ulimit -u`)";

#[cfg(any(feature = "flex", feature = "ndarray"))]
fn select(_config: &DeviceConfig, _offset: usize) -> Device {
    Device::default()
}

#[cfg(feature = "remote")]
fn select(config: &DeviceConfig, offset: usize) -> Device {
    Device::new(&config.remote[offset])
}

#[cfg(feature = "cuda")]
fn select(config: &DeviceConfig, offset: usize) -> Device {
    Device::new(config.index + offset)
}

#[cfg(any(feature = "vulkan", feature = "metal"))]
fn select(config: &DeviceConfig, offset: usize) -> Device {
    match config.index + offset {
        0 => Device::DefaultDevice,
        index => Device::DiscreteGpu(index),
    }
}

/// Looks for what CUDA loads at run time, before Burn panics over it.
#[cfg(feature = "cuda")]
fn find_driver(_config: &DeviceConfig) -> Result<(), Error> {
    match Nvidia::examine().problems().into_iter().next() {
        None => Ok(()),
        Some(problem) => Err(Error::Device(format!(
            "{}; mend it with `{}`, or train on the CPU with `just train CONFIG`; `emberlab doctor` tells more",
            problem.what, problem.mend
        ))),
    }
}

/// Looks for the servers.
#[cfg(feature = "remote")]
fn find_driver(config: &DeviceConfig) -> Result<(), Error> {
    if config.remote.is_empty() {
        let reason = "no server: name it with `--remote ws://HOST:PORT`, where `emberlab serve` runs";
        return Err(Error::Device(reason.into()));
    }
    config.remote.iter().try_for_each(|address| remote::reach(address))
}

#[cfg(not(any(feature = "cuda", feature = "remote")))]
fn find_driver(_config: &DeviceConfig) -> Result<(), Error> {
    Ok(())
}

/// Computes something, so that a device that cannot compute is found out before the run begins.
fn try_out(device: &Device, precision: Precision) -> Result<(), Error> {
    if precision == Precision::Mixed && !has_bf16(device) {
        let message =
            format!("the `{NAME}` backend does not compute in bf16 here; set `device.precision = \"f32\"`");
        return Err(Error::Device(message));
    }
    // Burn panics where a device is missing, and its own report is pages long. Where a server is gone, a panic is not to be
    // survived.
    let hook = (!IS_REMOTE).then(take_hook);
    if hook.is_some() {
        set_hook(Box::new(|_| {}));
    }
    let tried = catch_unwind(|| {
        let ones = Tensor::<Backend, 2>::ones([16, 16], device);
        let product = match precision {
            Precision::Full => ones.clone().matmul(ones),
            Precision::Mixed => {
                let ones = ones.cast(FloatDType::BF16);
                ones.clone().matmul(ones).cast(FloatDType::F32)
            }
        };
        product.sum().into_data().iter::<f32>().next() == Some(4096.0)
    });
    hook.into_iter().for_each(set_hook);
    match tried {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::Device(format!("`{}` computes wrong numbers", Backend::name(device)))),
        Err(panic) => Err(Error::Device(format!(
            "the `{NAME}` backend found no device that works: {}; train on the CPU with `just train CONFIG`",
            panic_message(panic.as_ref())
        ))),
    }
}

/// What a panic of Burn in the middle of a training means: on a GPU that the device is lost or its memory full, where
/// the driver's words say so; else that training failed.
pub(crate) fn failure(reason: String) -> Error {
    const WORDS: [&str; 6] = ["out of memory", "outofmemory", "allocat", "device lost", "lost", "cuda_error"];
    let said = reason.to_lowercase();
    if said.contains("resource temporarily unavailable") {
        return Error::Device(format!("the system refuses another thread{MORE_THREADS}"));
    }
    match selected::IS_GPU && WORDS.iter().any(|word| said.contains(word)) {
        true => Error::Device(format!(
            "the device failed: {reason}; go on from the last checkpoint with `--resume`, or take a smaller \
             `training.batch_size` where its memory is full"
        )),
        false => Error::Training(reason),
    }
}

/// The first line of what a panic said.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    let text = text.lines().next().unwrap_or_default().trim_end_matches('.');
    text.strip_prefix("called `Result::unwrap()` on an `Err` value: ").unwrap_or(text).to_owned()
}

/// Lets other machines compute on a device, through a port of every network interface. Returns when the server ends.
#[cfg(feature = "serve")]
pub fn serve(device: Device, port: u16) -> Result<(), Error> {
    burn::server::start_websocket::<Backend>(device, port);
    Ok(())
}

/// Lets other machines compute on a device.
///
/// # Errors
///
/// [`Error::Usage`]: this build has no server.
#[cfg(not(feature = "serve"))]
pub fn serve(_device: Device, _port: u16) -> Result<(), Error> {
    Err(Error::Usage(
        "this build has no server; build one with `cargo build --release --features serve`".into(),
    ))
}
