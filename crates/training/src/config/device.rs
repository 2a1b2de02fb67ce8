//! `[device]`: where the work is done.

use super::resolved::Resolved;
use super::rule::{count, whole};
use super::section::Section;

/// The device.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `index` | 0 | which GPU, for the GPU backends | from 0 |
/// | `threads` | one per core | threads of the CPU backends | 1 to 1024 |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceConfig {
    /// Which GPU.
    pub index: usize,
    /// Threads; one per core where there is none.
    pub threads: Option<usize>,
}

impl DeviceConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let index = section.value("index", count(0), 0);
        let threads = section.optional("threads", whole(1..=1024).map(|threads| threads as usize));
        section.finish();
        Self { index, threads }
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("device");
        out.count("index", self.index);
        out.optional("threads", self.threads.map(|threads| threads as i64));
    }
}
