//! Why a session is what it is.

use std::fmt;

/// Where a session came from: loaded, or why it is empty.
///
/// The client never learns the difference; a log, a metric or a support page may.
///
/// # Examples
///
/// ```
/// # sessions_runtime::testing::in_handler(async |session, _| {
/// use sessions_runtime::Origin;
///
/// // The request had no cookie.
/// assert_eq!(session.origin(), Origin::NoCookie);
/// assert!(session.is_new());
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// Loaded: the cookie was genuine and the session alive.
    Loaded,
    /// The request had no cookie of this name.
    NoCookie,
    /// The cookie is not of the form we write.
    Malformed,
    /// The cookie's seal does not verify: tampered with, or sealed under a key that is no longer known.
    Forged,
    /// The session's absolute or idle lifetime is over.
    Expired,
    /// The cookie was sealed in the future, as the clocks of two machines may make it.
    Future,
    /// The cookie is genuine, but the backend has no such record: signed out, renewed, or evicted.
    Unknown,
    /// The record was written in a form that this version cannot read.
    Unreadable,
    /// The backend is down, and `on_outage = "empty"` let the request go on with a read-only session.
    Unavailable,
    /// This request ended the session, and goes on with a new one.
    Destroyed,
    /// Nothing loaded the session, because the handler's body does not mention it.
    NotLoaded,
}

impl Origin {
    /// The word used in the log.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::Origin::Forged.as_str(), "forged");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::NoCookie => "no cookie",
            Self::Malformed => "malformed",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::Future => "future",
            Self::Unknown => "unknown",
            Self::Unreadable => "unreadable",
            Self::Unavailable => "unavailable",
            Self::Destroyed => "destroyed",
            Self::NotLoaded => "not loaded",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
