//! Vulkan's loader and adapters.

use super::library;
use super::problem::Problem;
use ash::vk;
use serde::Serialize;

/// Vulkan on this machine.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Vulkan {
    /// The loader's version, as `1.3.239`.
    pub version: Option<String>,
    /// The adapters that it lists.
    pub adapters: Vec<VulkanAdapter>,
    /// The reason why adapters could not be listed.
    pub error: Option<String>,
}

/// A device that Vulkan can compute on.
#[derive(Clone, Debug, Serialize)]
pub struct VulkanAdapter {
    /// Its name.
    pub name: String,
    /// `discrete GPU`, `integrated GPU`, `virtual GPU`, `software` or `other`.
    pub kind: &'static str,
    /// The version of Vulkan that it speaks.
    pub version: String,
    /// All of its own memory, in bytes.
    pub memory: u64,
}

impl VulkanAdapter {
    /// Whether it is a GPU, not a program.
    pub fn is_gpu(&self) -> bool {
        self.kind.ends_with("GPU")
    }
}

impl Vulkan {
    /// Asks the loader.
    pub fn examine() -> Self {
        let listed = library::CANNOT_LOAD.map_or_else(list, |reason| Err(reason.to_owned()));
        listed.unwrap_or_else(|error| Self { error: Some(error), ..Self::default() })
    }

    /// Advice to build for the first GPU, where there is one.
    pub fn advice(&self) -> Option<Problem> {
        let adapter = self.adapters.iter().find(|adapter| adapter.is_gpu())?;
        Some(Problem::unused_device(&adapter.name, "just train-vulkan CONFIG"))
    }

    /// Returns what keeps Vulkan from computing.
    pub fn problems(&self) -> Vec<Problem> {
        if self.adapters.is_empty() {
            let reason = self.error.as_deref().unwrap_or("the loader lists none");
            let what = format!("no Vulkan adapter: {reason}");
            return vec![Problem::new(what, "sudo apt-get install libvulkan1 mesa-vulkan-drivers")];
        }
        Vec::new()
    }
}

#[expect(
    unsafe_code,
    reason = "Vulkan is a C interface; the instance outlives every call and is destroyed once"
)]
fn list() -> Result<Vulkan, String> {
    let entry =
        unsafe { ash::Entry::load() }.map_err(|error| format!("the loader cannot be loaded: {error}"))?;
    let version = unsafe { entry.try_enumerate_instance_version() }.ok().flatten();
    let application = vk::ApplicationInfo::default().api_version(version.unwrap_or(vk::API_VERSION_1_0));
    let info = vk::InstanceCreateInfo::default().application_info(&application);
    let instance =
        unsafe { entry.create_instance(&info, None) }.map_err(|error| format!("it cannot begin: {error}"))?;
    let devices = unsafe { instance.enumerate_physical_devices() };
    let adapter = |device: &vk::PhysicalDevice| {
        let properties = unsafe { instance.get_physical_device_properties(*device) };
        let memory = unsafe { instance.get_physical_device_memory_properties(*device) };
        let name = properties.device_name_as_c_str().map(|name| name.to_string_lossy().into_owned());
        VulkanAdapter {
            name: name.unwrap_or_else(|_| "without a name".into()),
            kind: kind(properties.device_type),
            version: version_text(properties.api_version),
            memory: own_memory(&memory),
        }
    };
    let adapters = devices.map(|devices| devices.iter().map(adapter).collect());
    unsafe { instance.destroy_instance(None) };
    let adapters = adapters.map_err(|error| format!("its devices cannot be listed: {error}"))?;
    Ok(Vulkan { version: version.map(version_text), adapters, error: None })
}

fn kind(kind: vk::PhysicalDeviceType) -> &'static str {
    match kind {
        vk::PhysicalDeviceType::DISCRETE_GPU => "discrete GPU",
        vk::PhysicalDeviceType::INTEGRATED_GPU => "integrated GPU",
        vk::PhysicalDeviceType::VIRTUAL_GPU => "virtual GPU",
        vk::PhysicalDeviceType::CPU => "software",
        _ => "other",
    }
}

fn version_text(version: u32) -> String {
    let (major, minor) = (vk::api_version_major(version), vk::api_version_minor(version));
    format!("{major}.{minor}.{}", vk::api_version_patch(version))
}

fn own_memory(memory: &vk::PhysicalDeviceMemoryProperties) -> u64 {
    let heaps = memory.memory_heaps_as_slice().iter();
    heaps.filter(|heap| heap.flags.contains(vk::MemoryHeapFlags::DEVICE_LOCAL)).map(|heap| heap.size).sum()
}
