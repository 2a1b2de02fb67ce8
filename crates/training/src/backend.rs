//! The backend: the only file that names one.
//!
//! Exactly one of the cargo features `flex`, `ndarray`, `cuda`, `vulkan` and `metal` is compiled in.

use crate::config::DeviceConfig;
use crate::error::Error;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend as _;
use std::panic::{catch_unwind, set_hook, take_hook};

#[cfg(not(any(
    feature = "flex",
    feature = "ndarray",
    feature = "cuda",
    feature = "vulkan",
    feature = "metal"
)))]
compile_error!(
    "no backend: build with the default features, or with `--no-default-features --features` and one of \
     flex, ndarray, cuda, vulkan, metal"
);

#[cfg(any(
    all(feature = "flex", any(feature = "ndarray", feature = "cuda", feature = "vulkan", feature = "metal")),
    all(feature = "ndarray", any(feature = "cuda", feature = "vulkan", feature = "metal")),
    all(feature = "cuda", any(feature = "vulkan", feature = "metal")),
    all(feature = "vulkan", feature = "metal"),
))]
compile_error!(
    "more than one backend: build with `--no-default-features --features` and one of \
     flex, ndarray, cuda, vulkan, metal"
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

pub use selected::{Backend, NAME};

/// The backend with automatic differentiation around it.
pub type AutodiffBackend = burn::backend::Autodiff<Backend>;

/// Its device.
pub type Device = <Backend as burn::tensor::backend::BackendTypes>::Device;

/// The device that the configuration asks for, tried out with one computation.
///
/// # Errors
///
/// [`Error::Device`] when it is not there, before Burn would panic over it.
pub fn device(config: &DeviceConfig) -> Result<Device, Error> {
    if let Some(threads) = config.threads {
        set_threads(threads)?;
    }
    if !selected::IS_GPU && config.index != 0 {
        let message = format!("device {} is not there: the `{NAME}` backend has one device, 0", config.index);
        return Err(Error::Device(message));
    }
    find_driver()?;
    let device = select(config.index);
    try_out(&device)?;
    Ok(device)
}

/// The devices that the configuration asks for, each tried out: `count` of them from `index` on; of a CPU backend, which
/// has one, that one so many times.
///
/// # Errors
///
/// [`Error::Device`] when one is not there.
pub fn devices(config: &DeviceConfig) -> Result<Vec<Device>, Error> {
    let mut devices = vec![device(config)?; config.count];
    if selected::IS_GPU {
        for (offset, device) in devices.iter_mut().enumerate().skip(1) {
            *device = select(config.index + offset);
            try_out(device)?;
        }
    }
    Ok(devices)
}

/// Threads that the CPU backends compute with.
pub fn threads() -> usize {
    rayon::current_num_threads()
}

fn set_threads(threads: usize) -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    pool.map_err(|error| Error::Device(format!("cannot start {threads} threads: {error}")))
}

#[cfg(any(feature = "flex", feature = "ndarray"))]
fn select(_index: usize) -> Device {
    Device::default()
}

#[cfg(feature = "cuda")]
fn select(index: usize) -> Device {
    Device::new(index)
}

#[cfg(any(feature = "vulkan", feature = "metal"))]
fn select(index: usize) -> Device {
    match index {
        0 => Device::DefaultDevice,
        index => Device::DiscreteGpu(index),
    }
}

/// Looks for what CUDA loads at run time, before Burn panics over it.
#[cfg(feature = "cuda")]
fn find_driver() -> Result<(), Error> {
    match crate::doctor::Nvidia::examine().problems().into_iter().next() {
        None => Ok(()),
        Some(problem) => Err(Error::Device(format!(
            "{}; mend it with `{}`, or train on the CPU with `just train CONFIG`; `emberlab doctor` tells more",
            problem.what, problem.mend
        ))),
    }
}

#[cfg(not(feature = "cuda"))]
fn find_driver() -> Result<(), Error> {
    Ok(())
}

/// Computes something, so that a device that cannot compute is found out before the run begins.
fn try_out(device: &Device) -> Result<(), Error> {
    // Burn panics where a device is missing, and its own report is pages long.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let tried = catch_unwind(|| {
        let ones = Tensor::<Backend, 1>::ones([2], device);
        ones.sum().into_data().iter::<f32>().next() == Some(2.0)
    });
    set_hook(hook);
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
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}
