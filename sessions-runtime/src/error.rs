//! The one error type of the crate: opaque, sorted by [`ErrorKind`], and silent about ids, secrets and values.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong in a session, in a backend or in the configuration.
///
/// The type is opaque: match on [`kind`](Self::kind) or ask one of the `is_*` methods. `Display` names this layer and
/// its cure, [`source`](std::error::Error::source) has the cause, and `Debug` prints lists line by line, so that
/// `main` returning `Err` prints them readably. As an HTTP answer it is an empty body with the status of its kind.
///
/// # Security
///
/// No id, store key, secret or session value ever becomes part of an error.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{ErrorKind, SecretKey};
///
/// let err = SecretKey::from_bytes(b"too short").unwrap_err();
/// assert_eq!(err.kind(), ErrorKind::SecretKey);
/// assert!(err.to_string().contains("openssl rand"));
/// ```
pub struct SessionError {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    /// One line each, for errors that report everything at once.
    problems: Vec<String>,
    source: Option<Source>,
}

/// The sorts of [`SessionError`].
///
/// # Examples
///
/// ```
/// use sessions_runtime::{ErrorKind, SessionError};
///
/// let err = SessionError::unavailable("the server refused the connection");
/// assert_eq!(err.kind(), ErrorKind::Unavailable);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The session or store was used after its response was finished, or where nothing loaded it.
    Closed,
    /// The session is read-only, because its backend was down and `on_outage = "empty"` allowed to go on.
    ReadOnly,
    /// A stored value has another type than the one asked for.
    Type,
    /// A value cannot be serialised.
    Encode,
    /// A name of an entry, a session, a queue or a cookie is not usable.
    InvalidName,
    /// A cookie's value or attribute holds an octet that a `Set-Cookie` line must not have.
    InvalidCookie,
    /// A cookie, a record or a flash queue would exceed its limit.
    TooLarge,
    /// One session name was asked for on two backends, or a plain cookie has a session's name.
    NameTaken,
    /// No backend of that name is configured.
    UnknownBackend,
    /// The application has no `Sessions` in its `app_data`.
    NotConfigured,
    /// The backend could not be reached, or did not answer in time.
    Unavailable,
    /// The backend works, but was occupied for longer than the time-out.
    Busy,
    /// Another request changed the session first, and the session's rule is `conflict = "reject"`.
    Conflict,
    /// The session was ended by another request meanwhile, and its changes are dropped; or a handle leads to no session.
    Gone,
    /// The session's lock was not free within the bounded wait.
    Locked,
    /// A handle was awaited by the very request whose end it waits for.
    Deadlock,
    /// The operating system's random generator failed.
    Entropy,
    /// A record holds bytes that this version cannot read.
    Corrupt,
    /// The settings contradict each other or miss something; the problems are listed.
    Configuration,
    /// The secret key is missing, too short, or a known sample.
    SecretKey,
    /// The operation does not exist for this session's backend, or not without a request.
    Unsupported,
    /// The backend answered with an error of its own.
    Backend,
}

