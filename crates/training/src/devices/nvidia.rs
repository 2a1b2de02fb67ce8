//! NVIDIA's driver, run-time compiler, headers and devices.

use super::{Problem, library};
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Nvml, cuda_driver_version_major, cuda_driver_version_minor};
use serde::Serialize;
use std::path::{Path, PathBuf};

const CUDA: [&str; 3] = ["libcuda.so.1", "libcuda.so", "nvcuda.dll"];
const NVRTC: [&str; 6] = [
    "libnvrtc.so",
    "libnvrtc.so.13",
    "libnvrtc.so.12",
    "libnvrtc.so.11.2",
    "nvrtc64_130_0.dll",
    "nvrtc64_120_0.dll",
];
/// Where Burn's CUDA compiler looks for headers, where `CUDA_PATH` is not set.
const TOOLKITS: [&str; 3] =
    ["/usr/local/cuda", "/opt/cuda", "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA"];
/// A header that every kernel may include.
const HEADER: &str = "include/cuda_runtime.h";

/// NVIDIA's software and GPUs on this machine.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Nvidia {
    /// Where the driver's library is.
    pub libcuda: Option<PathBuf>,
    /// The driver's version.
    pub driver_version: Option<String>,
    /// The newest CUDA that the driver knows, as `12.8`.
    pub cuda_version: Option<String>,
    /// Where the compiler of kernels is.
    pub nvrtc: Option<PathBuf>,
    /// The folder with CUDA's headers.
    pub headers: Option<PathBuf>,
    /// The GPUs.
    pub devices: Vec<NvidiaDevice>,
    /// Why the devices could not be listed.
    pub devices_error: Option<String>,
}

/// A GPU.
#[derive(Clone, Debug, Serialize)]
pub struct NvidiaDevice {
    /// Its `device.index`.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// All of its memory, in bytes.
    pub memory: u64,
    /// Its free memory, in bytes.
    pub free: u64,
    /// Its compute capability, as `9.0`.
    pub compute_capability: String,
}

impl Nvidia {
    /// Looks for all of it.
    pub fn examine() -> Self {
        let mut found = Self {
            libcuda: library::find(&CUDA),
            nvrtc: library::find(&NVRTC),
            headers: headers(),
            ..Self::default()
        };
        if let Some(reason) = library::CANNOT_LOAD {
            found.devices_error = Some(reason.to_owned());
        } else if let Err(error) = found.ask_driver() {
            found.devices_error = Some(error.to_string().lines().next().unwrap_or_default().to_owned());
        }
        found
    }

    fn ask_driver(&mut self) -> Result<(), NvmlError> {
        let nvml = Nvml::init()?;
        self.driver_version = Some(nvml.sys_driver_version()?);
        let version = nvml.sys_cuda_driver_version()?;
        self.cuda_version =
            Some(format!("{}.{}", cuda_driver_version_major(version), cuda_driver_version_minor(version)));
        for index in 0..nvml.device_count()? {
            let device = nvml.device_by_index(index)?;
            let (memory, capability) = (device.memory_info()?, device.cuda_compute_capability()?);
            self.devices.push(NvidiaDevice {
                index,
                name: device.name()?,
                memory: memory.total,
                free: memory.free,
                compute_capability: format!("{}.{}", capability.major, capability.minor),
            });
        }
        Ok(())
    }

    /// Returns what keeps CUDA from computing, the first thing to mend first.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.libcuda.is_none() {
            let what = "no CUDA driver: `libcuda.so.1` is not on this machine";
            problems.push(Problem::new(what, "sudo apt-get install nvidia-driver"));
        } else if self.devices.is_empty() {
            let reason = self.devices_error.as_deref().unwrap_or("it lists none");
            let what = format!("NVIDIA's driver is there and no device: {reason}");
            problems.push(Problem::new(what, "nvidia-smi"));
        }
        if self.nvrtc.is_none() {
            let what = "no CUDA compiler: `libnvrtc.so` is not on this machine";
            problems.push(Problem::new(what, "sudo apt-get install cuda-nvrtc-12-8"));
        }
        if self.headers.is_none() {
            let what = format!(
                "no CUDA headers: `{HEADER}` is neither under `CUDA_PATH` nor under `{}`",
                TOOLKITS[0]
            );
            problems.push(Problem::new(what, "sudo apt-get install cuda-cudart-dev-12-8"));
        }
        if let (Some(nvrtc), Some(cuda)) = (self.nvrtc_major(), self.cuda_major())
            && nvrtc > cuda
        {
            let what = format!("the driver is too old: it knows CUDA {cuda}, and NVRTC is of CUDA {nvrtc}");
            problems.push(Problem::new(what, "sudo apt-get install --only-upgrade nvidia-driver"));
        }
        problems
    }

    /// Advice to build for the first GPU, where there is one.
    pub fn advice(&self) -> Option<Problem> {
        self.devices.first().map(|device| Problem::unused_device(&device.name, "just train-gpu CONFIG"))
    }

    /// The major version of CUDA that NVRTC belongs to, by the name of its file, as `libnvrtc.so.12.8.93`.
    fn nvrtc_major(&self) -> Option<u32> {
        let path = self.nvrtc.as_ref()?.canonicalize().ok()?;
        let name = path.file_name()?.to_str()?;
        name.split(".so.").nth(1)?.split('.').next()?.parse().ok()
    }

    fn cuda_major(&self) -> Option<u32> {
        self.cuda_version.as_ref()?.split('.').next()?.parse().ok()
    }
}

/// The first folder with headers of those that Burn's compiler takes.
fn headers() -> Option<PathBuf> {
    let root = match std::env::var_os("CUDA_PATH") {
        Some(path) => PathBuf::from(path),
        None => match TOOLKITS.iter().find(|path| Path::new(path).exists()) {
            Some(path) => PathBuf::from(path),
            None => PathBuf::from("/usr"),
        },
    };
    root.join(HEADER).is_file().then(|| root.join("include"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_part_is_a_problem_with_a_command() {
        let nothing = Nvidia::default();
        let problems = nothing.problems();
        assert_eq!(problems.len(), 3);
        assert!(problems.iter().all(|problem| problem.mend.starts_with("sudo apt-get install ")));
        let device = NvidiaDevice {
            index: 0,
            name: "NVIDIA H100".into(),
            memory: 1 << 36,
            free: 1 << 35,
            compute_capability: "9.0".into(),
        };
        let all = Nvidia {
            libcuda: Some("/usr/lib/libcuda.so.1".into()),
            nvrtc: Some("/nowhere/libnvrtc.so.12".into()),
            headers: Some("/usr/local/cuda/include".into()),
            cuda_version: Some("12.8".into()),
            devices: vec![device],
            ..Nvidia::default()
        };
        assert_eq!(all.problems(), []);
        let none = Nvidia { devices: Vec::new(), devices_error: Some("lost".into()), ..all };
        assert_eq!(none.problems()[0].what, "NVIDIA's driver is there and no device: lost");
    }
}
