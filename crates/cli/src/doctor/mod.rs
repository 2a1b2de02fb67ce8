//! What this machine has to compute with, and what is missing.
//!
//! [`Diagnosis::examine`] looks at the processor, at NVIDIA's driver and compiler, at Vulkan's adapters, and tries out the
//! backend that the program was built with. Nothing is assumed from names: libraries are loaded, devices are asked.

mod processor;

pub use processor::Processor;

use crate::build_info::GIT_COMMIT;
use emberlab_config::DeviceConfig;
use emberlab_run::Versions;
use emberlab_training::devices::{self, Nvidia, Problem, Vulkan};
use emberlab_training::versions;
use serde::Serialize;

/// How the program was built.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// The backend, as its cargo feature is called.
    pub backend: &'static str,
    /// Whether it was built with optimisations.
    pub release: bool,
    /// Operating system and processor that it was built for.
    pub target: String,
    /// Versions of the program and of Burn.
    #[serde(flatten)]
    pub versions: Versions,
}

/// Whether the backend computes.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// Whether a sum came out right on device 0.
    pub works: bool,
    /// The device, or why there is none.
    pub said: String,
    /// Whether it has bfloat16, for `device.precision`.
    pub bf16: bool,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// How the program was built.
    pub build: Build,
    /// The processor.
    pub processor: Processor,
    /// NVIDIA's driver, compiler and devices.
    pub nvidia: Nvidia,
    /// Vulkan's adapters.
    pub vulkan: Vulkan,
    /// Whether the program's backend computes.
    pub trial: Trial,
    /// What is in the way of the program's backend.
    pub problems: Vec<Problem>,
    /// What could be used and is not.
    pub advice: Vec<Problem>,
}

impl Diagnosis {
    /// Looks at everything.
    pub fn examine() -> Self {
        let (nvidia, vulkan) = (Nvidia::examine(), Vulkan::examine());
        let trial = match devices::device(&DeviceConfig::default()) {
            Ok(device) => {
                Trial { works: true, said: format!("{device:?}"), bf16: devices::has_bf16(&device) }
            }
            Err(error) => Trial { works: false, said: error.to_string(), bf16: false },
        };
        let mut problems = match devices::NAME {
            "cuda" => nvidia.problems(),
            "vulkan" => vulkan.problems(),
            _ => Vec::new(),
        };
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
            advice: advice(&nvidia, &vulkan),
            nvidia,
            vulkan,
            trial,
            problems,
        }
    }
}

/// Devices that another build would use.
fn advice(nvidia: &Nvidia, vulkan: &Vulkan) -> Vec<Problem> {
    let mut advice = Vec::new();
    if cfg!(debug_assertions) {
        let what = "this is a debug build, several times slower than a release";
        advice.push(Problem::new(what, "cargo build --release"));
    }
    if let (Some(device), false) = (nvidia.devices.first(), devices::NAME == "cuda") {
        let what = format!("`{}` is there and this build does not use it", device.name);
        advice.push(Problem::new(what, "just train-gpu CONFIG"));
    } else if let (Some(adapter), false) =
        (vulkan.adapters.iter().find(|adapter| adapter.is_gpu()), matches!(devices::NAME, "vulkan" | "cuda"))
    {
        let what = format!("`{}` is there and this build does not use it", adapter.name);
        advice.push(Problem::new(what, "just train-vulkan CONFIG"));
    }
    advice
}
