//! The builder of `Sessions`.

use std::fmt;
use std::hash::RandomState;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::settings::SessionSettings;
use super::verify;
use crate::backend::{Backend, BackendName};
use crate::clock::Clock;
use crate::cookie::CookieArgs;
use crate::entropy::{self, Entropy};
use crate::error::{ErrorKind, SessionError};
use crate::seal::KeyRing;
use crate::secret::SecretKey;
use crate::sessions::{Limits, Registry, Sessions};

/// Collects the settings of [`Sessions`]; [`build`](Self::build) checks all of them, and every linked handler, at once.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::{CookieArgs, Memory, SameSite, SecretKey, Sessions};
///
/// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
/// # let former = SecretKey::from_bytes("v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t")?;
/// let sessions = Sessions::builder()
///     .secret_key(key) // SecretKey::from_env("SESSIONS_SECRET_KEY")?
///     .fallback_key(former)
///     .namespace("shop")
///     .default_backend("securecookie")
///     .session_max_age(Duration::from_secs(30 * 86_400))
///     .idle_timeout(Duration::from_secs(14 * 86_400))
///     .browser_session(true)
///     .cookie_args(CookieArgs::new().same_site(SameSite::Strict))
///     .backend("memory", Memory::new())
///     .session("cart", |s| s.backend("memory"))
///     .max_record_size(16 * 1_024)
///     .flash_limits(16, 1_024)
///     .allow_missing("datastore")
///     .build()?;
/// assert_eq!(sessions.backend_names().count(), 2);
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct SessionsBuilder {
    secret: Option<SecretKey>,
    fallbacks: Vec<SecretKey>,
    encrypt: bool,
    clock: Clock,
    entropy: Entropy,
    namespace: String,
    default_name: String,
    default_backend: BackendName,
    defaults: SessionSettings,
    backends: Vec<(BackendName, Arc<dyn Backend>)>,
    sessions: Vec<(String, SessionSettings)>,
    limits: Limits,
    allowed_missing: Vec<BackendName>,
    verify: bool,
}

impl Default for SessionsBuilder {
    fn default() -> Self {
        Self {
            secret: None,
            fallbacks: Vec::new(),
            encrypt: false,
            clock: Clock::system(),
            entropy: entropy::system,
            namespace: String::new(),
            default_name: "session".to_owned(),
            default_backend: BackendName::SECURECOOKIE,
            defaults: SessionSettings::default(),
            backends: Vec::new(),
            sessions: Vec::new(),
            limits: Limits::default(),
            allowed_missing: Vec::new(),
            verify: true,
        }
    }
}

impl SessionsBuilder {
    /// The key that seals. Required.
    pub fn secret_key(mut self, key: SecretKey) -> Self {
        self.secret = Some(key);
        self
    }

    /// A former key: it opens, never seals, and the next response seals again with the first key. May be repeated.
    pub fn fallback_key(mut self, key: SecretKey) -> Self {
        self.fallbacks.push(key);
        self
    }

    /// Encrypts cookies instead of only signing them, so that their owner cannot read them. Signed cookies that are
    /// already out there still open, and are replaced.
    ///
    /// By AES-256-GCM-SIV (RFC 8452): a processor with instructions for AES takes about half a microsecond a cookie, and
    /// eight times as long without them.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let sessions = Sessions::builder().secret_key(key).encrypt_cookies(true).build();
    /// assert!(sessions.is_ok());
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    #[cfg(feature = "encryption")]
    pub fn encrypt_cookies(mut self, yes: bool) -> Self {
        self.encrypt = yes;
        self
    }

    /// Another clock than the system's, for tests.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of random bytes than the operating system's, for tests of its failure.
    #[cfg(feature = "testing")]
    pub fn entropy(mut self, fill: fn(&mut [u8]) -> Result<(), SessionError>) -> Self {
        self.entropy = fill;
        self
    }

