//! What one handler declares, registered at link time so that start-up can check it.

use crate::backend::BackendName;
use crate::config::{ConflictRule, OnOutage, SessionSettings};
use crate::cookie::{CookieArgs, SameSite};
use std::time::Duration;

/// The declarations of one handler.
#[derive(Debug)]
pub struct Plan {
    /// The handler's name.
    pub handler: &'static str,
    /// Its module's path.
    pub module: &'static str,
    /// Its file.
    pub file: &'static str,
    /// Its line.
    pub line: u32,
    /// The sessions it declares, in the order of their slots.
    pub sessions: &'static [Use],
    /// Whether its body mentions `session_store`.
    pub store: bool,
    /// `save = "always"`: also responses of 500 and above save.
    pub save_always: bool,
}

impl Plan {
    /// Whether the body mentions the store or any session.
    #[inline]
    pub(super) fn mentions_any(&self) -> bool {
        self.store || self.sessions.iter().any(|one| one.load)
    }
}

/// One session that a handler declares.
#[derive(Debug)]
pub struct Use {
    /// Its name; `None` is the application's default session.
    pub name: Option<&'static str>,
    /// Its backend, where the handler says one.
    pub backend: Option<&'static BackendName>,
    /// Whether the body mentions it, so that it is loaded.
    pub load: bool,
    /// What else the handler says.
    pub options: Options,
    /// The line of the declaration.
    pub line: u32,
}

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
    pub lock: bool,
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
        lock: false,
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
}

/// The closed set of backend names, as statics that expansions refer to.
pub mod role {
    use crate::backend::BackendName;

    /// In the cookie itself.
    pub static SECURECOOKIE: BackendName = BackendName::SECURECOOKIE;
    /// A database.
    pub static DATASTORE: BackendName = BackendName::DATASTORE;
    /// Memcached.
    pub static MEMCACHE: BackendName = BackendName::MEMCACHE;
    /// Redis.
    pub static REDIS: BackendName = BackendName::REDIS;
    /// The process's memory.
    pub static MEMORY: BackendName = BackendName::MEMORY;
}

/// Every annotated handler that is linked into the program, in no particular order.
#[linkme::distributed_slice]
pub static PLANS: [&'static Plan];
