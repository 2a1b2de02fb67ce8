//! `emberlab doctor`.

use crate::doctor::{Diagnosis, Processor};
use crate::error::Error;
use crate::output::print;
use clap::Args;
use emberlab_config::DeviceConfig;
use emberlab_training::devices::{CANNOT_LOAD, Nvidia, Problem, Vulkan};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The servers to try, `ws://HOST:PORT`, separated by commas, in a build for them
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    remote: Vec<String>,
}

pub fn run(arguments: &DoctorArgs) -> Result<(), Error> {
    let diagnosis =
        Diagnosis::examine(&DeviceConfig { remote: arguments.remote.clone(), ..DeviceConfig::default() });
    if arguments.json {
        print::json(&diagnosis)?;
    } else {
        print::strong_lines(&lines(&diagnosis))?;
    }
    diagnosis.problems.into_iter().next().map_or(Ok(()), |problem| Err(Error::NotReady(problem)))
}

fn lines(diagnosis: &Diagnosis) -> String {
    let Diagnosis { build, processor, drivers, trial, problems, advice } = diagnosis;
    let versions = &build.versions;
    let mut text = format!(
        "build      emberlab {}, Burn {}, commit {}\n           backend {}, {}, for {}\n",
        versions.emberlab,
        versions.burn,
        versions.git_commit,
        build.backend,
        if build.release { "release" } else { "debug" },
        build.target
    );
    text += &processor_lines(processor);
    text += &match CANNOT_LOAD {
        Some(reason) => format!("drivers    not examined: {reason}; for a GPU, build it from source\n"),
        None => nvidia_lines(&drivers.nvidia) + &vulkan_lines(&drivers.vulkan),
    };
    let said = &trial.said;
    text += &match (trial.works, trial.bf16) {
        (true, true) => format!("backend    {} computes on {said}, in f32 and bf16\n", build.backend),
        (true, false) => format!("backend    {} computes on {said}, in f32\n", build.backend),
        (false, _) => format!("backend    {} does not compute: {said}\n", build.backend),
    };
    for (word, list) in [("problem", problems), ("advice", advice)] {
        for Problem { what, mend } in list {
            text += &format!("{word:10} {what}\n           {mend}\n");
        }
    }
    if problems.is_empty() {
        text += "result     ready to train\n";
    }
    text
}

fn processor_lines(processor: &Processor) -> String {
    let Processor { name, cores, threads, features, memory, available } = processor;
    let name = if name.is_empty() { "unknown" } else { name };
    let memory = match memory {
        0 => "unknown".to_owned(),
        memory => format!("{} of {} available", gigabytes(*available), gigabytes(*memory)),
    };
    format!(
        "processor  {name}, {cores} cores, {threads} threads, {}\nmemory     {memory}\n",
        features.join(" ")
    )
}

fn nvidia_lines(nvidia: &Nvidia) -> String {
    let place = |path: &Option<PathBuf>| {
        path.as_ref().map_or_else(|| "not found".to_owned(), |path| path.display().to_string())
    };
    let driver = match (&nvidia.driver_version, &nvidia.cuda_version) {
        (Some(driver), Some(cuda)) => format!("driver {driver}, CUDA {cuda}"),
        _ => "no driver".to_owned(),
    };
    let mut text = format!(
        "nvidia     {driver}\n           libcuda {}\n           NVRTC {}\n           headers {}\n",
        place(&nvidia.libcuda),
        place(&nvidia.nvrtc),
        place(&nvidia.headers)
    );
    for device in &nvidia.devices {
        text += &format!(
            "           device {}: {}, {} of {} free, compute capability {}\n",
            device.index,
            device.name,
            gigabytes(device.free),
            gigabytes(device.memory),
            device.compute_capability
        );
    }
    text
}

fn vulkan_lines(vulkan: &Vulkan) -> String {
    let mut text = match (&vulkan.version, &vulkan.error) {
        (_, Some(error)) => format!("vulkan     none: {error}\n"),
        (version, None) => format!("vulkan     loader {}\n", version.as_deref().unwrap_or("1.0")),
    };
    for adapter in &vulkan.adapters {
        text += &format!(
            "           {}, {}, Vulkan {}, {}\n",
            adapter.name,
            adapter.kind,
            adapter.version,
            gigabytes(adapter.memory)
        );
    }
    text
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}
