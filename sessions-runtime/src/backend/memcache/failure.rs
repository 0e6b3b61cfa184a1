//! Why a call got no answer, or one that is an error; without keys and values.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::reply::{Malformed, Refusal};
use crate::error::SessionError;

/// A failure at one server. Clones go to all calls that it ends.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    server: Arc<str>,
    cause: Cause,
    /// Whether this call tried nothing, because an earlier one failed a moment ago.
    recent: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Cause {
    Connect(Arc<io::Error>),
    ConnectTimeout(Duration),
    Broken(Arc<io::Error>),
    /// The server closed the connection with commands in flight.
    Closed,
    ReplyTimeout(Duration),
    Malformed(Malformed),
    /// A reply to another command than the one that was its turn.
    OutOfStep,
    Refused(Refusal),
    /// A reply that does not go with its command.
    Unexpected,
    TooOld(String),
    /// The server counts no versions.
    Unversioned,
    /// More bytes than an item may have.
    TooLarge {
        size: usize,
        limit: usize,
    },
    /// So many calls wait already.
    Crowded(usize),
    /// The runtime of the connection ended.
    Ended,
    NoRuntime,
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

    /// The error of its sort. A function instead of `From`, which would be one `?` too many to choose from elsewhere.
    pub(super) fn into_error(self) -> SessionError {
        match self.cause {
            Cause::Connect(_)
            | Cause::ConnectTimeout(_)
            | Cause::Broken(_)
            | Cause::Closed
            | Cause::ReplyTimeout(_)
            | Cause::Malformed(_)
            | Cause::OutOfStep
            | Cause::Ended
            // Full memory passes by itself, like a full disk: records expire.
            | Cause::Refused(Refusal::OutOfMemory) => SessionError::unavailable(self),
            Cause::TooLarge { .. } | Cause::Refused(Refusal::TooLarge) => SessionError::too_large(self),
            Cause::Crowded(_) => SessionError::busy(self),
            Cause::Refused(_)
            | Cause::Unexpected
            | Cause::TooOld(_)
            | Cause::Unversioned
            | Cause::NoRuntime => SessionError::backend(self),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "memcached {}: {}", self.server, self.cause)?;
        if self.recent {
            f.write_str("; this was a moment ago, and it is not tried again before its back-off is over")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(_) => f.write_str("no connection"),
            Self::ConnectTimeout(limit) => write!(f, "no connection within {limit:?}"),
            Self::Broken(_) => f.write_str("the connection broke"),
            Self::Closed => f.write_str("the server closed the connection before it had answered"),
            Self::ReplyTimeout(limit) => write!(f, "no answer within {limit:?}; nobody knows whether the call took place"),
            Self::Malformed(Malformed::Foreign) => {
                f.write_str("the answer is not memcached's; is the address that of another server?")
            }
            Self::Malformed(Malformed::Endless) => f.write_str("a line of the answer has no end"),
            Self::Malformed(Malformed::Oversize) => f.write_str(
                "an item is larger than any that is stored here; give all instances of the application one `max_item_size`",
            ),
            Self::OutOfStep => f.write_str("an answer to another command than the one whose turn it was"),
            Self::Refused(Refusal::OutOfMemory) => f.write_str(
                "out of memory, and the record that was to be replaced is gone; give it more (`-m`), and start it without `-M`",
            ),
            Self::Refused(Refusal::TooLarge) => f.write_str(
                "the item is larger than the server takes; set `max_item_size` to what the server was started with (`-I`)",
            ),
            Self::Refused(Refusal::Server) => f.write_str("the server answered `SERVER_ERROR`"),
            Self::Refused(Refusal::Unauthenticated) => {
                f.write_str("the server asks for a user name, which this client does not send; start it without `-S` and `-Y`")
            }
            Self::Refused(Refusal::Client) => f.write_str("the server answered `CLIENT_ERROR`"),
            Self::Refused(Refusal::Unknown) => {
                f.write_str("the server does not know the meta commands; it takes memcached 1.6.10 or newer")
            }
            Self::Unexpected => f.write_str("an answer that does not go with its command"),
            Self::TooOld(version) => write!(f, "version {version} is too old; it takes 1.6.10 or newer"),
            Self::Unversioned => f.write_str("the server keeps no versions of items; start it without `-C`"),
            Self::TooLarge { size, limit } => write!(
                f,
                "an item of {size} bytes, and the limit is {limit} (`max_item_size`, and the server's own, `-I`)"
            ),
            Self::Crowded(limit) => write!(f, "{limit} calls wait for this server already (`max_pending`)"),
            Self::Ended => f.write_str("the runtime of its connection was shut down"),
            Self::NoRuntime => f.write_str("there is no Tokio runtime here; call it from a handler or a task"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::Connect(err) | Cause::Broken(err) => Some(&**err),
            _ => None,
        }
    }
}
