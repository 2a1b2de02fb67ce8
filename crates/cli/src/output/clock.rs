//! Times as clocks show them.

use std::time::Duration;

/// `2:05`, `1:02:05` from an hour on, or `3 days` from two days on.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        1..48 => format!("{hours}:{minutes:02}:{seconds:02}"),
        hours => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let shown = [5, 65, 3725, 2 * 86400, u64::MAX].map(|seconds| clock(Duration::from_secs(seconds)));
        assert_eq!(shown, ["0:05", "1:05", "1:02:05", "2 days", "213503982334601 days"]);
    }
}
