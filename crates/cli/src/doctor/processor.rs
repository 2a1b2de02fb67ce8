//! The processor.

use emberlab_training::devices;
use serde::Serialize;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// The processor and the memory beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Processor {
    /// Its name; empty if the system does not say it.
    pub name: String,
    /// Logical processors that this program may use.
    pub cores: usize,
    /// Threads that the CPU backends compute with.
    pub threads: usize,
    /// Instruction sets that the CPU backends choose their kernels by.
    pub features: Vec<&'static str>,
    /// All memory, in bytes; 0 if the system does not say it.
    pub memory: u64,
    /// Available memory, in bytes.
    pub available: u64,
}

impl Processor {
    /// Asks the system and the processor itself.
    pub fn examine() -> Self {
        let wanted = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(wanted);
        let name = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default();
        Self {
            name,
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            threads: devices::threads(),
            features: features(),
            memory: system.total_memory(),
            available: system.available_memory(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    let known = [
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512bw", is_x86_feature_detected!("avx512bw")),
        ("avx512vl", is_x86_feature_detected!("avx512vl")),
    ];
    known.into_iter().filter_map(|(name, there)| there.then_some(name)).collect()
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    let known = [("neon", std::arch::is_aarch64_feature_detected!("neon"))];
    known.into_iter().filter_map(|(name, there)| there.then_some(name)).collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<&'static str> {
    Vec::new()
}
