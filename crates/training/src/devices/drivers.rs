//! The drivers of this machine's GPUs.

use super::error::DeviceError;
use super::{Nvidia, Problem, Vulkan};
use serde::Serialize;

/// The drivers of this machine and the GPUs that they drive.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Drivers {
    /// NVIDIA's driver, compiler and devices.
    pub nvidia: Nvidia,
    /// Vulkan's adapters.
    pub vulkan: Vulkan,
}

impl Drivers {
    /// Looks for all of them.
    pub fn examine() -> Self {
        Self { nvidia: Nvidia::examine(), vulkan: Vulkan::examine() }
    }
}

/// The driver that a GPU backend needs.
pub trait Driver {
    /// Looks for everything that Burn loads at run time and would panic over.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Driver`] with the first thing that is missing.
    fn check() -> Result<(), DeviceError> {
        Ok(())
    }

    /// Returns what keeps the backend from computing, the first thing to mend first.
    fn problems(_drivers: &Drivers) -> Vec<Problem> {
        Vec::new()
    }

    /// Returns the device of this machine that another build would use.
    fn advice(drivers: &Drivers) -> Option<Problem>;
}

impl Driver for Nvidia {
    fn check() -> Result<(), DeviceError> {
        let nvidia = Self::examine();
        match nvidia.problems().into_iter().next() {
            Some(problem) => Err(DeviceError::Driver(problem)),
            None => keep_kernels(&nvidia),
        }
    }

    fn problems(drivers: &Drivers) -> Vec<Problem> {
        drivers.nvidia.problems()
    }

    fn advice(_drivers: &Drivers) -> Option<Problem> {
        None
    }
}

impl Driver for Vulkan {
    fn problems(drivers: &Drivers) -> Vec<Problem> {
        drivers.vulkan.problems()
    }

    fn advice(drivers: &Drivers) -> Option<Problem> {
        drivers.nvidia.advice()
    }
}

/// Apple's driver, which is part of the system.
pub struct Metal;

impl Driver for Metal {
    fn advice(drivers: &Drivers) -> Option<Problem> {
        drivers.nvidia.advice().or_else(|| drivers.vulkan.advice())
    }
}

/// Lets CubeCL keep the kernels that it compiles for later runs.
#[cfg(feature = "cuda")]
fn keep_kernels(nvidia: &Nvidia) -> Result<(), DeviceError> {
    super::kernel_cache::enable(nvidia)
}

#[cfg(not(feature = "cuda"))]
fn keep_kernels(_nvidia: &Nvidia) -> Result<(), DeviceError> {
    Ok(())
}
