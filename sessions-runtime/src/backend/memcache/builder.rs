//! The settings of [`Memcache`].

use std::time::Duration;

use super::Memcache;
use super::address::Address;
use super::options::Options;
use super::wire::{Key, LONGEST_KEY};
use crate::clock::Clock;
use crate::error::{ErrorKind, SessionError};

/// Collects the servers and settings of [`Memcache`], whose docs have the table of them.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Memcache;
///
/// let err = Memcache::builder().server("127.0.0.1:99999").prefix("my shop").build().unwrap_err();
/// assert_eq!(err.problems().len(), 2);
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `build`"]
pub struct MemcacheBuilder {
    servers: Vec<String>,
    options: Options,
}

impl MemcacheBuilder {
    pub(super) fn new() -> Self {
        Self {
            servers: Vec::new(),
            options: Options::default(),
        }
    }

    /// Adds a server: `host:port`, `host` (port 11211) or `[::1]:port`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Memcache;
    /// let memcache = Memcache::builder().server("localhost").server("[::1]:11212").build()?;
    /// assert_eq!(format!("{memcache:?}"), r#"Memcache(["localhost:11211", "[::1]:11212"])"#);
    /// # Ok::<(), sessions_runtime::SessionError>(())
    /// ```
    pub fn server(mut self, server: impl Into<String>) -> Self {
        self.servers.push(server.into());
        self
    }

    /// Adds servers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().servers(["cache-1", "cache-2"]).build().is_ok());
    /// ```
    pub fn servers<S: Into<String>>(mut self, servers: impl IntoIterator<Item = S>) -> Self {
        self.servers.extend(servers.into_iter().map(Into::into));
        self
    }

