//! `[device]`: where the work is done.

use super::resolved::Resolved;
use super::rule::{count, list, text, whole, word};
use super::section::Section;
use emberlab_models::Precision;

/// The device.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `index` | 0 | which GPU, for the GPU backends | from 0 |
/// | `precision` | `f32` | what products are computed in while training: `f32`, or `bf16` with all else in `f32` | |
/// | `count` | 1 | devices that share each batch, from `index` on; the same device so many times on the CPU | 1 to 64 |
/// | `strategy` | `data-parallel` | how they share it: each takes the gradients of its part of the batch | |
/// | `remote` | none | servers that compute, as `ws://HOST:PORT`, in a build for them; several share each batch | |
/// | `threads` | one per core | threads of the CPU backends | 1 to 1024 |
///
/// With several devices batch norm takes mean and variance over each device's part, and the running ones over the first
/// device's parts, so that they are not those of one device. A part has two samples or more where batch norm needs them and
/// the batch has them. Dropout draws part by part, as everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceConfig {
    /// Which GPU.
    pub index: usize,
    /// What products are computed in while training.
    pub precision: Precision,
    /// Devices that share each batch.
    pub count: usize,
    /// How they share it.
    pub strategy: Strategy,
    /// Servers that compute.
    pub remote: Vec<String>,
    /// Threads; one per core where there is none.
    pub threads: Option<usize>,
}

/// How several devices share a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Each takes the gradients of its part; the first one makes the update of their mean.
    DataParallel,
}

const PRECISIONS: [(&str, Precision); 2] = [("f32", Precision::Full), ("bf16", Precision::Mixed)];

const STRATEGIES: [(&str, Strategy); 1] = [("data-parallel", Strategy::DataParallel)];

impl Default for DeviceConfig {
    fn default() -> Self {
        Self {
            index: 0,
            precision: Precision::Full,
            count: 1,
            strategy: Strategy::DataParallel,
            remote: Vec::new(),
            threads: None,
        }
    }
}

impl DeviceConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let index = section.value("index", count(0), 0);
        let precision = section.value("precision", word(&PRECISIONS), Precision::Full);
        let count = section.value("count", whole(1..=64).map(|count| count as usize), 1);
        let strategy = section.value("strategy", word(&STRATEGIES), Strategy::DataParallel);
        if count == 1 && section.has("strategy") {
            section.problem("strategy", "has no meaning for `count` = 1, which shares nothing");
        }
        let address = text("an address like `ws://127.0.0.1:3000`", is_address);
        let remote = section.value("remote", list(address, 1), Vec::new());
        if count > 1 && !remote.is_empty() {
            section.problem("count", "has no meaning beside `remote`, whose servers all take part");
        }
        let threads = section.optional("threads", whole(1..=1024).map(|threads| threads as usize));
        section.finish();
        Self { index, precision, count, strategy, remote, threads }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("device");
        out.count("index", self.index);
        // Runs from before this key are resumed only where it is not written.
        if self.precision != Precision::Full {
            let precision = PRECISIONS.iter().find(|(_, precision)| *precision == self.precision);
            out.optional("precision", precision.map(|(word, _)| *word));
        }
        if self.count > 1 {
            out.count("count", self.count);
            let strategy = STRATEGIES.iter().find(|(_, strategy)| *strategy == self.strategy);
            out.optional("strategy", strategy.map(|(word, _)| *word));
        }
        if !self.remote.is_empty() {
            out.entry("remote", self.remote.clone());
        }
        out.optional("threads", self.threads.map(|threads| threads as i64));
    }
}

/// Whether a text is `ws://HOST:PORT`.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("ws://").and_then(|rest| rest.rsplit_once(':'));
    rest.is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}