    /// A name that keeps this application's records apart from others on the same server. Empty by default.
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = name.into();
        self
    }

    /// The backend of sessions that name none; `securecookie` where nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{BackendName, Memory, SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let sessions = Sessions::builder()
    ///     .secret_key(key)
    ///     .backend("memory", Memory::new())
    ///     .default_backend("memory")
    ///     .build()?;
    /// assert_eq!(sessions.default_backend(), &BackendName::MEMORY);
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn default_backend(mut self, name: impl Into<BackendName>) -> Self {
        self.default_backend = name.into();
        self
    }

    /// The name of the default session and its cookie, without prefix; `session` where nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let sessions = Sessions::builder().secret_key(key).cookie_name("sid").build()?;
    /// assert_eq!(sessions.cookie_name(), "sid"); // `__Host-sid` in the browser
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.default_name = name.into();
        self
    }

    /// The absolute lifetime, counted from a session's creation; 30 days where nothing is said, 400 days at most.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{SecretKey, Sessions};
    /// use std::time::Duration;
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let builder = || Sessions::builder().secret_key(key.clone());
    /// assert!(builder().session_max_age(Duration::from_secs(12 * 3_600)).build().is_ok());
    /// assert!(builder().session_max_age(Duration::from_secs(401 * 86_400)).build().is_err());
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn session_max_age(mut self, age: Duration) -> Self {
        self.defaults.session_max_age = Some(age);
        self
    }

    /// The lifetime since the last use. Where nothing is said, 14 days on server backends, and none for sealed cookies.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.defaults.idle_timeout = Some(idle);
        self
    }

    /// Cookies without `Max-Age`: the browser forgets them when it closes. The limits on the server stay.
    pub fn browser_session(mut self, yes: bool) -> Self {
        self.defaults.browser_session = Some(yes);
        self
    }

    /// The attributes of every cookie, where a session or a call says nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{CookieArgs, SameSite, SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let builder = || Sessions::builder().secret_key(key.clone());
    /// let sessions = builder().cookie_args(CookieArgs::new().same_site(SameSite::Strict)).build()?;
    /// assert_ne!(sessions.cookie_args(), &CookieArgs::new());
    /// // What browsers would drop is refused.
    /// assert!(builder().cookie_args(CookieArgs::new().same_site(SameSite::None).secure(false)).build().is_err());
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn cookie_args(mut self, args: CookieArgs) -> Self {
        self.defaults.cookie = args;
        self
    }

    /// A server backend under its name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{Memory, SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let sessions = Sessions::builder().secret_key(key).backend("memory", Memory::new()).build()?;
    /// assert!(sessions.backend_names().any(|name| name.as_str() == "memory"));
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn backend(mut self, name: impl Into<BackendName>, backend: impl Backend) -> Self {
        self.backends.push((name.into(), Arc::new(backend)));
        self
    }

    /// The settings of one session.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let err = Sessions::builder()
    ///     .secret_key(key)
    ///     .session("cart", |s| s.backend("memory"))
    ///     .build()
    ///     .unwrap_err();
    /// assert!(err.problems()[0].contains("session backend `memory` is not configured"));
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn session(
        mut self,
        name: impl Into<String>,
        settings: impl FnOnce(SessionSettings) -> SessionSettings,
    ) -> Self {
        self.sessions
            .push((name.into(), settings(SessionSettings::default())));
        self
    }

    /// The size limit of a server record in bytes; 64 KiB where nothing is said.
    pub fn max_record_size(mut self, bytes: usize) -> Self {
        self.limits.record = bytes;
        self
    }

    /// The limits of flash messages: how many wait in one session (64), and the bytes of one (4,096).
    pub fn flash_limits(mut self, messages: usize, bytes: usize) -> Self {
        self.limits.flashes = messages;
        self.limits.flash = bytes;
        self
    }

    /// Lets handlers be linked whose backend is not configured; their requests answer 500. May be repeated.
    pub fn allow_missing(mut self, backend: impl Into<BackendName>) -> Self {
        self.allowed_missing.push(backend.into());
        self
    }

    /// Leaves out the check of the linked handlers; what this builder itself says is checked all the same.
    pub fn skip_verification(mut self) -> Self {
        self.verify = false;
        self
    }

    pub(super) fn add_settings(mut self, name: String, settings: SessionSettings) -> Self {
        self.sessions.push((name, settings));
        self
    }

    /// Checks everything and builds.
    ///
    /// # Errors
    ///
    /// One error of kind [`Configuration`](ErrorKind::Configuration) lists every problem found: a missing secret, an
    /// impossible cookie, an unknown or repeated backend name, handlers whose backend is missing, and handlers that
    /// disagree about one session, with file, line and cure.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::{SecretKey, Sessions};
    /// # let key = SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?;
    /// let err = Sessions::builder()
    ///     .secret_key(key)
    ///     .cookie_name("two words")
    ///     .session("cart", |s| s.backend("redis"))
    ///     .build()
    ///     .unwrap_err();
    /// assert!(err.is_configuration());
    /// assert_eq!(err.problems().len(), 2);
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn build(self) -> Result<Sessions, SessionError> {
        let mut problems = Vec::new();
        let Some(secret) = self.secret else {
            return Err(SessionError::new(
                ErrorKind::SecretKey,
                "no secret key: add `.secret_key(SecretKey::from_env(\"SESSIONS_SECRET_KEY\")?)`, \
                 and make a secret with `openssl rand -base64 48`",
            ));
        };
        for (index, (name, _)) in self.backends.iter().enumerate() {
            if *name == BackendName::SECURECOOKIE {
                problems.push("`securecookie` is built in; give your backend another name".to_owned());
            } else if self
                .backends
                .iter()
                .take(index)
                .any(|(earlier, _)| earlier == name)
            {
                problems.push(format!("backend `{name}` is given twice"));
            }
        }
        for (index, (name, _)) in self.sessions.iter().enumerate() {
            if self
                .sessions
                .iter()
                .take(index)
                .any(|(earlier, _)| earlier == name)
            {
                problems.push(format!("session `{name}` is configured twice"));
            }
        }
        let mut registry = Registry {
            clock: self.clock,
            entropy: self.entropy,
            ring: KeyRing::new(&secret, &self.fallbacks, self.encrypt),
            namespace: self.namespace,
            default_name: self.default_name,
            default_backend: self.default_backend,
            defaults: self.defaults,
            backends: self.backends,
            definitions: Vec::new(),
            configured: self.sessions,
            limits: self.limits,
            hinted: AtomicBool::new(false),
            salt: RandomState::new(),
        };
        registry.definitions =
            verify::definitions(&registry, &self.allowed_missing, self.verify, &mut problems);
        if problems.is_empty() {
            let insecure = registry.definitions.iter().find(|one| !one.attributes.secure());
            if let Some(insecure) = insecure {
                tracing::warn!(
                    session = %insecure.name,
                    "session cookies are sent without `Secure`: fit for development over plain http only"
                );
            }
            return Ok(Sessions::new(registry));
        }
        problems.sort();
        problems.dedup();
        Err(
            SessionError::new(ErrorKind::Configuration, "the session configuration has problems")
                .with_problems(problems),
        )
    }
}

impl fmt::Debug for SessionsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionsBuilder")
            .field("cookie_name", &self.default_name)
            .field("default_backend", &self.default_backend)
            .finish_non_exhaustive()
    }
}
