//! The backend that the program is built with: the only file that chooses one.

use crate::devices;
use burn::train::{LearningComponentsTypes, SupervisedTraining};
use emberlab_config::DeviceConfig;

/// Defines the backend of the one cargo feature that is on. Each line has the feature, Burn's backend, the platform, and
/// the device at an offset from the first that a configuration asks for.
macro_rules! backends {
    ($($feature:literal, $backend:ident, $platform:ty, $select:expr;)*) => {
        #[cfg(not(any($(feature = $feature),*)))]
        compile_error!(concat!(
            "no backend: build with the default features, or with `--no-default-features --features` and one of",
            $(" ", $feature),*
        ));
        at_most_one!($($feature)*);
        $(
            #[cfg(feature = $feature)]
            mod selected {
                use super::*;

                /// The backend without automatic differentiation.
                pub type Backend = burn::backend::$backend;
                /// The name of its cargo feature.
                pub const NAME: &str = $feature;
                /// The platform of its devices.
                pub type CurrentPlatform = $platform;
                /// The device at an offset from the first that a configuration asks for.
                pub const SELECT: fn(&DeviceConfig, usize) -> Device = $select;
            }
        )*
    };
}

/// Fails to compile where two of the features are on.
macro_rules! at_most_one {
    ($first:literal $($rest:literal)*) => {
        #[cfg(all(feature = $first, any($(feature = $rest),*)))]
        compile_error!(concat!(
            "more than one backend, `", $first, "` and another: build with `--no-default-features --features` and one"
        ));
        at_most_one!($($rest)*);
    };
    () => {};
}

backends! {
    "flex", Flex, devices::Cpu, |_, _| Device::default();
    "ndarray", NdArray, devices::Cpu, |_, _| Device::default();
    "cuda", Cuda, devices::Gpu<devices::Nvidia>, |config, offset| Device::new(config.index + offset);
    "vulkan", Vulkan, devices::Gpu<devices::Vulkan>, wgpu_device;
    "metal", Metal, devices::Gpu<devices::Metal>, wgpu_device;
    "remote", RemoteBackend, devices::Servers, |config, offset| Device::new(&config.remote[offset]);
}

pub use selected::{Backend, CurrentPlatform, NAME};

/// The backend with automatic differentiation around it.
pub type AutodiffBackend = burn::backend::Autodiff<Backend>;

/// Its device.
pub type Device = <Backend as burn::tensor::backend::BackendTypes>::Device;

/// The device at an offset from the first that a configuration asks for.
pub(super) fn select(config: &DeviceConfig, offset: usize) -> Device {
    selected::SELECT(config, offset)
}

#[cfg(any(feature = "vulkan", feature = "metal"))]
fn wgpu_device(config: &DeviceConfig, offset: usize) -> Device {
    match config.index + offset {
        0 => Device::DefaultDevice,
        index => Device::DiscreteGpu(index),
    }
}

/// Adds Burn's metrics of the devices to a training.
#[cfg(feature = "cuda")]
pub fn with_device_metrics<C: LearningComponentsTypes>(
    training: SupervisedTraining<C>,
) -> SupervisedTraining<C> {
    training.metric_train(burn::train::metric::CudaMetric::new())
}

/// Adds Burn's metrics of the devices to a training: this backend has none.
#[cfg(not(feature = "cuda"))]
pub fn with_device_metrics<C: LearningComponentsTypes>(
    training: SupervisedTraining<C>,
) -> SupervisedTraining<C> {
    training
}

/// Burn's version.
pub const BURN_VERSION: &str = env!("EMBERLAB_BURN_VERSION");
