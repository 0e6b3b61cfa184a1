//! `Sessions`: the application-wide registry of keys, backends and session definitions.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::backend::{Backend, BackendName};
use crate::clock::Clock;
use crate::config::{Definition, Place, SessionSettings, SessionsBuilder, SessionsConfig};
use crate::cookie::CookieArgs;
use crate::entropy::Entropy;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::seal::KeyRing;
use crate::typed::Data;

/// The sessions of an application: built once, checked against every linked handler, cheap to clone.
///
/// Register a clone with `App::app_data`, on the `App` itself (middleware of the application sees only that);
/// `web::Data<Sessions>` is found too. Build it outside of the `HttpServer` factory: every worker has to share its
/// backends.
///
/// # Security
///
/// Its `Debug` shows neither keys nor connection details.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{SecretKey, Sessions};
///
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .build()?;
/// assert_eq!(sessions.cookie_name(), "session");
/// assert_eq!(sessions.default_backend().as_str(), "securecookie");
/// // HttpServer::new(move || App::new().app_data(sessions.clone()).service(handler))
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
#[derive(Clone)]
pub struct Sessions {
    registry: Arc<Registry>,
}

pub(crate) struct Registry {
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) ring: KeyRing,
    pub(crate) namespace: String,
    pub(crate) default_name: String,
    pub(crate) default_backend: BackendName,
    /// What every session starts from.
    pub(crate) defaults: SessionSettings,
    pub(crate) backends: Vec<(BackendName, Arc<dyn Backend>)>,
    /// The sessions known at start-up, the default one first.
    pub(crate) definitions: Vec<Arc<Definition>>,
    /// What the builder's `session` said, for names that only turn up at run time.
    pub(crate) configured: Vec<(String, SessionSettings)>,
    pub(crate) limits: Limits,
    /// Whether the hint about cookies over plain http has been logged.
    pub(crate) hinted: AtomicBool,
    /// Makes the mark of a session in the log: the same for its whole life in this process, and no use to anybody else.
    pub(crate) salt: RandomState,
}

/// Sizes in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// A whole `Set-Cookie` line.
    pub(crate) cookie: usize,
    /// All cookies of one answer together, as they come back: servers and proxies commonly take a header of 8 KiB, and
    /// refuse every request of a browser that has more (S30).
    pub(crate) cookies: usize,
    /// A server record.
    pub(crate) record: usize,
    /// Messages that wait in one session.
    pub(crate) flashes: usize,
    /// Text and value of one message.
    pub(crate) flash: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cookie: 4_096,
            cookies: 8_192,
            record: 64 * 1_024,
            flashes: 64,
            flash: 4_096,
        }
    }
}

impl Sessions {
    pub(crate) fn new(registry: Registry) -> Self {
        Self {
            registry: Arc::new(registry),
        }
    }

    /// What handlers get that mention no session: it opens and seals nothing.
    pub(crate) fn unbound() -> Self {
        Self::new(Registry {
            clock: Clock::system(),
            entropy: crate::entropy::system,
            ring: KeyRing::unkeyed(),
            namespace: String::new(),
            default_name: String::new(),
            default_backend: BackendName::SECURECOOKIE,
            defaults: SessionSettings::default(),
            backends: Vec::new(),
            definitions: Vec::new(),
            configured: Vec::new(),
            limits: Limits::default(),
            hinted: AtomicBool::new(true),
            salt: RandomState::new(),
        })
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Starts the configuration.
    ///
    /// # Examples
    ///
    /// ```
    /// // Without a secret nothing starts.
    /// assert!(sessions_runtime::Sessions::builder().build().is_err());
    /// ```
    pub fn builder() -> SessionsBuilder {
        SessionsBuilder::default()
    }

    /// A builder with the settings of a configuration file; backends are added to it as values.
    ///
    /// # Errors
    ///
    /// Refuses a secret that is missing, too short or a known sample.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{Sessions, SessionsConfig};
    ///
    /// let config: SessionsConfig = toml::from_str(r#"
    ///     secret_key = "Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ"
    ///     cookie_name = "sid"
    ///     session_max_age = 86400
    /// "#).unwrap();
    /// let sessions = Sessions::from_config(config)?.build()?;
    /// assert_eq!(sessions.cookie_name(), "sid");
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn from_config(config: SessionsConfig) -> Result<SessionsBuilder, SessionError> {
        config.into_builder()
    }

    /// The name of the default session, and of its cookie without prefix.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert_eq!(session_store.config().cookie_name(), "session");
    /// # Ok(()) });
    /// ```
    pub fn cookie_name(&self) -> &str {
        &self.registry.default_name
    }

    /// The backend of sessions that name none.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert_eq!(session_store.config().default_backend().as_str(), "securecookie");
    /// # Ok(()) });
    /// ```
    pub fn default_backend(&self) -> &BackendName {
        &self.registry.default_backend
    }

    /// The names of the backends that can be used.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert!(session_store.config().backend_names().any(|name| name.as_str() == "securecookie"));
    /// # Ok(()) });
    /// ```
    pub fn backend_names(&self) -> impl Iterator<Item = &BackendName> {
        std::iter::once(&crate::glue::role::SECURECOOKIE)
            .chain(self.registry.backends.iter().map(|(name, _)| name))
    }

    /// The attributes that plain cookies get where a call says nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert_eq!(session_store.config().cookie_args(), &sessions_runtime::CookieArgs::new());
    /// # Ok(()) });
    /// ```
    pub fn cookie_args(&self) -> &CookieArgs {
        &self.registry.defaults.cookie
    }
}

impl Registry {
    /// The definition of a session, on the backend that is asked for, and of the type that it is read as.
    #[inline]
    pub(crate) fn definition(
        &self,
        name: &str,
        backend: Option<&BackendName>,
        data: Option<&Data>,
    ) -> Result<Arc<Definition>, SessionError> {
        for known in &self.definitions {
            if known.name == name && backend.is_none_or(|wanted| *wanted == known.backend) {
                return Ok(known.clone());
            }
        }
        // Reached by names that only turn up at run time, and by another backend than the session's.
        let mut settings = self.settings(name);
        if let Some(data) = data {
            settings = settings.overlay(&data.settings());
        }
        if let Some(backend) = backend {
            settings.backend = Some(backend.clone());
        }
        self.define(name, settings).map(Arc::new)
    }

