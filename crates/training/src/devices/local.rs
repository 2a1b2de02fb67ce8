//! The devices of this machine.

use super::drivers::{Driver, Drivers};
use super::error::DeviceError;
use super::platform::Platform;
use super::{NAME, Problem, selection};
use emberlab_config::DeviceConfig;
use std::marker::PhantomData;

/// The processor of this machine, which is one device.
pub struct Cpu;

impl Platform for Cpu {
    fn check(config: &DeviceConfig) -> Result<(), DeviceError> {
        check_is_local(config)?;
        if config.index != 0 {
            return Err(DeviceError::NoSuchDevice { backend: NAME, index: config.index });
        }
        Ok(())
    }
}

/// The GPUs of this machine that a driver drives.
pub struct Gpu<D>(PhantomData<D>);

impl<D: Driver> Platform for Gpu<D> {
    const COMPILES_KERNELS: bool = true;

    fn check(config: &DeviceConfig) -> Result<(), DeviceError> {
        check_is_local(config)?;
        D::check()
    }

    fn to_read(config: &DeviceConfig) -> DeviceConfig {
        DeviceConfig { index: config.index, ..DeviceConfig::default() }
    }

    fn has_failed(message: &str) -> bool {
        is_out_of_memory(message) || !selection::still_compute()
    }

    fn problems(drivers: &Drivers) -> Vec<Problem> {
        D::problems(drivers)
    }

    fn advice(drivers: &Drivers) -> Option<Problem> {
        D::advice(drivers)
    }
}

fn check_is_local(config: &DeviceConfig) -> Result<(), DeviceError> {
    if config.remote.is_empty() { Ok(()) } else { Err(DeviceError::NotRemote { backend: NAME }) }
}

/// Whether a panic was about full memory. The memory is free again after it and the device computes, and Burn 0.21 has no
/// value for the reason: only the driver's words in the message tell.
fn is_out_of_memory(message: &str) -> bool {
    let message = message.to_lowercase();
    ["out of memory", "outofmemory", "out_of_memory", "allocat"].iter().any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_words_for_full_memory_are_known() {
        for message in [
            "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")",
            "can't allocate buffer of size: 4000000000",
            "wgpu error: Out of Memory",
        ] {
            assert!(is_out_of_memory(message), "{message}");
        }
        assert!(!is_out_of_memory("index out of bounds: the len is 3 but the index is 3"));
    }
}
