//! Versions of records: random numbers.

use super::failure::{Failure, Result};
use crate::backend::Version;
use crate::entropy::{self, Entropy};

/// How many versions one call of the operating system gives.
const BATCH: usize = 64;

/// Where new versions come from.
///
/// 63 random bits: a version that some request still holds comes back with a chance of one in 9 · 10^18. A counter
/// would need a page of its own, which each transaction has to write, and would repeat itself where a copy of the file
/// is put back; random numbers need nothing that processes have to agree on.
pub(super) struct Versions {
    entropy: Entropy,
    bytes: [u8; BATCH * 8],
    /// How many of the bytes have not been given away.
    left: usize,
}

impl Versions {
    pub(super) fn new() -> Self {
        Self {
            entropy: entropy::system,
            bytes: [0; BATCH * 8],
            left: 0,
        }
    }

    /// A new one. A failing generator is an error, never a version that may repeat.
    pub(super) fn next(&mut self) -> Result<i64> {
        if self.left < 8 {
            (self.entropy)(&mut self.bytes)
                .map_err(|err| Failure::new(err.kind(), "no version for a session record").because(err))?;
            self.left = self.bytes.len();
        }
        self.left -= 8;
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(self.bytes.iter().skip(self.left)) {
            *to = *from;
        }
        // SQLite's integers have a sign; without it they are versions.
        Ok(i64::from_ne_bytes(bytes) & i64::MAX)
    }
}

/// A version as it is stored; -1, which is none, for what never came from here.
pub(super) fn stored(version: Version) -> i64 {
    i64::try_from(version.get()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::error::SessionError;

    #[test]
    fn versions_do_not_repeat_and_are_not_negative() {
        let mut versions = Versions::new();
        let seen: HashSet<_> = (0..10_000).map(|_| versions.next().unwrap()).collect();
        assert_eq!(seen.len(), 10_000);
        assert!(seen.iter().all(|version| *version >= 0));
        assert!(seen.iter().any(|version| *version > i64::MAX / 2));
    }

    /// S2
    #[test]
    fn a_failing_generator_gives_no_version() {
        let mut versions = Versions::new();
        versions.entropy = |_| Err(SessionError::backend("no entropy"));
        assert!(versions.next().is_err());
    }

    #[test]
    fn a_version_from_elsewhere_matches_nothing() {
        assert_eq!(stored(Version::new(u64::MAX)), -1);
        assert_eq!(stored(Version::new(7)), 7);
    }
}
