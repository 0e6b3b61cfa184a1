//! Sessions in memcached.
//!
//! The way of a call: [`backend`] says it in meta commands and picks the [`node`] of the key ([`servers`]); the node has
//! this thread's [`line`], into whose buffer the command is written ([`wire`]); the [`driver`] sends what waits and reads
//! the replies ([`reply`]), one connection for all calls of the thread.

mod address;
mod backend;
mod builder;
mod driver;
mod failure;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod greeting;
mod life;
mod line;
mod lock;
mod node;
mod options;
mod reply;
mod servers;
mod wire;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

pub use self::builder::MemcacheBuilder;
use self::node::Node;
use self::options::Options;
use crate::error::SessionError;
use crate::id::StoreKey;

/// Sessions in memcached 1.6: fast, shared by all machines, and **not kept for ever**.
///
/// **A memcached that restarts has forgotten every session, and a full one drops those that were not used for longest:
/// their users are signed out**, as if they had never been there. They get a new session with a new id, and no error.
/// Choose it where that is acceptable, give it enough memory (`-m`), and watch its counter `evictions`. Sessions that
/// must survive belong on `Datastore`; a restart of the application loses nothing on either.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Memcache, SecretKey, Sessions};
///
/// // Nothing is connected yet: the application starts also while memcached does not run.
/// let memcache = Memcache::connect(["127.0.0.1:11211"])?;
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .backend("memcache", memcache)
///     .default_backend("memcache")
///     .build()?;
/// assert_eq!(sessions.default_backend().as_str(), "memcache");
///
/// let err = Memcache::connect(["127.0.0.1:elfeleven"]).unwrap_err();
/// assert!(err.is_configuration());
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
///
/// # Starting it
///
/// On Debian `apt-get install memcached`, or `docker run -d -p 127.0.0.1:11211:11211 memcached -m 256`. 256 MB hold some two
/// hundred thousand sessions of a kilobyte. The application starts without it, and uses it as soon as it is there.
///
/// # How it works
///
/// Each worker thread has one connection to each server, made by its first call. All requests of the worker share it:
/// commands are sent together and answered in order, so nobody waits for a connection of a pool. Each change is one
/// command that compares the version (memcached's CAS), so no update is lost, and a session that was destroyed stays so.
/// Reading a session is one command, changing it two, renewing its id three, destroying it two.
///
/// A record expires by itself: never before its time, and less than two seconds after it. Lives of up to 30 days are
/// given to memcached as seconds, longer ones as a date by the server's own clock, which it is asked for at each
/// connection; so clocks that disagree do no harm. memcached cannot count beyond 19 January 2038: lives that would end later end then, or after 30 days.
///
/// # Settings
///
/// All are set with [`builder`](Self::builder), and each has a default and a bound.
///
/// | setting | default | what it does |
/// |---|---|---|
/// | [`prefix`](MemcacheBuilder::prefix) | `sessions` | begins every key; two applications on one server need not agree on anything else |
/// | [`connect_timeout`](MemcacheBuilder::connect_timeout) | 500 ms | for a connection, with the question which settings the server has |
/// | [`reply_timeout`](MemcacheBuilder::reply_timeout) | 500 ms | for an answer; then the connection is closed, and its calls fail |
/// | [`timeout`](MemcacheBuilder::timeout) | 1 s | for a call as a whole |
/// | [`max_backoff`](MemcacheBuilder::max_backoff) | 500 ms | how long a server that failed is left alone at most; calls fail at once meanwhile |
/// | [`max_item_size`](MemcacheBuilder::max_item_size) | 1 MiB | larger records are refused before anything is sent; the server's own limit (`-I`) counts, too |
/// | [`connections`](MemcacheBuilder::connections) | 1 | a worker and server |
/// | [`max_pending`](MemcacheBuilder::max_pending) | 4,096 | calls that wait for one connection; more are refused as busy |
///
/// Nothing is repeated by itself: a call whose answer did not come may have taken place.
///
/// # Several servers
///
/// Each session is on one of them, which its id decides (rendezvous hashing), whatever their order in the list. All
/// machines need the same list. Taking a server out of it, or adding one, moves the sessions of that share only, which
/// begin anew; the others stay.
///
/// A server that does not answer is **not** taken out by itself: its sessions answer 503 until it returns or the list is
/// changed, because somebody who is told to be signed out during an outage might be signed in again after it. The
/// sessions of the other servers go on.
///
/// # Limitations
///
/// - It takes memcached 1.6.10 or newer, without `-C`; the tests run against 1.6.18.
/// - Neither TLS nor user names (`-S`, `-Y`): memcached belongs into a network of its own. Whoever reaches it can end all
///   sessions (`flush_all`) and read their data, but gets no id that works as a cookie.
/// - With `-M` a full server refuses records instead of dropping old ones, and loses the session that was to be changed;
///   this is logged at the first connection.
/// - No index of principals. Locks exist, but a full or restarted memcached loses them like everything else; what must
///   not be lost in an overlap does not hang on them.
///
/// # Security
///
/// A key is the prefix and a hash of the session's id, 43 safe characters, whatever a cookie held.
#[derive(Clone)]
pub struct Memcache {
    shared: Arc<Shared>,
}

struct Shared {
    options: Arc<Options>,
    /// At least one.
    nodes: Box<[Node]>,
    /// Wakes who waits for a lock that was released in this process.
    released: Notify,
}

impl Memcache {
    /// Sessions on these servers, with the usual settings: `host:port`, `host` (port 11211) or `[::1]:port`.
    ///
    /// Connects to nothing: the first session does.
    ///
    /// # Errors
    ///
    /// Fails, of kind `Configuration`, for an address that is none, for one that is there twice, and for an empty list.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::Memcache;
    ///
    /// let memcache = Memcache::connect(["cache-1.internal:11211", "cache-2.internal:11211"])?;
    /// assert_eq!(format!("{memcache:?}"), r#"Memcache(["cache-1.internal:11211", "cache-2.internal:11211"])"#);
    /// assert!(Memcache::connect(Vec::<String>::new()).unwrap_err().is_configuration());
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn connect<S: Into<String>>(servers: impl IntoIterator<Item = S>) -> Result<Self, SessionError> {
        Self::builder().servers(servers).build()
    }

    /// Sessions in memcached with settings of your own.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use sessions_runtime::Memcache;
    ///
    /// let memcache = Memcache::builder()
    ///     .server("127.0.0.1:11211")
    ///     .prefix("shop")
    ///     .reply_timeout(Duration::from_millis(200))
    ///     .build()?;
    /// assert_eq!(format!("{memcache:?}"), r#"Memcache(["127.0.0.1:11211"])"#);
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn builder() -> MemcacheBuilder {
        MemcacheBuilder::new()
    }

    fn new(options: Options, addresses: Vec<address::Address>) -> Self {
        let options = Arc::new(options);
        let node = |address| Node::new(address, options.clone());
        let nodes = addresses.into_iter().map(node).collect();
        Self {
            shared: Arc::new(Shared {
                options,
                nodes,
                released: Notify::new(),
            }),
        }
    }

    /// The server of a key.
    fn node(&self, key: &StoreKey) -> &Node {
        match &*self.shared.nodes {
            [only] => only,
            nodes => &nodes[servers::pick(nodes.iter().map(|node| node.share), key)],
        }
    }
}

/// Shows the servers.
impl fmt::Debug for Memcache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.shared.nodes.iter().map(Node::name).collect();
        f.debug_tuple("Memcache").field(&names).finish()
    }
}
