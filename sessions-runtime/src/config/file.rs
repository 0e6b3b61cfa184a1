//! `SessionsConfig`: the same settings for configuration files, under the names that tipfy gave them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::builder::SessionsBuilder;
use super::settings::{ConflictRule, OnOutage, SessionSettings};
use crate::cookie::CookieArgs;
use crate::error::SessionError;
use crate::secret::SecretKey;

/// The settings of [`Sessions`](crate::Sessions) as a configuration file has them. Durations are seconds; a name that
/// does not exist is an error that names it. Works with every format serde reads: TOML, JSON, the environment.
///
/// Backends are values, so they are added to the builder that [`Sessions::from_config`](crate::Sessions::from_config) returns.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Memory, Sessions, SessionsConfig};
///
/// let config: SessionsConfig = toml::from_str(r#"
///     secret_key = "Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ"
///     default_backend = "memory"
///
///     [cookie_args]
///     same_site = "strict"
///
///     [sessions.cart]
///     backend = "memory"
///     idle_timeout = 1800
/// "#).unwrap();
/// let sessions = Sessions::from_config(config)?.backend("memory", Memory::new()).build()?;
/// assert_eq!(sessions.default_backend().as_str(), "memory");
///
/// let typo = toml::from_str::<SessionsConfig>(r#"sekret_key = "x""#).unwrap_err();
/// assert!(typo.to_string().contains("sekret_key"));
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsConfig {
    secret_key: String,
    #[serde(default)]
    fallback_keys: Vec<String>,
    default_backend: Option<String>,
    cookie_name: Option<String>,
    session_max_age: Option<u64>,
    idle_timeout: Option<u64>,
    browser_session: Option<bool>,
    namespace: Option<String>,
    max_record_size: Option<usize>,
    #[cfg(feature = "encryption")]
    encrypt_cookies: Option<bool>,
    #[serde(default)]
    cookie_args: CookieArgs,
    #[serde(default)]
    sessions: BTreeMap<String, OneSession>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneSession {
    backend: Option<String>,
    session_max_age: Option<u64>,
    idle_timeout: Option<u64>,
    browser_session: Option<bool>,
    on_outage: Option<OnOutage>,
    conflict: Option<ConflictRule>,
    #[serde(default)]
    lock: bool,
    #[serde(default)]
    cookie_args: CookieArgs,
}

impl SessionsConfig {
    pub(crate) fn into_builder(self) -> Result<SessionsBuilder, SessionError> {
        let mut builder = SessionsBuilder::default()
            .secret_key(SecretKey::from_bytes(&self.secret_key)?)
            .cookie_args(self.cookie_args);
        for key in &self.fallback_keys {
            builder = builder.fallback_key(SecretKey::from_bytes(key)?);
        }
        if let Some(name) = self.default_backend {
            builder = builder.default_backend(name);
        }
        if let Some(name) = self.cookie_name {
            builder = builder.cookie_name(name);
        }
        if let Some(seconds) = self.session_max_age {
            builder = builder.session_max_age(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.idle_timeout {
            builder = builder.idle_timeout(Duration::from_secs(seconds));
        }
        if let Some(yes) = self.browser_session {
            builder = builder.browser_session(yes);
        }
        if let Some(name) = self.namespace {
            builder = builder.namespace(name);
        }
        if let Some(bytes) = self.max_record_size {
            builder = builder.max_record_size(bytes);
        }
        #[cfg(feature = "encryption")]
        if let Some(yes) = self.encrypt_cookies {
            builder = builder.encrypt_cookies(yes);
        }
        for (name, one) in self.sessions {
            builder = builder.add_settings(name, one.into());
        }
        Ok(builder)
    }
}

impl From<OneSession> for SessionSettings {
    fn from(one: OneSession) -> Self {
        Self {
            backend: one.backend.map(Into::into),
            session_max_age: one.session_max_age.map(Duration::from_secs),
            idle_timeout: one.idle_timeout.map(Duration::from_secs),
            browser_session: one.browser_session,
            cookie: one.cookie_args,
            on_outage: one.on_outage,
            conflict: one.conflict,
            lock: one.lock.then_some(true),
        }
    }
}

/// Without the secrets.
impl fmt::Debug for SessionsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionsConfig")
            .field("default_backend", &self.default_backend)
            .field("cookie_name", &self.cookie_name)
            .finish_non_exhaustive()
    }
}