    /// What every key begins with, before a colon: letters, digits, `-`, `_`, `.` and `:`. `sessions` by default.
    ///
    /// Records under one prefix are not seen under another. That of an application must not change: its sessions would
    /// begin anew.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().server("localhost").prefix("shop:eu").build().is_ok());
    /// assert!(Memcache::builder().server("localhost").prefix("shop\r\nflush_all").build().is_err());
    /// ```
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.options.prefix = prefix.into();
        self
    }

    /// How long to wait for a connection. 500 milliseconds by default.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Memcache;
    /// let far = Memcache::builder().server("cache.example").connect_timeout(Duration::from_secs(1));
    /// assert!(far.build().is_ok());
    /// ```
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.options.connect_timeout = limit;
        self
    }

    /// How long to wait for an answer. 500 milliseconds by default.
    ///
    /// Then the connection is closed, so that a late answer meets nobody else, and all calls that wait on it fail.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Memcache;
    /// let near = Memcache::builder().server("localhost").reply_timeout(Duration::from_millis(100));
    /// assert!(near.build().is_ok());
    /// ```
    pub fn reply_timeout(mut self, limit: Duration) -> Self {
        self.options.reply_timeout = limit;
        self
    }

    /// How long a call may take in all. One second by default.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().server("localhost").timeout(Duration::from_millis(300)).build().is_ok());
    /// assert!(Memcache::builder().server("localhost").timeout(Duration::ZERO).build().is_err());
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options.timeout = limit;
        self
    }

    /// How long a server that failed again and again is left alone at most. 500 milliseconds by default.
    ///
    /// The time grows from some 20 milliseconds with each failure, and varies, so that many machines do not come back
    /// together. Calls fail at once meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().server("localhost").max_backoff(Duration::from_secs(5)).build().is_ok());
    /// ```
    pub fn max_backoff(mut self, limit: Duration) -> Self {
        self.options.max_backoff = limit;
        self
    }

    /// The largest item, key included: what memcached was started with (`-I`), 1 MiB by default.
    ///
    /// Larger records are an error of kind `TooLarge` before anything is sent. Where the server says that its limit is
    /// lower, that one counts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().server("localhost").max_item_size(4 * 1024 * 1024).build().is_ok());
    /// ```
    pub fn max_item_size(mut self, bytes: usize) -> Self {
        self.options.max_item_size = bytes;
        self
    }

    /// How many connections each worker thread has to each server. One by default, and rarely too few: a connection
    /// carries any number of calls at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().server("localhost").connections(2).build().is_ok());
    /// assert!(Memcache::builder().server("localhost").connections(0).build().is_err());
    /// ```
    pub fn connections(mut self, count: usize) -> Self {
        self.options.connections = count;
        self
    }

    /// How many calls may wait for one connection. 4,096 by default; more are refused as busy.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Memcache;
    /// assert!(Memcache::builder().server("localhost").max_pending(100).build().is_ok());
    /// ```
    pub fn max_pending(mut self, count: usize) -> Self {
        self.options.max_pending = count;
        self
    }

    /// The clock that expiries go by, for tests of an application: the one its `Sessions` have. Memcached itself goes on
    /// counting real seconds.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{Clock, Memcache, Timestamp};
    ///
    /// let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    /// assert!(Memcache::builder().server("localhost").clock(clock).build().is_ok());
    /// ```
    pub fn clock(mut self, clock: Clock) -> Self {
        self.options.clock = clock;
        self
    }

    /// Checks the settings. Connects to nothing.
    ///
    /// # Errors
    ///
    /// Fails, of kind `Configuration`, with everything that is wrong.
    ///
    /// # Examples
    ///
    /// See [`MemcacheBuilder`].
    pub fn build(self) -> Result<Memcache, SessionError> {
        let mut problems = self.problems();
        let mut addresses: Vec<Address> = Vec::new();
        for server in &self.servers {
            match Address::parse(server) {
                Ok(address) if addresses.contains(&address) => {
                    problems.push(format!(
                        "server `{}` is there twice; name each once",
                        address.name()
                    ));
                }
                Ok(address) => addresses.push(address),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            return Ok(Memcache::new(self.options, addresses));
        }
        Err(
            SessionError::new(ErrorKind::Configuration, "the settings of memcached are refused")
                .with_problems(problems),
        )
    }

    fn problems(&self) -> Vec<String> {
        let (options, mut problems) = (&self.options, Vec::new());
        if self.servers.is_empty() {
            problems.push("there is no server; name one, `127.0.0.1:11211`".to_owned());
        }
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if options.prefix.is_empty() || !options.prefix.bytes().all(safe) {
            problems.push(
                "`prefix` has something else than letters, digits, `-`, `_`, `.` and `:`, or nothing"
                    .to_owned(),
            );
        }
        let longest = LONGEST_KEY - Key::length(0);
        if options.prefix.len() > longest {
            problems.push(format!(
                "`prefix` is longer than {longest} characters; memcached's keys have at most {LONGEST_KEY}"
            ));
        }
        for (name, zero) in [
            ("connect_timeout", options.connect_timeout.is_zero()),
            ("reply_timeout", options.reply_timeout.is_zero()),
            ("timeout", options.timeout.is_zero()),
            ("connections", options.connections == 0),
            ("max_pending", options.max_pending == 0),
        ] {
            if zero {
                problems.push(format!("`{name}` is zero, so no call could succeed"));
            }
        }
        for (name, span) in [
            ("connect_timeout", options.connect_timeout),
            ("reply_timeout", options.reply_timeout),
            ("timeout", options.timeout),
            ("max_backoff", options.max_backoff),
        ] {
            if span > LONGEST_WAIT {
                problems.push(format!(
                    "`{name}` is longer than {LONGEST_WAIT:?}: no visitor waits for so long"
                ));
            }
        }
        if !(MIN_ITEM..=MAX_ITEM).contains(&options.max_item_size) {
            problems.push(format!(
                "`max_item_size` is not from {MIN_ITEM} to {MAX_ITEM} bytes, as memcached's `-I` is"
            ));
        }
        problems
    }
}

/// So that nothing waits without end.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The bounds of memcached's own option.
const MIN_ITEM: usize = 1_024;
const MAX_ITEM: usize = 1_024 * 1_024 * 1_024;
