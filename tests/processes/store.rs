//! The stores that two processes can share.

#[cfg(feature = "datastore")]
use crate::support::place::Place;

/// What `SITE_BACKEND` is for a test, and what has to stay there until the test ends.
pub(crate) struct Store {
    url: String,
    #[cfg(feature = "datastore")]
    _place: Option<Place>,
}

impl Store {
    /// A server that tests share; each session has a key of its own.
    #[cfg(any(feature = "memcache", feature = "redis"))]
    pub(crate) fn server(scheme: &str, variable: &str) -> Self {
        Self {
            url: format!("{scheme}://{}", crate::support::daemon::shared(variable)),
            #[cfg(feature = "datastore")]
            _place: None,
        }
    }

    /// A database of the test's own.
    #[cfg(feature = "datastore")]
    pub(crate) fn file(scheme: &str) -> Self {
        let place = Place::new();
        Self {
            url: format!("{scheme}:{}", place.file("sessions.db").display()),
            _place: Some(place),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
