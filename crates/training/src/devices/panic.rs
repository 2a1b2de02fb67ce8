//! Panics of Burn, which it reports lost devices and full memory by.

use super::backend::CurrentPlatform;
use super::error::DeviceError;
use super::platform::Platform;

/// The failure of a device or of the system that a panic while computing was about, where it was about one.
pub(crate) fn device_failure(message: &str) -> Option<DeviceError> {
    // The standard library panics over a refused thread; the system's reason is in its message alone.
    if message.to_lowercase().contains("resource temporarily unavailable") {
        return Some(DeviceError::NoMoreThreads);
    }
    CurrentPlatform::has_failed(message).then(|| DeviceError::Failed { reason: message.to_owned() })
}

/// The first line of a panic's message.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    let text = text.lines().next().unwrap_or_default().trim_end_matches('.');
    text.strip_prefix("called `Result::unwrap()` on an `Err` value: ").unwrap_or(text).to_owned()
}
