//! Lifetimes, as memcached counts them: in whole seconds, by a clock of its own.

use std::time::Duration;

use crate::clock::Timestamp;

/// More seconds than these are read as a date.
const MOST_SECONDS: u64 = 30 * 86_400;
/// Dates are signed 32-bit numbers: later ones would be long past.
const LAST_DATE: u64 = i32::MAX as u64;
/// What an item lives longer than asked for by the whole seconds between two expiries.
///
/// One, because the second of the expiry itself belongs to the life. One more, because the server's clock moves once a
/// second: an item that is written shortly before it moves loses almost a whole one. So no life ends early, and none
/// lasts two seconds too long.
const MARGIN: u64 = 2;

/// When an item ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// At once: it had ended before it was written.
    Over,
    /// So many seconds after it was written.
    ///
    /// For every life of up to 30 days, because it goes by the server's own count: neither a server nor an application
    /// host whose clock is wrong shortens it.
    Seconds(u64),
    /// At this moment, by the server's clock.
    Until(u64),
}

impl Life {
    /// A life up to and with the second `expiry`. `now` is the present second of the clock that expiries go by, `there`
    /// that of the server, which dates go by.
    pub(super) fn until(expiry: Timestamp, now: Timestamp, there: Timestamp) -> Self {
        if expiry < now {
            return Self::Over;
        }
        let seconds = expiry.since(now).as_secs().saturating_add(MARGIN);
        if seconds <= MOST_SECONDS {
            return Self::Seconds(seconds);
        }
        let date = there.unix().saturating_add(seconds).min(LAST_DATE);
        if date > there.unix().saturating_add(MOST_SECONDS) {
            Self::Until(date)
        } else {
            Self::Seconds(MOST_SECONDS)
        }
    }

    /// A life of at least this span.
    pub(super) fn lasting(span: Duration) -> Self {
        let seconds = Timestamp::from_unix(1).after(span).unix();
        Self::Seconds(seconds.min(MOST_SECONDS))
    }
}

/// The expiry of an item that has so many seconds left: the inverse of [`Life::until`], to a second.
pub(super) fn expiry(left: Option<u64>, now: Timestamp) -> Timestamp {
    match left {
        None => Timestamp::from_unix(u64::MAX),
        Some(left) => now.after(Duration::from_secs(left.saturating_sub(MARGIN))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
    const DAY: u64 = 86_400;

    fn life(seconds: u64) -> Life {
        Life::until(NOW.after(Duration::from_secs(seconds)), NOW, NOW)
    }

    /// R13
    #[test]
    fn a_life_is_never_zero_and_over_30_days_it_is_a_date() {
        assert_eq!(life(0), Life::Seconds(2));
        assert_eq!(life(60), Life::Seconds(62));
        assert_eq!(life(30 * DAY - 2), Life::Seconds(30 * DAY));
        assert_eq!(life(30 * DAY - 1), Life::Until(NOW.unix() + 30 * DAY + 1));
        assert_eq!(life(400 * DAY), Life::Until(NOW.unix() + 400 * DAY + 2));
    }

    #[test]
    fn a_life_that_has_ended_is_over() {
        for expiry in [0, 1, NOW.unix() - 1] {
            assert_eq!(Life::until(Timestamp::from_unix(expiry), NOW, NOW), Life::Over);
        }
    }

    /// R13
    #[test]
    fn no_date_is_later_than_memcached_can_count() {
        let endless = Timestamp::from_unix(u64::MAX);
        assert_eq!(Life::until(endless, NOW, NOW), Life::Until(2_147_483_647));
        for late in [2_147_483_647 - 60, 2_147_483_647, 4_000_000_000] {
            let late = Timestamp::from_unix(late);
            assert_eq!(Life::until(endless, late, late), Life::Seconds(30 * DAY));
            assert_eq!(
                Life::until(late.after(Duration::from_secs(60)), late, late),
                Life::Seconds(62)
            );
        }
    }

    #[test]
    fn dates_go_by_the_server_and_seconds_by_the_clock() {
        let there = Timestamp::from_unix(1_700_000_000);
        let after = |days| NOW.after(Duration::from_secs(days * DAY));
        assert_eq!(Life::until(after(1), NOW, there), Life::Seconds(DAY + 2));
        assert_eq!(
            Life::until(after(31), NOW, there),
            Life::Until(1_700_000_000 + 31 * DAY + 2)
        );
    }

    #[test]
    fn a_lease_is_never_too_short() {
        assert_eq!(Life::lasting(Duration::from_millis(1)), Life::Seconds(2));
        assert_eq!(Life::lasting(Duration::from_secs(10)), Life::Seconds(11));
        assert_eq!(Life::lasting(Duration::MAX), Life::Seconds(30 * DAY));
    }

    #[test]
    fn the_expiry_comes_back() {
        assert_eq!(expiry(Some(62), NOW).since(NOW), Duration::from_secs(60));
        assert_eq!(expiry(Some(0), NOW), NOW);
        assert_eq!(expiry(None, NOW).unix(), u64::MAX);
    }
}
