//! What a handler or a type says about a session, in the words of the attribute.

use std::time::Duration;

use super::settings::{ConflictRule, OnOutage, SessionSettings};
use crate::backend::BackendName;
use crate::cookie::{CookieArgs, SameSite};

/// The options of a declaration; durations in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Absolute lifetime.
    pub session_max_age: Option<u64>,
    /// Lifetime since the last use.
    pub idle_timeout: Option<u64>,
    /// Cookie without `Max-Age`.
    pub browser_session: Option<bool>,
    /// `SameSite`.
    pub same_site: Option<SameSite>,
    /// `Path`.
    pub path: Option<&'static str>,
    /// `Domain`.
    pub domain: Option<&'static str>,
    /// `Secure`.
    pub secure: Option<bool>,
    /// `HttpOnly`.
    pub http_only: Option<bool>,
    /// `Partitioned`.
    pub partitioned: Option<bool>,
    /// What a request gets when the backend is down.
    pub on_outage: Option<OnOutage>,
    /// What happens when another request was faster.
    pub conflict: Option<ConflictRule>,
    /// Requests run one after the other.
    pub lock: Option<bool>,
}

impl Options {
    /// Nothing said.
    pub const NONE: Self = Self {
        session_max_age: None,
        idle_timeout: None,
        browser_session: None,
        same_site: None,
        path: None,
        domain: None,
        secure: None,
        http_only: None,
        partitioned: None,
        on_outage: None,
        conflict: None,
        lock: None,
    };

    /// The options that belong to the session itself, and on which all handlers have to agree. Outage, conflict and
    /// lock are left out: they are each handler's own.
    pub(crate) fn settings(&self, backend: Option<&BackendName>) -> SessionSettings {
        SessionSettings {
            backend: backend.cloned(),
            session_max_age: self.session_max_age.map(Duration::from_secs),
            idle_timeout: self.idle_timeout.map(Duration::from_secs),
            browser_session: self.browser_session,
            cookie: CookieArgs {
                same_site: self.same_site,
                path: self.path.map(str::to_owned),
                domain: self.domain.map(str::to_owned),
                secure: self.secure,
                http_only: self.http_only,
                partitioned: self.partitioned,
                max_age: None,
            },
            ..SessionSettings::default()
        }
    }

    /// All options as the settings of a session: what its type says about it.
    pub(crate) fn all_settings(&self, backend: Option<&BackendName>) -> SessionSettings {
        SessionSettings {
            on_outage: self.on_outage,
            conflict: self.conflict,
            lock: self.lock,
            ..self.settings(backend)
        }
    }
}
