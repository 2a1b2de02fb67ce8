//! The processor, drivers and devices of this machine, and what keeps the program from computing on them.
//!
//! [`Diagnosis::examine`] looks at the processor, at NVIDIA's driver and compiler, and at Vulkan's adapters, and tries out
//! the backend that the program was built with. It loads libraries and asks devices; it assumes nothing from names.

mod processor;

pub use processor::Processor;

use crate::build_info::GIT_COMMIT;
use emberlab_config::DeviceConfig;
use emberlab_run::Versions;
use emberlab_training::devices::{self, CurrentPlatform, Drivers, Platform, Problem};
use emberlab_training::versions;
use serde::Serialize;

/// How the program was built.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// The name of the backend's cargo feature.
    pub backend: &'static str,
    /// Whether it was built with optimisations.
    pub release: bool,
    /// The operating system and processor that it was built for.
    pub target: String,
    /// Versions of the program and of Burn.
    #[serde(flatten)]
    pub versions: Versions,
}

/// The result of trying the backend out.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// Whether the device computed a sum that is right.
    pub works: bool,
    /// The device, or the reason why there is none.
    pub said: String,
    /// Whether it has bfloat16, for `device.precision`.
    pub bf16: bool,
}

/// The findings about this machine.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// How the program was built.
    pub build: Build,
    /// The processor.
    pub processor: Processor,
    /// The drivers of GPUs.
    #[serde(flatten)]
    pub drivers: Drivers,
    /// Whether the program's backend computes.
    pub trial: Trial,
    /// Problems that keep the program's backend from computing.
    pub problems: Vec<Problem>,
    /// How to make better use of this machine.
    pub advice: Vec<Problem>,
}

impl Diagnosis {
    /// Looks at all of it, and tries the first of the devices that `device` asks for.
    pub fn examine(device: &DeviceConfig) -> Self {
        let drivers = Drivers::examine();
        let trial = match devices::device(device) {
            Ok(device) => {
                Trial { works: true, said: format!("{device:?}"), bf16: devices::has_bf16(&device) }
            }
            Err(error) => Trial { works: false, said: error.to_string(), bf16: false },
        };
        let mut problems = CurrentPlatform::problems(&drivers);
        if problems.is_empty() && !trial.works {
            problems.push(Problem::new(trial.said.clone(), "just train CONFIG"));
        }
        Self {
            build: Build {
                backend: devices::NAME,
                release: !cfg!(debug_assertions),
                target: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
                versions: versions(GIT_COMMIT),
            },
            processor: Processor::examine(),
            advice: advice(&drivers),
            drivers,
            trial,
            problems,
        }
    }
}

/// How to make better use of this machine.
fn advice(drivers: &Drivers) -> Vec<Problem> {
    let is_debug = cfg!(debug_assertions);
    let debug = is_debug.then(|| {
        Problem::new("this is a debug build, several times slower than a release", "cargo build --release")
    });
    debug.into_iter().chain(CurrentPlatform::advice(drivers)).collect()
}
