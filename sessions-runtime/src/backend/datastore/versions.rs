//! Versions of records as SQLite keeps them: its integers have a sign, so they have 63 random bits.

use super::failure::{Failure, Result};
use crate::backend::Version;

/// A new one.
pub(super) fn fresh() -> Result<i64> {
    let version = Version::random()
        .map_err(|err| Failure::new(err.kind(), "no version for a session record").because(err))?;
    Ok(i64::from_ne_bytes(version.get().to_ne_bytes()) & i64::MAX)
}

/// A version as it is stored; -1, which is none, for what never came from here.
pub(super) fn stored(version: Version) -> i64 {
    i64::try_from(version.get()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_not_negative() {
        let seen: Vec<i64> = (0..1_000).map(|_| fresh().unwrap()).collect();
        assert!(seen.iter().all(|version| *version >= 0));
        assert!(seen.iter().any(|version| *version > i64::MAX / 2));
    }

    #[test]
    fn a_version_from_elsewhere_matches_nothing() {
        assert_eq!(stored(Version::new(u64::MAX)), -1);
        assert_eq!(stored(Version::new(7)), 7);
    }
}
