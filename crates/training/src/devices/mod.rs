//! The devices that a run computes on.
//!
//! Exactly one of the cargo features `flex`, `ndarray`, `cuda`, `vulkan`, `metal` and `remote` selects the backend.
//! Everything that depends on where its devices are, in this machine or in servers, is asked of its [`CurrentPlatform`].

mod backend;
mod drivers;
mod error;
mod heartbeat;
#[cfg(feature = "cuda")]
mod kernel_cache;
mod library;
mod local;
mod nvidia;
mod panic;
mod panic_log;
mod platform;
mod problem;
mod remote;
mod selection;
mod serve;
mod threads;
mod vulkan;
mod watchdog;

pub use backend::{
    AutodiffBackend, BURN_VERSION, Backend, CurrentPlatform, Device, NAME, with_device_metrics,
};
pub use drivers::{Driver, Drivers, Metal};
pub use error::{DeviceError, ServerLoss};
pub use heartbeat::{Heartbeat, Watched};
pub use library::CANNOT_LOAD;
pub use local::{Cpu, Gpu};
pub use nvidia::Nvidia;
pub(crate) use panic::{device_failure, panic_message};
pub(crate) use panic_log::PanicLog;
pub use platform::Platform;
pub use problem::Problem;
pub use remote::Servers;
pub use selection::{device, device_to_read, devices, has_bf16};
pub use serve::{CAN_SERVE, serve};
pub use threads::threads;
pub use vulkan::Vulkan;
pub use watchdog::Watchdog;

/// How data sets are copied to the devices.
pub const UPLOAD: emberlab_data::Upload = CurrentPlatform::UPLOAD;
