//! `[device]`: where the work is done.

use super::resolved::Resolved;
use super::rule::{count, whole, word};
use super::section::Section;

/// The device.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `index` | 0 | which GPU, for the GPU backends | from 0 |
/// | `count` | 1 | devices that share each batch, from `index` on; the same device so many times on the CPU | 1 to 64 |
/// | `strategy` | `data-parallel` | how they share it: each takes the gradients of its part of the batch | |
/// | `threads` | one per core | threads of the CPU backends | 1 to 1024 |
///
/// With several devices batch norm takes its means over each device's part, and dropout draws part by part, as everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceConfig {
    /// Which GPU.
    pub index: usize,
    /// Devices that share each batch.
    pub count: usize,
    /// How they share it.
    pub strategy: Strategy,
    /// Threads; one per core where there is none.
    pub threads: Option<usize>,
}

/// How several devices share a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Each takes the gradients of its part; the first one makes the update of their mean.
    DataParallel,
}

const STRATEGIES: [(&str, Strategy); 1] = [("data-parallel", Strategy::DataParallel)];

impl Default for DeviceConfig {
    fn default() -> Self {
        Self { index: 0, count: 1, strategy: Strategy::DataParallel, threads: None }
    }
}

impl DeviceConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let index = section.value("index", count(0), 0);
        let count = section.value("count", whole(1..=64).map(|count| count as usize), 1);
        let strategy = section.value("strategy", word(&STRATEGIES), Strategy::DataParallel);
        if count == 1 && section.has("strategy") {
            section.problem("strategy", "has no meaning for `count` = 1, which shares nothing");
        }
        let threads = section.optional("threads", whole(1..=1024).map(|threads| threads as usize));
        section.finish();
        Self { index, count, strategy, threads }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("device");
        out.count("index", self.index);
        if self.count > 1 {
            out.count("count", self.count);
            let strategy = STRATEGIES.iter().find(|(_, strategy)| *strategy == self.strategy);
            out.optional("strategy", strategy.map(|(word, _)| *word));
        }
        out.optional("threads", self.threads.map(|threads| threads as i64));
    }
}
