//! Sessions in Redis.
//!
//! The way of a call: [`backend`] says it as a command or as one of the [`scripts`]; the [`server`] has this thread's
//! [`link`], whose one connection carries all calls of the thread; what is stored is a [`frame`].

mod backend;
mod builder;
mod failure;
mod frame;
mod link;
mod lock;
mod open;
mod options;
mod scripts;
mod server;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

pub use self::builder::RedisBuilder;
use self::options::Options;
use self::scripts::Scripts;
use self::server::Server;
use crate::error::SessionError;

/// Sessions in Redis: shared by all machines, and as durable as that Redis is.
///
/// **What a Redis that restarts still has is a matter of its own settings**: with `appendonly yes` and
/// `appendfsync always` all that was answered, with snapshots alone what the last one had, without either nothing. Users
/// whose sessions it has lost are signed out and get new ones. The policy for full memory belongs to it: see below.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Redis, SecretKey, Sessions};
///
/// // Nothing is connected yet: the application starts also while Redis does not run.
/// let redis = Redis::connect("redis://127.0.0.1:6379")?;
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .backend("redis", redis)
///     .default_backend("redis")
///     .build()?;
/// assert_eq!(sessions.default_backend().as_str(), "redis");
///
/// let err = Redis::connect("http://127.0.0.1:6379").unwrap_err();
/// assert!(err.is_configuration());
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
///
/// # How it works
///
/// Each worker thread has one connection, made by its first call, and all requests of the worker share it: commands are
/// sent as they come and answered in order, so nobody waits for a connection of a pool. A record is one string. It is
/// read by one `GET`, and each change is one script that compares the version, so no update is lost, and a session that
/// was destroyed stays so. Reading a session is one command, changing it two, renewing its id three, destroying it two.
///
/// A record carries its expiry, and the application's clock decides; Redis itself removes it a minute later. So clocks
/// of machines that are a little apart do no harm, and there is nothing to purge.
///
/// # Settings
///
/// All are set with [`builder`](Self::builder), and each has a default and a bound. User, password and database are part
/// of the URL: `redis://user:password@host:6379/0`.
///
/// | setting | default | what it does |
/// |---|---|---|
/// | [`prefix`](RedisBuilder::prefix) | `sessions` | begins every key; two applications on one server need not agree on anything else |
/// | [`connect_timeout`](RedisBuilder::connect_timeout) | 500 ms | for a connection, with the sign-in |
/// | [`reply_timeout`](RedisBuilder::reply_timeout) | 500 ms | for an answer; then the connection is given up |
/// | [`timeout`](RedisBuilder::timeout) | 1 s | for a call as a whole |
/// | [`max_backoff`](RedisBuilder::max_backoff) | 500 ms | how long a server that failed is left alone at most; calls fail at once meanwhile |
/// | [`max_record_size`](RedisBuilder::max_record_size) | 1 MiB | larger records are refused before anything is sent |
///
/// A write is never repeated by itself: one whose answer did not come may have taken place. A connection that was closed
/// while nobody used it is noticed before anything is sent, so a Redis that restarted costs nobody an error; a read whose
/// connection breaks in the same moment is sent once more. A server that became a replica (`READONLY`) is left: the next
/// call connects anew, and finds the new primary under the same name.
///
/// # Limitations
///
/// - Redis 6.2 or newer; the tests run against 7.0. One server: neither Cluster nor Sentinel nor TLS (`rediss://`).
/// - Where other data lives beside the sessions, a `maxmemory-policy` that evicts may sign users out at any time. With
///   `noeviction`, a full Redis refuses new and changed sessions, which is an error and no loss.
/// - No index of principals: it would take keys on other nodes of a cluster into each write.
///
/// # Security
///
/// A key is the prefix and a hash of the session's id, 43 safe characters, whatever a cookie held. The URL with its
/// password is in no error, log or `Debug` output.
#[derive(Clone)]
pub struct Redis {
    shared: Arc<Shared>,
}

struct Shared {
    options: Arc<Options>,
    server: Server,
    scripts: Scripts,
    /// Wakes who waits for a lock that was released in this process.
    released: Notify,
}

impl Redis {
    /// Sessions in the Redis of a URL, with the usual settings.
    ///
    /// Connects to nothing: the first session does.
    ///
    /// # Errors
    ///
    /// Fails, of kind `Configuration`, for what is no URL of a Redis.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::Redis;
    ///
    /// let redis = Redis::connect("redis://shop:secret@redis.internal/2")?;
    /// assert_eq!(format!("{redis:?}"), r#"Redis("redis.internal:6379")"#);
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn connect(url: impl Into<String>) -> Result<Self, SessionError> {
        Self::builder(url).build()
    }

    /// Sessions in Redis with settings of your own.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use sessions_runtime::Redis;
    ///
    /// let redis = Redis::builder("redis://127.0.0.1:6379")
    ///     .prefix("shop")
    ///     .reply_timeout(Duration::from_millis(200))
    ///     .build()?;
    /// assert_eq!(format!("{redis:?}"), r#"Redis("127.0.0.1:6379")"#);
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn builder(url: impl Into<String>) -> RedisBuilder {
        RedisBuilder::new(url.into())
    }

    fn new(options: Options, client: redis::Client) -> Self {
        let options = Arc::new(options);
        Self {
            shared: Arc::new(Shared {
                server: Server::new(client, options.clone()),
                options,
                scripts: Scripts::new(),
                released: Notify::new(),
            }),
        }
    }
}

/// Shows the server, without user and password.
impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redis").field(&self.shared.server.name()).finish()
    }
}
