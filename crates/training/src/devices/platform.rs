//! The interface of everything that a backend's devices can be: this machine's processor, its GPUs, or servers.

use super::error::DeviceError;
use super::watchdog::Watchdog;
use super::{Drivers, Problem};
use emberlab_config::DeviceConfig;
use emberlab_data::Upload;
use emberlab_models::Architecture;

/// Where the devices of a backend are, and what follows from it for training. The defaults are those of a device of this
/// machine.
pub trait Platform {
    /// Whether the first update waits for kernels to be compiled.
    const COMPILES_KERNELS: bool = false;

    /// Whether the program can go on after a panic of Burn.
    const SURVIVES_PANICS: bool = true;

    /// Whether weights and gradients go from device to device by way of this machine's memory.
    const EXCHANGES_THROUGH_HOST: bool = false;

    /// How data sets are copied to a device.
    const UPLOAD: Upload = Upload { max_message_bytes: None, byte_tensors: true };

    /// The most numbers that are read from a device in one transfer: it need not hold a second copy of all of them.
    const MAX_READ: usize = 256 << 20;

    /// Checks everything that can be checked before a device is selected.
    ///
    /// # Errors
    ///
    /// The [`DeviceError`] that says what is missing.
    fn check(config: &DeviceConfig) -> Result<(), DeviceError>;

    /// The number of devices that a configuration asks for.
    fn n_devices(config: &DeviceConfig) -> usize {
        config.count
    }

    /// The device to read a run with that was trained with `config`, maybe on another machine.
    fn to_read(_config: &DeviceConfig) -> DeviceConfig {
        DeviceConfig::default()
    }

    /// Checks that the devices take every layer of a network.
    ///
    /// # Errors
    ///
    /// [`DeviceError::LayerTooLarge`].
    fn check_layers(_architecture: &Architecture) -> Result<(), DeviceError> {
        Ok(())
    }

    /// Starts to watch a run whose devices may vanish.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Watchdog`] when the system refuses a thread.
    fn watch(_config: &DeviceConfig, _watchdog: Watchdog) -> Result<(), DeviceError> {
        Ok(())
    }

    /// Whether a device has failed, after a panic with this message.
    fn has_failed(_message: &str) -> bool {
        false
    }

    /// Returns what keeps the devices from computing, the first thing to mend first.
    fn problems(_drivers: &Drivers) -> Vec<Problem> {
        Vec::new()
    }

    /// Returns the device of this machine that another build would use.
    fn advice(drivers: &Drivers) -> Option<Problem> {
        drivers.nvidia.advice().or_else(|| drivers.vulkan.advice())
    }
}
