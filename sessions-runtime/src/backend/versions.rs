//! Versions of records, for backends that give them themselves: random numbers.

use crate::entropy::{self, Entropy};
use crate::error::SessionError;

/// How many versions one call of the operating system gives.
const BATCH: usize = 64;

/// Where new versions come from.
///
/// 64 random bits: a version that some request still holds comes back with a chance of one in 18 · 10^18. A counter would
/// be one more thing that each write has to write, and would repeat itself where an old copy of the store is put back;
/// random numbers need nothing that processes have to agree on. Nobody must be kept from guessing them, so they may wait
/// in memory: to ask the operating system each time takes half a microsecond of a write.
pub(super) struct Versions {
    entropy: Entropy,
    bytes: [u8; BATCH * 8],
    /// How many of the bytes have not been given away.
    left: usize,
}

impl Versions {
    pub(super) const fn new() -> Self {
        Self {
            entropy: entropy::system,
            bytes: [0; BATCH * 8],
            left: 0,
        }
    }

    /// A new one. A failing generator is an error, never a version that may repeat.
    pub(super) fn next(&mut self) -> Result<u64, SessionError> {
        if self.left < 8 {
            (self.entropy)(&mut self.bytes)?;
            self.left = self.bytes.len();
        }
        self.left -= 8;
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(self.bytes.iter().skip(self.left)) {
            *to = *from;
        }
        Ok(u64::from_ne_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn versions_do_not_repeat() {
        let mut versions = Versions::new();
        let seen: HashSet<_> = (0..10_000).map(|_| versions.next().unwrap()).collect();
        assert_eq!(seen.len(), 10_000);
        assert!(seen.iter().any(|version| *version > u64::MAX / 2));
    }

    /// S2
    #[test]
    fn a_failing_generator_gives_no_version() {
        let mut versions = Versions::new();
        versions.entropy = |_| Err(SessionError::backend("no entropy"));
        assert!(versions.next().is_err());
    }
}
