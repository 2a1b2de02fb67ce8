//! The time that a training will still take.

use std::time::{Duration, Instant};

/// The pace, measured from the first reading on: the first update may wait for kernels to be compiled.
#[derive(Debug, Default)]
pub struct Pace {
    first: Option<(Instant, usize)>,
    last: Option<(Instant, usize)>,
}

impl Pace {
    /// Takes the number of updates made so far.
    pub fn reach(&mut self, update: usize) {
        let now = (Instant::now(), update);
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// The time that the updates up to `updates` will take; `None` before two readings.
    pub fn left(&self, updates: usize) -> Option<Duration> {
        let ((began, first), (read, last)) = (self.first?, self.last?);
        let made = last.checked_sub(first).filter(|&made| made > 0)?;
        let per_update = (read - began).as_secs_f64() / made as f64;
        let seconds = per_update * updates.saturating_sub(last) as f64 - read.elapsed().as_secs_f64();
        Duration::try_from_secs_f64(seconds.max(0.0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_the_pace() {
        let mut pace = Pace::default();
        assert_eq!(pace.left(10), None);
        let now = Instant::now();
        pace.first = now.checked_sub(Duration::from_secs(10)).map(|began| (began, 5));
        pace.last = Some((now, 10));
        let left = pace.left(20).expect("two readings").as_secs_f64();
        assert!((19.0..=20.0).contains(&left), "{left}");
        assert!(pace.left(10).expect("two readings").is_zero());
    }
}
