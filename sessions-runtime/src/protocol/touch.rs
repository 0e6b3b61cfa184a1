//! Keeping a session alive that is only read.

use std::time::Duration;

use super::held::{Held, Terms};
use crate::backend::Backend;
use crate::clock::Timestamp;
use crate::error::SessionError;

/// Moves the record's expiry, if that [is due](touch_due). That the session was ended meanwhile is no error: it stays
/// ended.
///
/// # Errors
///
/// A failing backend.
pub(crate) async fn touch(backend: &dyn Backend, held: &Held, terms: &Terms) -> Result<(), SessionError> {
    if let Some(expiry) = touch_due(held, terms) {
        backend.touch(&held.key, expiry).await?;
    }
    Ok(())
}

/// The expiry that a record is to get because its session was used: the idle time from now, once the stored one lags
/// behind it by a tenth of the idle time. Until then a touch is not worth a command.
///
/// The data stays as it is, so a touch cannot undo another request's write; and the absolute end lies in the data, so it
/// cannot lengthen a life.
pub(crate) fn touch_due(held: &Held, terms: &Terms) -> Option<Timestamp> {
    let expiry = terms.expiry_of(&held.live);
    // Without an idle time the expiry is the absolute end. It lags only where a setting was changed, and the second or
    // so by which servers that count down differ must not cost a command per request.
    let lag = terms
        .idle
        .map_or(Duration::from_secs(60), |idle| idle / 10)
        .max(Duration::from_secs(1));
    (expiry.since(held.expiry) >= lag).then_some(expiry)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::backend::Version;
    use crate::id::StoreKey;
    use crate::record::Live;

    fn due_at(now: u64, expiry: u64, deadline: u64, idle: Option<u64>) -> Option<u64> {
        let held = Held {
            key: StoreKey::from_bytes([1; 32]),
            version: Version::new(1),
            expiry: Timestamp::from_unix(expiry),
            live: Arc::new(Live {
                deadline: Timestamp::from_unix(deadline),
                ..Live::blank()
            }),
            crossed: false,
        };
        let idle = idle.map(Duration::from_secs);
        let terms = Terms {
            now: Timestamp::from_unix(now),
            idle,
            max_record: 1_024,
            reject: false,
        };
        touch_due(&held, &terms).map(Timestamp::unix)
    }

    /// C9
    #[test]
    fn a_touch_is_sent_once_in_a_tenth_of_the_idle_time() {
        assert_eq!(due_at(1_000, 2_000, 9_000, Some(1_000)), None);
        assert_eq!(due_at(1_099, 2_000, 9_000, Some(1_000)), None);
        assert_eq!(due_at(1_100, 2_000, 9_000, Some(1_000)), Some(2_100));
    }

    /// S15
    #[test]
    fn a_touch_never_goes_beyond_the_absolute_end() {
        assert_eq!(due_at(1_500, 2_000, 2_200, Some(1_000)), Some(2_200));
        assert_eq!(due_at(2_100, 2_200, 2_200, Some(1_000)), None);
    }

    #[test]
    fn without_an_idle_time_only_a_changed_setting_is_made_good() {
        assert_eq!(due_at(1_000, 9_000, 9_000, None), None);
        assert_eq!(due_at(1_000, 8_999, 9_000, None), None);
        assert_eq!(due_at(1_000, 2_000, 9_000, None), Some(9_000));
    }
}
