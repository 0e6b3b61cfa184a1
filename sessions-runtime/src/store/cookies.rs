//! Cookies of the application's own: plain, JSON and sealed ones, set before a response exists.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{SessionStore, open};
use crate::clock::Timestamp;
use crate::cookie::{self, Attributes, CookieArgs};
use crate::error::{ErrorKind, SessionError};
use crate::seal::Purpose;
use crate::value;

/// How old a sealed cookie may be when it is read.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::MaxAge;
///
/// assert_ne!(MaxAge::Unlimited, MaxAge::Within(Duration::from_secs(60)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaxAge {
    /// As old as the configured `session_max_age`.
    #[default]
    Configured,
    /// Any age; the end that was sealed into the cookie still counts.
    Unlimited,
    /// At most this old.
    Within(Duration),
}

impl SessionStore {
    /// Sets a cookie with the response. The last call for a name wins.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] or [`ErrorKind::InvalidCookie`] for octets a cookie cannot have,
    /// [`ErrorKind::TooLarge`] over 4,096 bytes, [`ErrorKind::NameTaken`] for the name of a session's cookie.
    ///
    /// # Security
    ///
    /// The browser's owner reads and changes the value at will. See [`set_secure_cookie`](Self::set_secure_cookie).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.set_cookie("last_sku", "tea")?;
    /// assert!(session_store.set_cookie("last_sku", "two words").is_err());
    /// # Ok(()) });
    /// ```
    pub fn set_cookie(&self, name: &str, value: &str) -> Result<(), SessionError> {
        self.set_cookie_with(name, value, |args| args)
    }

    /// Sets a cookie with attributes over the configured ones.
    ///
    /// # Errors
    ///
    /// As [`set_cookie`](Self::set_cookie).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.set_cookie_with("theme", "dark", |a| a.http_only(false).path("/app"))?;
    /// # Ok(()) });
    /// ```
    pub fn set_cookie_with(
        &self,
        name: &str,
        value: &str,
        args: impl FnOnce(CookieArgs) -> CookieArgs,
    ) -> Result<(), SessionError> {
        let attributes = self.plain_attributes(name, args)?;
        cookie::check_value(value)?;
        let line = cookie::write_line(name, &attributes, attributes.max_age(), value.len(), |out| {
            out.push_str(value);
        });
        self.put(name, line)
    }