impl ErrorKind {
    fn status(self) -> StatusCode {
        match self {
            Self::Unavailable | Self::Busy | Self::Locked => StatusCode::SERVICE_UNAVAILABLE,
            Self::Conflict | Self::Gone => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl SessionError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                problems: Vec::new(),
                source: None,
            }),
        }
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    pub(crate) fn with_problems(mut self, problems: Vec<String>) -> Self {
        self.inner.problems = problems;
        self
    }

    /// The backend cannot be reached or did not answer in time; the client sees 503. For authors of backends.
    ///
    /// # Examples
    ///
    /// ```
    /// let err = sessions_runtime::SessionError::unavailable(std::io::Error::other("connection refused"));
    /// assert!(err.is_unavailable());
    /// ```
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Unavailable, "the session backend is unavailable").with_source(source)
    }

    /// The backend is there, but stayed occupied for longer than the time-out; the client sees 503. For authors of backends.
    ///
    /// # Examples
    ///
    /// ```
    /// let err = sessions_runtime::SessionError::busy("the database is locked");
    /// assert!(err.is_busy());
    /// ```
    pub fn busy(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Busy, "the session backend is busy").with_source(source)
    }

    /// The backend refused a record for its size. For authors of backends.
    ///
    /// # Examples
    ///
    /// ```
    /// let err = sessions_runtime::SessionError::too_large("item limit is 1 MiB");
    /// assert!(err.is_too_large());
    /// ```
    pub fn too_large(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(
            ErrorKind::TooLarge,
            "the session record is larger than the backend accepts",
        )
        .with_source(source)
    }

    /// Any other failure of a backend; the client sees 500. For authors of backends.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{ErrorKind, SessionError};
    ///
    /// assert_eq!(SessionError::backend("no such table").kind(), ErrorKind::Backend);
    /// ```
    pub fn backend(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Backend, "the session backend failed").with_source(source)
    }

    /// The sort of this error.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{ErrorKind, SessionError};
    ///
    /// assert_eq!(SessionError::busy("locked").kind(), ErrorKind::Busy);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The single findings of an error that reports a list, such as a refused configuration.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::SessionError;
    ///
    /// assert!(SessionError::busy("locked").problems().is_empty());
    /// ```
    pub fn problems(&self) -> &[String] {
        &self.inner.problems
    }

    /// Whether the response of this session has been finished already.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!sessions_runtime::SessionError::busy("locked").is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.kind() == ErrorKind::Closed
    }

    /// Whether a stored value has another type than the one asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("visits", 3)?;
    /// assert!(session.get::<String>("visits").unwrap_err().is_type());
    /// # Ok(()) });
    /// ```
    pub fn is_type(&self) -> bool {
        self.kind() == ErrorKind::Type
    }

    /// Whether a cookie, a record or a flash queue would exceed its limit.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::SessionError::too_large("1 MiB").is_too_large());
    /// ```
    pub fn is_too_large(&self) -> bool {
        self.kind() == ErrorKind::TooLarge
    }

    /// Whether the backend could not be reached or did not answer in time.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::SessionError::unavailable("down").is_unavailable());
    /// ```
    pub fn is_unavailable(&self) -> bool {
        self.kind() == ErrorKind::Unavailable
    }

    /// Whether the backend was occupied for longer than the time-out.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::SessionError::busy("locked").is_busy());
    /// ```
    pub fn is_busy(&self) -> bool {
        self.kind() == ErrorKind::Busy
    }

    /// Whether another request changed a session first whose rule is `conflict = "reject"`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!sessions_runtime::SessionError::busy("locked").is_conflict());
    /// ```
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Whether the session was ended by another request, for instance by a sign-out, while this one was running.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!sessions_runtime::SessionError::busy("locked").is_gone());
    /// ```
    pub fn is_gone(&self) -> bool {
        self.kind() == ErrorKind::Gone
    }

    /// Whether the configuration was refused; [`problems`](Self::problems) lists why.
    ///
    /// # Examples
    ///
    /// ```
    /// let err = sessions_runtime::Sessions::builder().build().unwrap_err();
    /// assert!(err.is_configuration());
    /// ```
    pub fn is_configuration(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Configuration | ErrorKind::SecretKey | ErrorKind::UnknownBackend
        )
    }

    /// The answer a client gets: the kind's status and an empty body. `retry` adds `Retry-After` to a 503, which only a
    /// failed load may do: a client must not repeat a request whose save failed, it may have ordered something.
    /// Which session the client has decides whether it fails, so the answer varies by cookie (S38).
    pub(crate) fn answer(&self, retry: bool) -> HttpResponse {
        let mut response = self.empty(retry);
        response
            .headers_mut()
            .insert(header::VARY, header::HeaderValue::from_static("Cookie"));
        response
    }

    fn empty(&self, retry: bool) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.kind().status());
        if retry && self.kind().status() == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.finish()
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)?;
        for problem in &self.inner.problems {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.inner.kind)?;
        let mut cause = std::error::Error::source(self);
        while let Some(err) = cause {
            write!(f, "\ncaused by: {err}")?;
            cause = err.source();
        }
        Ok(())
    }
}

impl std::error::Error for SessionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|err| err as _)
    }
}

impl ResponseError for SessionError {
    fn status_code(&self) -> StatusCode {
        self.kind().status()
    }

    /// An empty body: the chain belongs into the log, not to the client (S60).
    fn error_response(&self) -> HttpResponse {
        self.empty(false)
    }
}

/// So that `build()?` works in a `main` that returns `std::io::Result`.
impl From<SessionError> for std::io::Error {
    fn from(err: SessionError) -> Self {
        let kind = match err.kind() {
            ErrorKind::Configuration
            | ErrorKind::SecretKey
            | ErrorKind::UnknownBackend
            | ErrorKind::NotConfigured
            | ErrorKind::InvalidName => std::io::ErrorKind::InvalidInput,
            ErrorKind::Unavailable | ErrorKind::Busy | ErrorKind::Locked => std::io::ErrorKind::TimedOut,
            _ => std::io::ErrorKind::Other,
        };
        Self::new(kind, err)
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
