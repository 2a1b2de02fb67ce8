//! NumPy's legacy generator, draw for draw.
//!
//! [`RandomState`] equals `numpy.random.RandomState(seed)`: the Mersenne Twister MT19937 (Matsumoto
//! and Nishimura, 1998) seeded by `init_genrand`, and NumPy's way of turning its 32-bit words into
//! doubles, normals, bounded integers and permutations (`numpy/random/_mt19937.pyx`,
//! `src/legacy/legacy-distributions.c`, `src/distributions/distributions.c`). Integers, uniform
//! doubles and permutations are equal bit for bit; normals depend on the C library's `log`.
//!
//! ```
//! use emberlab_data::RandomState;
//! // >>> numpy.random.RandomState(42).random_sample()
//! assert_eq!(RandomState::new(42).random_sample(), 0.3745401188473625);
//! ```

use crate::error::DataError;
use serde::{Deserialize, Serialize};

const WORDS: usize = 624;
const SHIFT: usize = 397;

/// The state of NumPy's legacy generator: 624 words, a position, and the spare normal of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Record", try_from = "Record")]
pub struct RandomState {
    key: Box<[u32; WORDS]>,
    position: usize,
    spare_normal: Option<f64>,
}

/// The serialized state, with the numbers of NumPy's `get_state`.
#[derive(Serialize, Deserialize)]
struct Record {
    key: Vec<u32>,
    position: usize,
    spare_normal: Option<f64>,
}

impl From<RandomState> for Record {
    fn from(state: RandomState) -> Self {
        let RandomState { key, position, spare_normal } = state;
        Self { key: key.to_vec(), position, spare_normal }
    }
}

impl TryFrom<Record> for RandomState {
    type Error = String;

    fn try_from(record: Record) -> Result<Self, String> {
        let Record { key, position, spare_normal } = record;
        let key = <Box<[u32; WORDS]>>::try_from(key.into_boxed_slice())
            .map_err(|key| format!("{} words, must be {WORDS}", key.len()))?;
        if position > WORDS {
            return Err(format!("position {position}, must be at most {WORDS}"));
        }
        Ok(Self { key, position, spare_normal })
    }
}

impl RandomState {
    /// The generator that `numpy.random.RandomState(seed)` makes.
    pub fn new(seed: u32) -> Self {
        let mut key = Box::new([0; WORDS]);
        let mut word = seed;
        for (index, slot) in (0u32..).zip(key.iter_mut()) {
            *slot = word;
            word = 1_812_433_253u32.wrapping_mul(word ^ (word >> 30)).wrapping_add(index + 1);
        }
        Self { key, position: WORDS, spare_normal: None }
    }

    /// A double in `[0, 1)` with 53 random bits.
    pub fn random_sample(&mut self) -> f64 {
        let high = f64::from(self.next_u32() >> 5);
        let low = f64::from(self.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// A double in `[low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random_sample()
    }

    /// A draw from the standard normal distribution; NumPy's `standard_normal` and `randn`.
    ///
    /// Marsaglia's polar method makes two at a time. The second is kept for the next call, whatever
    /// else is drawn in between.
    pub fn standard_normal(&mut self) -> f64 {
        if let Some(normal) = self.spare_normal.take() {
            return normal;
        }
        loop {
            let x = 2.0 * self.random_sample() - 1.0;
            let y = 2.0 * self.random_sample() - 1.0;
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare_normal = Some(factor * x);
                return factor * y;
            }
        }
    }

    /// An integer in `low..high`; NumPy's `randint(low, high)` with its default type.
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyRange`] when `low >= high`.
    pub fn randint(&mut self, low: i64, high: i64) -> Result<i64, DataError> {
        if low >= high {
            return Err(DataError::EmptyRange { low, high });
        }
        let span = high.wrapping_sub(low).wrapping_sub(1) as u64;
        Ok(low.wrapping_add(self.at_most(span) as i64))
    }

    /// Shuffles in place, from the last index down.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.at_most(last as u64) as usize;
            items.swap(last, other);
        }
    }

    /// A random permutation of `0..n`.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle(&mut order);
        order
    }

    /// `size` indices below `n`, each as likely as any other; NumPy's `choice(n, size, replace)`.
    ///
    /// # Errors
    ///
    /// [`DataError::SampleTooLarge`] when `size` is above `n` without replacement, or `n` is 0 and `size` is not.
    pub fn choice(&mut self, n: usize, size: usize, replace: bool) -> Result<Vec<usize>, DataError> {
        if size > n && (!replace || n == 0) {
            return Err(DataError::SampleTooLarge { size, population: n });
        }
        if replace {
            return Ok((0..size).map(|_| self.below(n)).collect());
        }
        let mut order = self.permutation(n);
        order.truncate(size);
        Ok(order)
    }

    /// An index below `n`, or 0 when `n` is 0 or 1 (without a draw, as NumPy does for one value).
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.at_most((n as u64).saturating_sub(1)) as usize
    }

    /// An integer in `0..=max` by masked rejection, from 32-bit draws while `max` fits in them.
    fn at_most(&mut self, max: u64) -> u64 {
        if max == 0 {
            return 0;
        }
        let mask = u64::MAX >> max.leading_zeros();
        loop {
            let bits = match max {
                0..=0xFFFF_FFFF => u64::from(self.next_u32()),
                _ => u64::from(self.next_u32()) << 32 | u64::from(self.next_u32()),
            };
            if bits & mask <= max {
                return bits & mask;
            }
        }
    }

    fn next_u32(&mut self) -> u32 {
        if self.position == WORDS {
            self.regenerate();
        }
        let mut word = self.key[self.position];
        self.position += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// The recurrence of MT19937 over all 624 words.
    fn regenerate(&mut self) {
        for index in 0..WORDS {
            let joined = (self.key[index] & 0x8000_0000) | (self.key[(index + 1) % WORDS] & 0x7fff_ffff);
            let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.key[index] = self.key[(index + SHIFT) % WORDS] ^ (joined >> 1) ^ twist;
        }
        self.position = 0;
    }
}
