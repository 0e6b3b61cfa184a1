//! How long a server that failed is left alone.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

/// After the first failure; it doubles with each further one.
const FIRST: Duration = Duration::from_millis(20);

/// The failures in a row at one server, as one connection saw them.
#[derive(Debug)]
pub(super) struct Backoff<F> {
    failures: u32,
    last: Option<(F, Instant)>,
}

impl<F> Backoff<F> {
    /// The last failure, while nothing may be tried.
    pub(super) fn refuses(&self, now: Instant) -> Option<&F> {
        let (failure, end) = self.last.as_ref()?;
        (now < *end).then_some(failure)
    }

    /// One failure more.
    pub(super) fn fail(&mut self, failure: F, now: Instant, limit: Duration) {
        let span = FIRST.saturating_mul(1 << self.failures.min(16)).min(limit);
        self.failures = self.failures.saturating_add(1);
        self.last = Some((failure, now + span.mul_f64(jitter())));
    }

    /// The server has answered.
    pub(super) fn succeed(&mut self) {
        *self = Self::default();
    }
}

impl<F> Default for Backoff<F> {
    fn default() -> Self {
        Self {
            failures: 0,
            last: None,
        }
    }
}

/// From one half up to one, so that the workers of many machines do not come back all at once. Chance need not be secret
/// here: each of these states is keyed differently.
pub(super) fn jitter() -> f64 {
    let bits = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or(u32::MAX);
    0.5 + 0.5 * f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R12
    #[test]
    fn it_grows_up_to_its_limit_and_ends_with_a_success() {
        let (mut backoff, now, limit) = (Backoff::default(), Instant::now(), Duration::from_millis(500));
        assert!(backoff.refuses(now).is_none());
        for span in [20, 40, 80, 160, 320, 500, 500] {
            let span = Duration::from_millis(span);
            backoff.fail("closed", now, limit);
            assert!(backoff.refuses(now + span * 49 / 100).is_some(), "{span:?}");
            assert!(backoff.refuses(now + span).is_none(), "{span:?}");
        }
        backoff.succeed();
        assert!(backoff.refuses(now).is_none());
        for _ in 0..100 {
            backoff.fail("closed", now, Duration::MAX);
        }
    }

    /// R12
    #[test]
    fn it_varies() {
        let first = jitter();
        assert!((0..64).any(|_| (jitter() - first).abs() > 0.01));
    }
}
