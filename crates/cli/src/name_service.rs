//! Names of hosts in a statically linked program.
//!
//! glibc loads a library for each service that `/etc/nsswitch.conf` names, together with the C library of the machine, which
//! can end a program that has one of its own. The services `files` and `dns` are part of glibc since 2.34.

/// Looks up names in `/etc/hosts` and by DNS alone, if the program is statically linked with glibc.
#[cfg(all(target_os = "linux", target_env = "gnu", target_feature = "crt-static"))]
#[expect(unsafe_code, reason = "the only way to choose the services of glibc")]
pub fn use_built_in() {
    use std::ffi::{CStr, c_char, c_int};

    unsafe extern "C" {
        fn __nss_configure_lookup(database: *const c_char, services: *const c_char) -> c_int;
    }
    const DATABASE: &CStr = c"hosts";
    const SERVICES: &CStr = c"files dns";
    // SAFETY: both live as long as the program, and no other thread runs yet. It fails for databases and services that glibc does
    // not know; it knows these.
    unsafe { __nss_configure_lookup(DATABASE.as_ptr(), SERVICES.as_ptr()) };
}

/// Leaves the choice of services to the machine.
#[cfg(not(all(target_os = "linux", target_env = "gnu", target_feature = "crt-static")))]
pub fn use_built_in() {}
