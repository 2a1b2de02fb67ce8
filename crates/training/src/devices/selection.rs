//! Selecting the devices that a configuration asks for, and trying them out.

use super::backend::{self, Backend, CurrentPlatform, Device, NAME};
use super::error::DeviceError;
use super::panic::panic_message;
use super::panic_log::PanicLog;
use super::platform::Platform;
use super::threads::{self, Caller};
use burn::tensor::backend::Backend as _;
use burn::tensor::{DType, FloatDType, Tensor};
use emberlab_config::DeviceConfig;
use emberlab_models::Precision;
use std::panic::catch_unwind;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// The devices that were selected so far.
static SELECTED: Mutex<Vec<Device>> = Mutex::new(Vec::new());

/// How long devices may take to show that they still compute.
const PATIENCE: Duration = Duration::from_secs(10);

/// Selects the first of the devices that a configuration asks for, and tries it out.
///
/// # Errors
///
/// [`DeviceError`] when it is not there, before Burn would panic over it.
pub fn device(config: &DeviceConfig) -> Result<Device, DeviceError> {
    threads::start(config.threads, Caller::Waits)?;
    let [device] = select(config, 1)?.try_into().map_err(|_| DeviceError::NoDevice)?;
    Ok(device)
}

/// Selects all devices that a configuration asks for, to train on them, and tries each out: `count` of them from `index` on; of a CPU
/// backend, which has one, that one so many times; every server of a remote one.
///
/// # Errors
///
/// [`DeviceError`] when one is not there.
pub fn devices(config: &DeviceConfig) -> Result<Vec<Device>, DeviceError> {
    let count = CurrentPlatform::n_devices(config);
    // With several devices each has a thread of its own.
    threads::start(config.threads, if count == 1 { Caller::Trains } else { Caller::Waits })?;
    select(config, count)
}

/// Selects a device to read a run with, which another machine may have trained: the one that its configuration asks for
/// where it is there, else the first.
///
/// # Errors
///
/// [`DeviceError`] when there is none.
pub fn device_to_read(config: &DeviceConfig) -> Result<Device, DeviceError> {
    device(&CurrentPlatform::to_read(config))
        .or_else(|error| device(&DeviceConfig::default()).map_err(|_| error))
}

fn select(config: &DeviceConfig, count: usize) -> Result<Vec<Device>, DeviceError> {
    CurrentPlatform::check(config)?;
    let devices: Vec<Device> = (0..count).map(|offset| backend::select(config, offset)).collect();
    let mut different = devices.clone();
    different.dedup();
    different.iter().try_for_each(|device| try_out(device, config.precision))?;
    SELECTED.lock().unwrap_or_else(PoisonError::into_inner).extend(different);
    Ok(devices)
}

/// Whether a device can be trained on with `device.precision = "bf16"`.
pub fn has_bf16(device: &Device) -> bool {
    Backend::supports_dtype(device, DType::BF16)
}

/// Whether all devices that were selected still compute.
pub(super) fn still_compute() -> bool {
    let devices = SELECTED.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (sender, answer) = mpsc::channel();
    // In a thread of its own, for which Burn opens another stream: operations of this one may have been left half done.
    let ask = move || sender.send(devices.iter().all(|device| try_out(device, Precision::Full).is_ok()));
    match thread::Builder::new().name("device-check".into()).spawn(ask) {
        Ok(_) => answer.recv_timeout(PATIENCE).unwrap_or(false),
        // Nothing speaks against the devices.
        Err(_) => true,
    }
}

/// Computes something, so that a device that cannot compute is found before the run begins.
fn try_out(device: &Device, precision: Precision) -> Result<(), DeviceError> {
    if precision == Precision::Mixed && !has_bf16(device) {
        return Err(DeviceError::NoBf16 { backend: NAME });
    }
    // Burn panics where a device is missing, on a GPU in a thread of its own; this thread then only learns that the other is
    // gone.
    let panics = PanicLog::install();
    let tried = catch_unwind(|| computes(device, precision));
    let first = panics.finish();
    match tried {
        Ok(true) => Ok(()),
        Ok(false) => Err(DeviceError::WrongNumbers { device: Backend::name(device) }),
        Err(panic) => {
            let reason = first.unwrap_or_else(|| panic_message(panic.as_ref()));
            Err(DeviceError::DoesNotCompute { backend: NAME, device: format!("{device:?}"), reason })
        }
    }
}

/// Whether the sum of a product of matrices of ones is right.
fn computes(device: &Device, precision: Precision) -> bool {
    let ones = Tensor::<Backend, 2>::ones([16, 16], device);
    let product = match precision {
        Precision::Full => ones.clone().matmul(ones),
        Precision::Mixed => {
            let ones = ones.cast(FloatDType::BF16);
            ones.clone().matmul(ones).cast(FloatDType::F32)
        }
    };
    product.sum().into_data().iter::<f32>().next() == Some(4096.0)
}
