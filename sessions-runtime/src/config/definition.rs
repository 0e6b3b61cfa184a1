//! A session's one definition: everything a request needs to open and to save it, worked out once at start-up.

use std::sync::Arc;
use std::time::Duration;

use super::settings::{ConflictRule, OnOutage, SessionSettings};
use crate::backend::{Backend, BackendName};
use crate::clock::Timestamp;
use crate::cookie::{self, Attributes, CookieArgs};
use crate::error::{ErrorKind, SessionError};
use crate::id::{self, SessionId, StoreKey};
use crate::record::{Lifetime, Live};
use crate::seal::{KeyRing, Purpose, Sealer};

/// Absolute lifetime where nothing says otherwise.
pub(crate) const DEFAULT_MAX_AGE: Duration = Duration::from_secs(30 * 86_400);
/// Idle time-out of server sessions where nothing says otherwise. A sealed cookie has none unless asked for, since
/// each refresh is a `Set-Cookie`.
pub(crate) const DEFAULT_IDLE: Duration = Duration::from_secs(14 * 86_400);
/// What RFC 6265bis 5.5 lets a cookie live at most.
pub(crate) const LONGEST: Duration = Duration::from_secs(400 * 86_400);

/// Where a session's bytes live.
#[derive(Clone)]
pub(crate) enum Place {
    /// In the sealed cookie itself.
    InCookie,
    /// On a server, under the key that the cookie's id hashes to.
    Server(Arc<dyn Backend>),
}

/// What a handler may choose for itself without contradicting another handler.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) on_outage: OnOutage,
    pub(crate) conflict: ConflictRule,
    pub(crate) lock: bool,
}

/// One session as all handlers see it.
pub(crate) struct Definition {
    pub(crate) name: String,
    /// The cookie's name on the wire, prefix included.
    pub(crate) wire_name: String,
    pub(crate) backend: BackendName,
    pub(crate) place: Place,
    pub(crate) attributes: Attributes,
    pub(crate) max_age: Duration,
    pub(crate) idle: Option<Duration>,
    pub(crate) browser_session: bool,
    pub(crate) rules: Rules,
    pub(crate) sealer: Sealer,
    /// Kept, so that a request may ask for other cookie attributes.
    pub(crate) settings: SessionSettings,
}

impl Definition {
    /// Checks the settings of the session `name` and works out what requests need. `settings` is complete: all layers
    /// are merged, and its backend is set.
    pub(crate) fn new(
        name: &str,
        settings: SessionSettings,
        backend: BackendName,
        place: Place,
        ring: &KeyRing,
    ) -> Result<Self, SessionError> {
        cookie::check_name(name)?;
        if cookie::has_prefix(name) {
            return Err(SessionError::new(
                ErrorKind::InvalidName,
                format!(
                    "session `{name}`: write the name without its prefix, it is added by the configuration"
                ),
            ));
        }
        let in_cookie = matches!(place, Place::InCookie);
        let lock = settings.lock.unwrap_or(false);
        let attributes = Attributes::resolve(&settings.cookie)
            .map_err(|err| SessionError::new(err.kind(), format!("session `{name}`: {err}")))?;
        let max_age = settings
            .session_max_age
            .or(settings.cookie.max_age)
            .unwrap_or(DEFAULT_MAX_AGE);
        let idle = settings.idle_timeout.or((!in_cookie).then_some(DEFAULT_IDLE));
        for (what, span) in [("session_max_age", Some(max_age)), ("idle_timeout", idle)] {
            if span.is_some_and(|span| span > LONGEST || span.is_zero()) {
                return Err(SessionError::new(
                    ErrorKind::Configuration,
                    format!("session `{name}`: {what} must be between one second and 400 days"),
                ));
            }
        }
        if in_cookie && (lock || settings.conflict.is_some()) {
            return Err(SessionError::new(
                ErrorKind::Configuration,
                format!(
                    "session `{name}`: `lock` and `conflict` need a server backend, and securecookie is none"
                ),
            ));
        }
        if let Place::Server(server) = &place
            && lock
            && !server.capabilities().locks
        {
            return Err(SessionError::new(
                ErrorKind::Configuration,
                format!(
                    "session `{name}`: backend `{backend}` has no locks; drop `lock` or choose another backend"
                ),
            ));
        }
        let wire_name = format!("{}{name}", attributes.prefix());
        let purpose = if in_cookie { Purpose::Session } else { Purpose::Id };
        Ok(Self {
            sealer: ring.sealer(purpose, backend.as_str(), &wire_name),
            name: name.to_owned(),
            wire_name,
            backend,
            place,
            attributes,
            max_age,
            idle,
            browser_session: settings.browser_session.unwrap_or(false),
            rules: Rules {
                on_outage: settings.on_outage.unwrap_or_default(),
                conflict: settings.conflict.unwrap_or_default(),
                lock,
            },
            settings,
        })
    }

    /// The definition of a session that no request has: what handlers get under the names they do not mention. Its
    /// sealer never seals, since such a session is closed from the start.
    pub(crate) fn unbound(ring: &KeyRing) -> Self {
        Self {
            name: String::new(),
            wire_name: String::new(),
            backend: BackendName::SECURECOOKIE,
            place: Place::InCookie,
            attributes: Attributes::resolve(&CookieArgs::new()).expect("what nothing was said about is fit"),
            max_age: DEFAULT_MAX_AGE,
            idle: None,
            browser_session: false,
            rules: Rules::default(),
            sealer: ring.sealer(Purpose::Session, "", ""),
            settings: SessionSettings::default(),
        }
    }

    /// Whether the absolute lifetime is over: the one in the data, and a configured one that was shortened since.
    pub(crate) fn is_over(&self, live: &Live, now: Timestamp) -> bool {
        let configured = !matches!(live.lifetime, Lifetime::For(_));
        now > live.deadline || (configured && now > live.created.after(self.max_age))
    }

    /// The store key of an id, in this session's own namespace (S56).
    pub(crate) fn key(&self, namespace: &str, id: &SessionId) -> StoreKey {
        id::derive(namespace, self.backend.as_str(), &self.name, id)
    }
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Definition")
            .field("wire_name", &self.wire_name)
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}
