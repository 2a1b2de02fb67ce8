//! Tells the crate which version of Burn it is built with.

use std::path::Path;

fn main() {
    let lock = Path::new("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let burn = std::fs::read_to_string(lock).ok().and_then(|text| locked_version(&text, "burn"));
    println!("cargo::rustc-env=EMBERLAB_BURN_VERSION={}", burn.unwrap_or_else(|| "unknown".to_owned()));
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(rest.split_once('"')?.0.to_owned())
}
