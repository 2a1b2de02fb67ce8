//! Computing for other machines.

use super::Device;
use super::error::DeviceError;

/// Computes on a device for other machines, through a port of every network interface. Returns when the server ends.
///
/// # Errors
///
/// None.
#[cfg(feature = "serve")]
pub fn serve(device: Device, port: u16) -> Result<(), DeviceError> {
    burn::server::start_websocket::<super::Backend>(device, port);
    Ok(())
}

/// Computes on a device for other machines.
///
/// # Errors
///
/// [`DeviceError::CannotServe`]: this build has no server.
#[cfg(not(feature = "serve"))]
pub fn serve(_device: Device, _port: u16) -> Result<(), DeviceError> {
    Err(DeviceError::CannotServe)
}
