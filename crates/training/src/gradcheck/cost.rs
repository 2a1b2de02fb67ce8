//! What a check costs, before it is paid.

use crate::error::Error;
use emberlab_models::Architecture;
use std::time::Duration;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Bytes for each weight: the weights, their gradients by both rules and those of changed weights, in f64, and the copies
/// that products take.
const BYTES_PER_WEIGHT: usize = 64;
/// Bytes for each value that a layer computes or lays out for a product, for each sample.
const BYTES_PER_VALUE: usize = 32;
/// Values of the objective for each entry, on average.
const VALUES_PER_ENTRY: u32 = 14;
/// A check that takes longer is announced.
const LONG: Duration = Duration::from_secs(60);

/// Fails where checking a network on a batch of `n_samples` takes more than `available` bytes of memory.
///
/// # Errors
///
/// [`Error::Memory`].
pub fn check_memory(architecture: &Architecture, n_samples: usize, available: u64) -> Result<(), Error> {
    let needed = memory(architecture, n_samples);
    if needed <= available {
        return Ok(());
    }
    Err(Error::Memory { n_parameters: architecture.n_parameters(), n_samples, needed, available })
}

/// Reports to `warn` that finite differences take long, if they do. `parameters` has the entries of each parameter and
/// the time that one value of the objective takes.
pub fn warn_of_time(parameters: &[(usize, Duration)], warn: fn(&str)) {
    let n_entries: usize = parameters.iter().map(|(entries, _)| entries).sum();
    let needed = parameters.iter().fold(Duration::ZERO, |sum, (entries, value)| {
        let n_values = u32::try_from(*entries).unwrap_or(u32::MAX).saturating_mul(VALUES_PER_ENTRY);
        sum.saturating_add(value.saturating_mul(n_values))
    });
    if needed > LONG {
        let minutes = needed.as_secs().div_ceil(60);
        warn(&format!(
            "the finite differences of {n_entries} entries take about {minutes} min; fewer `--entries` or `--samples` take less"
        ));
    }
}

/// The memory that a process may still take, in bytes; without `/proc` it is unknown, and no limit.
pub fn available_memory() -> u64 {
    let wanted = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(wanted);
    if system.total_memory() == 0 {
        return u64::MAX;
    }
    let of_group = system.cgroup_limits().map_or(u64::MAX, |limits| limits.free_memory);
    system.available_memory().min(of_group)
}

/// About the most memory that a check holds at once, in bytes.
fn memory(architecture: &Architecture, n_samples: usize) -> u64 {
    let values = architecture.with_inputs().fold(architecture.n_features(), |sum, (input, layer)| {
        sum.saturating_add(layer.n_unfolded()).saturating_add(layer.n_kept(input))
    });
    let weights = architecture.n_parameters().saturating_mul(BYTES_PER_WEIGHT);
    let values = values.saturating_mul(n_samples).saturating_mul(BYTES_PER_VALUE);
    weights.saturating_add(values) as u64
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_does_not_fit_is_refused_with_its_size() {
        let architecture = Architecture::mlp(1000, &[100_000], 10);
        assert!(check_memory(&architecture, 16, 1 << 40).is_ok());
        let error = check_memory(&architecture, 16, 5_000_000_000).unwrap_err();
        assert!(matches!(error, Error::Memory { .. }), "{error}");
        let said = error.to_string();
        assert!(
            said.starts_with("gradcheck of a network of 101100010 weights on 16 samples takes about "),
            "{said}"
        );
        assert!(said.contains("GB of memory, 5.0 GB are free; "), "{said}");
    }

    #[test]
    fn a_long_check_is_announced() {
        static SAID: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
        let warn = |line: &str| SAID.lock().unwrap().push(line.to_owned());
        warn_of_time(&[(25, Duration::from_millis(1)), (3, Duration::ZERO)], warn);
        assert!(SAID.lock().unwrap().is_empty());
        warn_of_time(&[(25, Duration::from_secs(1)), (5, Duration::from_secs(100))], warn);
        let said = SAID.lock().unwrap().join("");
        assert!(said.starts_with("the finite differences of 30 entries take about 123 min"), "{said}");
    }

    #[test]
    fn sizes_that_no_number_holds_are_refused() {
        let architecture = Architecture::mlp(usize::MAX, &[usize::MAX; 3], usize::MAX);
        assert!(check_memory(&architecture, usize::MAX, u64::MAX - 1).is_err());
    }
}
