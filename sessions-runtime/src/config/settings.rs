//! Settings of one session, all optional: what is not said comes from the layer below.

use std::time::Duration;

use serde::Deserialize;

use crate::backend::BackendName;
use crate::cookie::{CookieArgs, SameSite};

/// What a request gets when its session's backend is down.
///
/// # Examples
///
/// ```
/// use sessions_runtime::OnOutage;
///
/// assert_eq!(OnOutage::default(), OnOutage::Fail);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnOutage {
    /// The answer 503, before the handler runs. No cookie is touched.
    #[default]
    Fail,
    /// An empty, read-only session. Never for a session that says who somebody is.
    Empty,
}

/// What happens when another request changed the same session first.
///
/// # Examples
///
/// ```
/// use sessions_runtime::ConflictRule;
///
/// assert_eq!(ConflictRule::default(), ConflictRule::Merge);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConflictRule {
    /// This request's changes are applied to the fresh record, entry by entry.
    #[default]
    Merge,
    /// The answer 409, before anything is written.
    Reject,
}

/// The settings of one session, given to [`SessionsBuilder::session`](crate::SessionsBuilder::session).
///
/// A handler's attribute wins over these, and these win over the defaults of the builder.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::{Memory, SecretKey, Sessions};
///
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .backend("memory", Memory::new())
///     .session("cart", |s| s.backend("memory").idle_timeout(Duration::from_secs(1_800)))
///     # .skip_verification()
///     .build()?;
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionSettings {
    pub(crate) backend: Option<BackendName>,
    pub(crate) session_max_age: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) browser_session: Option<bool>,
    pub(crate) cookie: CookieArgs,
    pub(crate) on_outage: Option<OnOutage>,
    pub(crate) conflict: Option<ConflictRule>,
    pub(crate) lock: Option<bool>,
}

impl SessionSettings {
    /// The backend by name: `securecookie`, or one given to [`SessionsBuilder::backend`](crate::SessionsBuilder::backend).
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().backend("memory"), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn backend(mut self, name: impl Into<BackendName>) -> Self {
        self.backend = Some(name.into());
        self
    }

    /// The absolute lifetime, counted from the session's creation. At most 400 days.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().session_max_age(Duration::from_secs(12 * 3_600)), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn session_max_age(mut self, age: Duration) -> Self {
        self.session_max_age = Some(age);
        self
    }

    /// The lifetime since the last use, enforced on the server.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().idle_timeout(Duration::from_secs(1_800)), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle_timeout = Some(idle);
        self
    }

    /// A cookie without `Max-Age`: the browser forgets it when it closes. The limits on the server stay.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().browser_session(true), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn browser_session(mut self, yes: bool) -> Self {
        self.browser_session = Some(yes);
        self
    }

    /// The cookie's `SameSite`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().same_site(sessions_runtime::SameSite::Strict), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.cookie = self.cookie.same_site(same_site);
        self
    }

    /// The cookie's `Path`. Another one than `/` gives up the `__Host-` prefix.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().path("/shop"), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.cookie = self.cookie.path(path);
        self
    }

    /// The cookie's `Domain`: subdomains receive the cookie too, and the `__Host-` prefix is given up.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().domain("shop.example"), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.cookie = self.cookie.domain(domain);
        self
    }

    /// The cookie's `Secure`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().secure(false), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn secure(mut self, yes: bool) -> Self {
        self.cookie = self.cookie.secure(yes);
        self
    }

    /// The cookie's `HttpOnly`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().http_only(false), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn http_only(mut self, yes: bool) -> Self {
        self.cookie = self.cookie.http_only(yes);
        self
    }

    /// The cookie's `Partitioned`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().partitioned(true), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn partitioned(mut self, yes: bool) -> Self {
        self.cookie = self.cookie.partitioned(yes);
        self
    }

    /// What a request gets when the backend is down.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().on_outage(sessions_runtime::OnOutage::Empty), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn on_outage(mut self, rule: OnOutage) -> Self {
        self.on_outage = Some(rule);
        self
    }

    /// What happens when another request changed the session first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().conflict(sessions_runtime::ConflictRule::Reject), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn conflict(mut self, rule: ConflictRule) -> Self {
        self.conflict = Some(rule);
        self
    }

    /// Requests with this session run one after the other. For steps that must not overlap; merging is cheaper.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::SessionSettings;
    /// assert_ne!(SessionSettings::default().lock(), SessionSettings::default());
    /// ```
    #[must_use]
    pub fn lock(mut self) -> Self {
        self.lock = Some(true);
        self
    }

    /// These settings, and `over` wherever it says something.
    pub(crate) fn overlay(&self, over: &Self) -> Self {
        Self {
            backend: over.backend.clone().or_else(|| self.backend.clone()),
            session_max_age: over.session_max_age.or(self.session_max_age),
            idle_timeout: over.idle_timeout.or(self.idle_timeout),
            browser_session: over.browser_session.or(self.browser_session),
            cookie: self.cookie.overlay(&over.cookie),
            on_outage: over.on_outage.or(self.on_outage),
            conflict: over.conflict.or(self.conflict),
            lock: over.lock.or(self.lock),
        }
    }
}
