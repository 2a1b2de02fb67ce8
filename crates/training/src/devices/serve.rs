//! Computing for other machines.

use super::Device;

/// Whether this build has a server.
pub const CAN_SERVE: bool = cfg!(feature = "serve");

/// Computes on a device for other machines, through a port of every network interface. Returns when the server ends.
///
/// # Errors
///
/// [`DeviceError::CannotServe`](super::DeviceError::CannotServe) in a build without a server.
#[cfg(feature = "serve")]
pub fn serve(device: Device, port: u16) -> Result<(), super::DeviceError> {
    burn::server::start_websocket::<super::Backend>(device, port);
    Ok(())
}

/// Has no server.
///
/// # Errors
///
/// [`DeviceError::CannotServe`](super::DeviceError::CannotServe).
#[cfg(not(feature = "serve"))]
pub fn serve(_device: Device, _port: u16) -> Result<(), super::DeviceError> {
    Err(super::DeviceError::CannotServe)
}