    /// The configured settings of a session: the defaults, and what the builder's `session` said.
    pub(crate) fn settings(&self, name: &str) -> SessionSettings {
        let own = self.configured.iter().find(|(configured, _)| configured == name);
        own.map_or_else(|| self.defaults.clone(), |(_, own)| self.defaults.overlay(own))
    }

    /// Checks complete settings into a definition.
    pub(crate) fn define(&self, name: &str, settings: SessionSettings) -> Result<Definition, SessionError> {
        let backend = settings
            .backend
            .clone()
            .unwrap_or_else(|| self.default_backend.clone());
        let place = self.place(&backend)?;
        Definition::new(name, settings, backend, place, &self.ring)
    }

    /// Where the sessions of a backend live.
    pub(crate) fn place(&self, name: &BackendName) -> Result<Place, SessionError> {
        if *name == BackendName::SECURECOOKIE {
            return Ok(Place::InCookie);
        }
        let found = self.backends.iter().find(|(known, _)| known == name);
        found
            .map(|(_, backend)| Place::Server(backend.clone()))
            .ok_or_else(|| unknown_backend(name))
    }

    /// The mark by which the lines of one session are found again in the log; it says nothing about its id (S57).
    pub(crate) fn mark(&self, key: &StoreKey) -> String {
        format!("#{:08x}", self.salt.hash_one(key.as_bytes()) >> 32)
    }

    /// Whether the hint about plain http has not been logged yet.
    pub(crate) fn hint_pending(&self) -> bool {
        !self.hinted.load(Ordering::Relaxed)
    }

    /// The same, and it is logged now: true once.
    pub(crate) fn hint_due(&self) -> bool {
        self.hint_pending() && !self.hinted.swap(true, Ordering::Relaxed)
    }
}

/// The error for a backend that is not configured, with the line to add.
pub(crate) fn unknown_backend(name: &BackendName) -> SessionError {
    // A handler may have taken the name from a request: it must not forge lines in a log (S59).
    let shown = name.as_str().escape_debug();
    let cure = match name.as_str() {
        "datastore" => r#"`.backend("datastore", Datastore::open("sessions.db")?)`"#.to_owned(),
        "memcache" => r#"`.backend("memcache", Memcache::connect(["127.0.0.1:11211"])?)`"#.to_owned(),
        "redis" => r#"`.backend("redis", Redis::connect("redis://127.0.0.1")?)`"#.to_owned(),
        "memory" => r#"`.backend("memory", Memory::new())`"#.to_owned(),
        other => match BackendName::nearest(other) {
            Some(near) => format!("did you mean `{near}`? Otherwise `.backend(\"{shown}\", ..)`"),
            None => format!("`.backend(\"{shown}\", ..)`"),
        },
    };
    SessionError::new(
        ErrorKind::UnknownBackend,
        format!("session backend `{shown}` is not configured; add to `Sessions::builder()`: {cure}"),
    )
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("cookie_name", &self.registry.default_name)
            .field("default_backend", &self.registry.default_backend)
            .field("definitions", &self.registry.definitions)
            .finish_non_exhaustive()
    }
}
