//! `[device]`: the device that computes.

use super::key::key;
use super::rule::{count, count_in, list, text, word};
use super::section::Section;
use emberlab_models::Precision;

/// The device.
///
/// With several devices batch norm takes mean and variance over each device's part, and the running ones over the first
/// device's parts, so that they are not those of one device. A part has two samples or more where batch norm needs them and
/// the batch has them. Dropout draws part by part, as everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceConfig {
    /// Which GPU.
    pub index: usize,
    /// Precision of matrix products and convolutions while training.
    pub precision: Precision,
    /// Devices that share each batch.
    pub count: usize,
    /// Servers that compute.
    pub remote: Vec<String>,
    /// Threads; `None` for one per core.
    pub threads: Option<usize>,
}

const PRECISIONS: [(&str, Precision); 2] = [("f32", Precision::Full), ("bf16", Precision::Mixed)];

impl Default for DeviceConfig {
    fn default() -> Self {
        Self { index: 0, precision: Precision::Full, count: 1, remote: Vec::new(), threads: None }
    }
}

impl DeviceConfig {
    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
        let index = key(
            "index",
            count(0),
            "index of the GPU, for the GPU backends; of the first one if there are several",
        );
        let index = section.value(index, 0, written.map(|device| device.index));
        let precision = key(
            "precision",
            word(&PRECISIONS),
            "precision of matrix products and convolutions while training; everything else is `f32`",
        );
        // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
        let set_precision = written.map(|device| device.precision).filter(|&set| set != Precision::Full);
        let precision = section.value(precision, Precision::Full, set_precision);
        let shared = written.filter(|device| device.count > 1);
        let about = "number of devices that share each batch, from `index` on; on the CPU, the same device several times";
        let count =
            section.value(key("count", count_in(1..=64), about), 1, shared.map(|device| device.count));
        // Runs of earlier versions have the key, which had one value.
        section.without_effect("strategy", "each device computes the gradients of its part of the batch");
        let address = text("an address like `ws://127.0.0.1:3000`", is_address);
        let about =
            "servers that compute, as `ws://HOST:PORT`, in a build with `remote`; several share each batch";
        let set_remote = written.map(|device| device.remote.clone()).filter(|remote| !remote.is_empty());
        let remote = section.optional(key("remote", list(address, 1), about), set_remote).unwrap_or_default();
        if count > 1 && !remote.is_empty() {
            section.problem("count", "has no meaning beside `remote`, whose servers all take part");
        }
        let threads =
            key("threads", count_in(1..=1024), "threads of the CPU backends").default_text("one per core");
        let threads = section.optional(threads, written.and_then(|device| device.threads));
        section.finish();
        Self { index, precision, count, remote, threads }
    }
}

/// Whether a text is `ws://HOST:PORT`.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("ws://").and_then(|rest| rest.rsplit_once(':'));
    rest.is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}
