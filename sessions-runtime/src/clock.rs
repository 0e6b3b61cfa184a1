//! Time: whole seconds since 1970, read through a clock that tests can set.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment, in whole seconds since 1970 (UTC).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::Timestamp;
///
/// let login = Timestamp::from_unix(1_700_000_000);
/// let end = login.after(Duration::from_secs(60));
/// assert_eq!(end.unix(), 1_700_000_060);
/// assert!(login < end);
/// assert_eq!(end.since(login), Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment this many seconds after 1970.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::Timestamp::from_unix(60).unix(), 60);
    /// ```
    pub const fn from_unix(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::Timestamp::from_unix(60).unix(), 60);
    /// ```
    pub const fn unix(self) -> u64 {
        self.0
    }

    /// This moment plus `span`, in whole seconds; a fraction of a second counts as one, so that a life under a second
    /// is not none at all. Saturates.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Timestamp;
    /// assert_eq!(Timestamp::from_unix(60).after(Duration::from_millis(1)), Timestamp::from_unix(61));
    /// ```
    #[must_use]
    pub const fn after(self, span: Duration) -> Self {
        let round_up = if span.subsec_nanos() > 0 { 1 } else { 0 };
        Self(self.0.saturating_add(span.as_secs()).saturating_add(round_up))
    }

    /// The time from `earlier` to this moment, zero where `earlier` is later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Timestamp;
    /// let (early, late) = (Timestamp::from_unix(60), Timestamp::from_unix(90));
    /// assert_eq!((late.since(early), early.since(late)), (Duration::from_secs(30), Duration::ZERO));
    /// ```
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

/// Where the time comes from: the system, or a hand that tests move.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::{Clock, Timestamp};
///
/// let clock = Clock::manual(Timestamp::from_unix(1_000));
/// let same = clock.clone();
/// clock.advance(Duration::from_secs(5));
/// assert_eq!(same.now().unix(), 1_005);
/// assert!(Clock::system().now().unix() > 1_700_000_000);
/// ```
#[derive(Clone, Default)]
pub struct Clock {
    /// `None` is the system's clock.
    hand: Option<Arc<AtomicU64>>,
}

impl Clock {
    /// The system's clock.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{Clock, Timestamp};
    /// assert!(Clock::system().now() > Timestamp::from_unix(1_700_000_000));
    /// ```
    pub const fn system() -> Self {
        Self { hand: None }
    }

    /// A clock that stands at `start` until it is moved. Clones share the hand.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{Clock, Timestamp};
    /// assert_eq!(Clock::manual(Timestamp::from_unix(60)).now().unix(), 60);
    /// ```
    pub fn manual(start: Timestamp) -> Self {
        Self {
            hand: Some(Arc::new(AtomicU64::new(start.unix()))),
        }
    }

    /// The present moment. A system clock before 1970 reads as 1970.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{Clock, Timestamp};
    /// assert_eq!(Clock::manual(Timestamp::from_unix(60)).now().unix(), 60);
    /// ```
    pub fn now(&self) -> Timestamp {
        match &self.hand {
            Some(hand) => Timestamp(hand.load(Ordering::Relaxed)),
            None => Timestamp(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_secs()),
            ),
        }
    }

    /// Moves a manual clock forward by whole seconds; the system's clock stays as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::{Clock, Timestamp};
    /// let clock = Clock::manual(Timestamp::from_unix(60));
    /// clock.advance(Duration::from_secs(30));
    /// assert_eq!(clock.now().unix(), 90);
    /// ```
    pub fn advance(&self, span: Duration) {
        if let Some(hand) = &self.hand {
            hand.fetch_add(span.as_secs(), Ordering::Relaxed);
        }
    }

    /// Puts a manual clock to a moment, also back; the system's clock stays as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{Clock, Timestamp};
    /// let clock = Clock::manual(Timestamp::from_unix(60));
    /// clock.set(Timestamp::from_unix(30));
    /// assert_eq!(clock.now().unix(), 30);
    /// ```
    pub fn set(&self, moment: Timestamp) {
        if let Some(hand) = &self.hand {
            hand.store(moment.unix(), Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.hand.is_some() {
            "Clock(manual)"
        } else {
            "Clock(system)"
        })
    }
}
