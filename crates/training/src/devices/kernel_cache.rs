//! Compiled CUDA kernels, kept from one run to the next.
//!
//! CubeCL compiles every kernel with NVRTC in every process unless its cache of compiled kernels is switched on. The cache
//! tells kernels apart by their settings only, so each GPU architecture, compiler and version of Burn gets its own folder. A
//! `cubecl.toml` that sets `compilation.cache` has precedence.

use super::BURN_VERSION;
use super::Nvidia;
use super::error::DeviceError;
use super::panic_log::PanicLog;
use cubecl_runtime::config::cache::CacheConfig;
use cubecl_runtime::config::{CubeClRuntimeConfig, RuntimeConfig};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Sets where CubeCL keeps compiled kernels and the results of autotuning. It has no effect once a device was used, nor
/// where the folder cannot be written.
///
/// # Errors
///
/// [`DeviceError::Settings`] where CubeCL cannot read the `cubecl.toml` of the current directory.
pub fn enable(nvidia: &Nvidia) -> Result<(), DeviceError> {
    let capabilities = nvidia.devices.iter().map(|device| device.compute_capability.as_str()).collect();
    let name = folder_name(nvidia.nvrtc.as_deref(), capabilities);
    let Some(folder) = cache_directory().map(|cache| cache.join("emberlab").join("kernels").join(name))
    else {
        return Ok(());
    };
    if let Err(error) = check_writable(&folder) {
        log::warn!("compiled kernels are not kept: {}: {error}", folder.display());
        return Ok(());
    }
    let panics = PanicLog::install();
    let read = catch_unwind(|| CubeClRuntimeConfig::from_current_dir().override_from_env());
    let first = panics.finish();
    let Ok(mut config) = read else {
        return Err(DeviceError::Settings(first.unwrap_or_default()));
    };
    config.compilation.cache.get_or_insert_with(|| CacheConfig::File(folder.clone()));
    if matches!(config.autotune.cache, CacheConfig::Target) {
        config.autotune.cache = CacheConfig::File(folder);
    }
    let mut settings = CubeClRuntimeConfig::storage().lock();
    settings.get_or_insert_with(|| Arc::new(config));
    Ok(())
}

/// `$XDG_CACHE_HOME`, else `~/.cache`.
fn cache_directory() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".cache")))
}

/// The folder for the kernels of a compiler and GPUs of some compute capabilities, `burn-0.21.0-libnvrtc.so.13.0.88-sm-9.0`.
fn folder_name(nvrtc: Option<&Path>, mut capabilities: Vec<&str>) -> String {
    let file = nvrtc.and_then(|path| path.canonicalize().ok());
    let compiler = file.as_ref().and_then(|path| path.file_name()?.to_str()).unwrap_or("nvrtc");
    capabilities.sort_unstable();
    capabilities.dedup();
    format!("burn-{}-{compiler}-sm-{}", BURN_VERSION, capabilities.join("-"))
}

/// CubeCL panics where it cannot write.
fn check_writable(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn each_architecture_and_compiler_has_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libnvrtc.so.13.0.88");
        std::fs::write(&library, "").unwrap();
        let burn = BURN_VERSION;
        assert_eq!(
            folder_name(Some(&library), vec!["9.0", "9.0"]),
            format!("burn-{burn}-libnvrtc.so.13.0.88-sm-9.0")
        );
        assert_eq!(
            folder_name(Some(&library), vec!["9.0", "8.0"]),
            format!("burn-{burn}-libnvrtc.so.13.0.88-sm-8.0-9.0")
        );
        assert_eq!(folder_name(None, vec!["9.0"]), format!("burn-{burn}-nvrtc-sm-9.0"));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(check_writable(&file.path().join("kernels")).is_err());
        let folder = tempfile::tempdir().unwrap();
        check_writable(&folder.path().join("kernels")).unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("kernels")).unwrap().count(), 0);
    }
}
