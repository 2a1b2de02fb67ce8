//! Libraries that are loaded at run time.

use libloading::Library;
use std::path::PathBuf;

/// Why this program loads no libraries, if it does not.
///
/// A library needs the C library that it was built with. A statically linked program has one of its own, and a second one of
/// another version can end it.
pub const CANNOT_LOAD: Option<&str> = if cfg!(all(target_os = "linux", target_feature = "crt-static")) {
    Some("the program is statically linked and loads no drivers")
} else {
    None
};

/// Loads the first of some libraries that can be loaded, and returns its path on Linux, elsewhere its name.
#[expect(
    unsafe_code,
    reason = "loading a library runs its initialisers; these are drivers and compilers of the system"
)]
pub fn find(names: &[&str]) -> Option<PathBuf> {
    if CANNOT_LOAD.is_some() {
        return None;
    }
    names.iter().find_map(|name| {
        let library = unsafe { Library::new(name) }.ok()?;
        let path = mapped(name).unwrap_or_else(|| PathBuf::from(name));
        drop(library);
        Some(path)
    })
}

/// The file of a loaded library, links followed.
fn mapped(name: &str) -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let stem = name.split(".so").next()?;
    let path =
        maps.lines().filter_map(|line| line.split_once('/')).map(|(_, path)| format!("/{path}")).find(
            |path| {
                path.rsplit('/')
                    .next()
                    .is_some_and(|file| file.starts_with(stem) && file[stem.len()..].starts_with(".so"))
            },
        )?;
    Some(PathBuf::from(path))
}