    /// Sets a cookie whose value is JSON, percent-encoded: a script reads it with `JSON.parse(decodeURIComponent(..))`.
    ///
    /// # Errors
    ///
    /// As [`set_cookie`](Self::set_cookie), and [`ErrorKind::Encode`].
    ///
    /// # Security
    ///
    /// Neither signed nor encrypted; `HttpOnly` has to be turned off for scripts to see it.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.set_json_cookie("prefs", &["dark", "wide"])?;
    /// # Ok(()) });
    /// ```
    pub fn set_json_cookie<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), SessionError> {
        let json = serde_json::to_string(value).map_err(|err| {
            SessionError::new(
                ErrorKind::Encode,
                format!("the value of cookie `{name}` cannot become JSON"),
            )
            .with_source(err)
        })?;
        let encoded = actix_web::cookie::Cookie::new("v", json)
            .encoded()
            .stripped()
            .to_string();
        self.set_cookie(name, encoded.strip_prefix("v=").unwrap_or(&encoded))
    }

    /// Sets a cookie that only this application can write: sealed, bound to its name, with the time inside.
    ///
    /// # Errors
    ///
    /// As [`set_cookie`](Self::set_cookie), and [`ErrorKind::Encode`].
    ///
    /// # Security
    ///
    /// Signed, so its owner can read but not change it; encrypted if the application encrypts cookies.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.set_secure_cookie("invite", &("ada", 3))?;
    /// // What was just set is not what the request brought.
    /// assert_eq!(session_store.get_secure_cookie::<(String, u8)>("invite")?, None);
    /// # Ok(()) });
    /// ```
    pub fn set_secure_cookie<T: Serialize + ?Sized>(
        &self,
        name: &str,
        value: &T,
    ) -> Result<(), SessionError> {
        self.set_secure_cookie_with(name, value, |args| args)
    }

    /// Sets a sealed cookie with attributes over the configured ones; a `max_age` is sealed in, and holds on the server.
    ///
    /// # Errors
    ///
    /// As [`set_secure_cookie`](Self::set_secure_cookie).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// use std::time::Duration;
    ///
    /// session_store.set_secure_cookie_with("invite", "ada", |a| a.max_age(Duration::from_secs(3_600)))?;
    /// # Ok(()) });
    /// ```
    pub fn set_secure_cookie_with<T: Serialize + ?Sized>(
        &self,
        name: &str,
        value: &T,
        args: impl FnOnce(CookieArgs) -> CookieArgs,
    ) -> Result<(), SessionError> {
        let attributes = self.plain_attributes(name, args)?;
        let payload = value::encode(value)?;
        let registry = self.inner.sessions.registry();
        let now = registry.clock.now();
        let end = attributes
            .max_age()
            .map(|seconds| now.after(Duration::from_secs(seconds)));
        let sealer = registry.ring.sealer(Purpose::Cookie, "", name);
        let mut draft = sealer.draft(now, end, registry.entropy)?;
        draft.buffer().extend_from_slice(&payload);
        let frame = sealer.seal(draft)?;
        let line = cookie::write_line(name, &attributes, attributes.max_age(), frame.text_len(), |out| {
            frame.append_to(out);
        });
        self.put(name, line)
    }

    /// The value of a sealed cookie that the request brought, not older than the configured `session_max_age`. `None`
    /// where there is none, or where it is forged, expired or malformed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Type`] where the genuine value has another type.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// assert_eq!(session_store.get_secure_cookie::<String>("invite")?, None);
    /// # Ok(()) });
    /// ```
    pub fn get_secure_cookie<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SessionError> {
        self.get_secure_cookie_within(name, MaxAge::Configured)
    }

    /// The value of a sealed cookie that the request brought, with an age limit of its own.
    ///
    /// # Errors
    ///
    /// As [`get_secure_cookie`](Self::get_secure_cookie).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// use std::time::Duration;
    /// use sessions_runtime::MaxAge;
    ///
    /// let hour = MaxAge::Within(Duration::from_secs(3_600));
    /// assert_eq!(session_store.get_secure_cookie_within::<String>("invite", hour)?, None);
    /// # Ok(()) });
    /// ```
    pub fn get_secure_cookie_within<T: DeserializeOwned>(
        &self,
        name: &str,
        max_age: MaxAge,
    ) -> Result<Option<T>, SessionError> {
        self.check_open()?;
        self.inner.consulted.set(true);
        let registry = self.inner.sessions.registry();
        let sealer = registry.ring.sealer(Purpose::Cookie, "", name);
        let limit = match max_age {
            MaxAge::Configured => registry.defaults.session_max_age,
            MaxAge::Unlimited => None,
            MaxAge::Within(age) => Some(age),
        };
        let now: Timestamp = self.now();
        // A name that no cookie can have finds nothing that opens: what is sealed is bound to its name.
        let values = open::values(&self.inner.headers, name);
        let Ok(genuine) = open::open_all(&values, now, |value, now| sealer.open(value, now)) else {
            return Ok(None);
        };
        let fresh = genuine
            .iter()
            .find(|one| limit.is_none_or(|age| now <= one.issued.after(age)));
        fresh.map(|one| value::decode(&one.payload)).transpose()
    }

    /// Forgets a pending set or delete; the browser's cookie stays as it is. Says whether there was one.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.set_cookie("theme", "dark")?;
    /// assert!(session_store.unset_cookie("theme"));
    /// assert!(!session_store.unset_cookie("theme"));
    /// # Ok(()) });
    /// ```
    pub fn unset_cookie(&self, name: &str) -> bool {
        let mut pending = self.inner.pending.borrow_mut();
        let before = pending.len();
        pending.retain(|(known, _)| known != name);
        pending.len() < before
    }

    /// Removes a cookie from the browser with the response.
    ///
    /// # Errors
    ///
    /// As [`set_cookie`](Self::set_cookie).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.delete_cookie("last_sku")?;
    /// # Ok(()) });
    /// ```
    pub fn delete_cookie(&self, name: &str) -> Result<(), SessionError> {
        self.delete_cookie_with(name, |args| args)
    }

    /// Removes a cookie that was set with attributes of its own: a browser only removes what has the same path and domain.
    ///
    /// # Errors
    ///
    /// As [`set_cookie`](Self::set_cookie).
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |_, session_store| {
    /// session_store.delete_cookie_with("theme", |a| a.path("/app"))?;
    /// # Ok(()) });
    /// ```
    pub fn delete_cookie_with(
        &self,
        name: &str,
        args: impl FnOnce(CookieArgs) -> CookieArgs,
    ) -> Result<(), SessionError> {
        let attributes = self.plain_attributes(name, args)?;
        self.put(name, cookie::removal_line(name, &attributes))
    }

    fn plain_attributes(
        &self,
        name: &str,
        args: impl FnOnce(CookieArgs) -> CookieArgs,
    ) -> Result<Attributes, SessionError> {
        self.check_open()?;
        cookie::check_name(name)?;
        let registry = self.inner.sessions.registry();
        let own = registry.definitions.iter().any(|one| one.wire_name == name);
        if own
            || self
                .inner
                .opened
                .borrow()
                .iter()
                .any(|open| open.inner.definition.wire_name == name)
        {
            return Err(SessionError::new(
                ErrorKind::NameTaken,
                format!("`{name}` is the cookie of a session; choose another name"),
            ));
        }
        let args = registry.defaults.cookie.overlay(&args(CookieArgs::new()));
        let attributes = Attributes::resolve(&args)?;
        attributes.check_prefix(name)?;
        Ok(attributes)
    }

    fn put(&self, name: &str, line: String) -> Result<(), SessionError> {
        let limit = self.inner.sessions.registry().limits.cookie;
        if line.len() > limit {
            return Err(SessionError::new(
                ErrorKind::TooLarge,
                format!(
                    "cookie `{name}` makes a `Set-Cookie` line of {} bytes, and browsers keep {limit}",
                    line.len()
                ),
            ));
        }
        let mut pending = self.inner.pending.borrow_mut();
        match pending.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = line,
            None => pending.push((name.to_owned(), line)),
        }
        Ok(())
    }
}
