//! Why a call got no answer, or one that is an error; without keys, values and passwords.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::{ErrorKind as RedisKind, RedisError};

use crate::error::SessionError;

/// A failure at the server. Clones go to all calls that it ends.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    server: Arc<str>,
    cause: Cause,
    /// Whether this call tried nothing, because an earlier one failed a moment ago.
    recent: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// No connection.
    Connect(Arc<RedisError>),
    ConnectTimeout(Duration),
    /// The connection ended with the command in flight, or before it.
    Dropped,
    ReplyTimeout(Duration),
    /// An error of the server, by its code.
    Refused(Box<str>),
    /// An answer that does not go with its command.
    Unexpected,
    /// Something else lies under the key.
    Foreign,
    TooLarge {
        size: usize,
        limit: usize,
    },
    NoRuntime,
}

impl Cause {
    /// What became of a connection that was to be made.
    pub(super) fn of_connecting(err: RedisError, limit: Duration) -> Self {
        match code(&err) {
            Some(code) => Self::Refused(code),
            None if err.is_timeout() => Self::ConnectTimeout(limit),
            None => Self::Connect(Arc::new(err)),
        }
    }

    /// What became of a command.
    pub(super) fn of_command(err: &RedisError, limit: Duration) -> Self {
        match code(err) {
            // The scripts answer the first, Redis itself the second.
            Some(code) if matches!(&*code, "FOREIGN" | "WRONGTYPE") => Self::Foreign,
            Some(code) => Self::Refused(code),
            None if err.is_timeout() => Self::ReplyTimeout(limit),
            None if err.is_io_error() => Self::Dropped,
            None => Self::Unexpected,
        }
    }

    /// Whether the connection is in doubt. After an answer, also one that is an error, it is not; but for `READONLY`: after
    /// a fail-over the old primary is a replica, and its name leads to another server, which only a new connection finds.
    pub(super) fn ends_connection(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::ConnectTimeout(_)
            | Self::Dropped
            | Self::ReplyTimeout(_)
            | Self::Unexpected => true,
            Self::Refused(code) => &**code == "READONLY",
            Self::Foreign | Self::TooLarge { .. } | Self::NoRuntime => false,
        }
    }

    /// Whether the next connection may well do, so that the server need not be left alone.
    pub(super) fn is_over_with_its_connection(&self) -> bool {
        match self {
            Self::Dropped => true,
            Self::Refused(code) => &**code == "READONLY",
            _ => false,
        }
    }
}

/// The word that begins an error of the server.
fn code(err: &RedisError) -> Option<Box<str>> {
    if err.kind() == RedisKind::AuthenticationFailed {
        return Some(err.code().unwrap_or("WRONGPASS").into());
    }
    err.code().map(Into::into)
}

impl Failure {
    pub(super) fn new(server: &Arc<str>, cause: Cause) -> Self {
        Self {
            server: server.clone(),
            cause,
            recent: false,
        }
    }

    /// The same, for a call that was not even tried.
    pub(super) fn again(&self) -> Self {
        Self {
            recent: true,
            ..self.clone()
        }
    }

    pub(super) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The error of its sort. A function instead of `From`, which would be one `?` too many to choose from elsewhere.
    pub(super) fn into_error(self) -> SessionError {
        match &self.cause {
            Cause::Connect(_) | Cause::ConnectTimeout(_) | Cause::Dropped | Cause::ReplyTimeout(_) => {
                SessionError::unavailable(self)
            }
            Cause::Refused(code) => match &**code {
                // Full memory passes by itself, like a full disk: records expire.
                "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "READONLY" | "MISCONF" | "NOREPLICAS" | "OOM" => {
                    SessionError::unavailable(self)
                }
                "BUSY" | "TRYAGAIN" => SessionError::busy(self),
                _ => SessionError::backend(self),
            },
            Cause::TooLarge { .. } => SessionError::too_large(self),
            Cause::Unexpected | Cause::Foreign | Cause::NoRuntime => SessionError::backend(self),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "redis at {}: {}", self.server, self.cause)?;
        if self.recent {
            f.write_str(" (a moment ago; calls fail at once until the back-off is over)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(_) => f.write_str("no connection"),
            Self::ConnectTimeout(limit) => write!(f, "no connection within {limit:?}"),
            Self::Dropped => f.write_str("the connection broke before the answer; nobody knows whether the call took place"),
            Self::ReplyTimeout(limit) => {
                write!(f, "no answer within {limit:?}; nobody knows whether the call took place")
            }
            Self::Refused(code) => write!(f, "the server answered `{code}`: {}", cure(code)),
            Self::Unexpected => f.write_str("an answer that does not go with its command; is it a Redis?"),
            Self::Foreign => f.write_str(
                "something else lies under a session's key; give the sessions a `prefix` that nothing else has",
            ),
            Self::TooLarge { size, limit } => {
                write!(f, "a record of {size} bytes, and the limit is {limit} (`max_record_size`)")
            }
            Self::NoRuntime => f.write_str("there is no Tokio runtime here; call it from a handler or a task"),
        }
    }
}

/// What to do about an error of the server.
fn cure(code: &str) -> &'static str {
    match code {
        "LOADING" => "it reads its data from the disk and is there again when it has",
        "READONLY" => "it is a replica; connect to the primary",
        "MASTERDOWN" | "CLUSTERDOWN" => "the primary is down",
        "NOREPLICAS" => "too few replicas are there for `min-replicas-to-write`",
        "MISCONF" => "its last snapshot failed, and it takes no writes until one succeeds; look at its disk",
        "OOM" => "its memory is full; give it more (`maxmemory`), or expire other data",
        "BUSY" => "a script of somebody else runs for too long",
        "NOAUTH" => "it wants a password; put it into the URL, `redis://:password@host`",
        "WRONGPASS" => "user or password in the URL are wrong",
        "NOPERM" => {
            "the user must be allowed `get`, `set`, `del`, `getrange`, `setrange`, `pexpire`, `evalsha` and `script|load`"
        }
        "MOVED" | "ASK" | "CROSSSLOT" => "it is a cluster, which this version does not speak",
        _ => "see its log",
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::Connect(err) => Some(&**err),
            _ => None,
        }
    }
}
