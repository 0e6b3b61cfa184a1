//! Choices that a seed decides.

use std::time::{SystemTime, UNIX_EPOCH};

/// A sequence of numbers (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a limit that is not zero.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("it fits");
        usize::try_from(self.next() % limit).expect("it is below the limit")
    }

    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Another sequence.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }
}

/// Whether there is time for thousands of cases.
pub fn deep() -> bool {
    std::env::var_os("SESSIONS_DEEP").is_some()
}

/// `SESSIONS_SEED`; without it always the same one, and with `SESSIONS_DEEP=1` another one each time.
pub fn seed() -> u64 {
    match std::env::var("SESSIONS_SEED") {
        Ok(seed) => seed.parse().expect("SESSIONS_SEED is a number"),
        Err(_) if deep() => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            u64::from(since.expect("the clock is after 1970").subsec_nanos())
        }
        Err(_) => 1,
    }
}
