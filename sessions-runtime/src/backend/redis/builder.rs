//! The settings of [`Redis`].

use std::fmt;
use std::time::Duration;

use redis::Client;

use super::Redis;
use super::options::Options;
use crate::clock::Clock;
use crate::error::{ErrorKind, SessionError};

/// So that nothing waits without end.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Keys stay short, also where many of them are listed.
const LONGEST_PREFIX: usize = 128;
/// Redis keeps strings of up to 512 MiB.
const LARGEST_RECORD: usize = 512 * 1_024 * 1_024 - 1_024;

/// Collects the settings of [`Redis`], whose docs have the table of them.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Redis;
///
/// let err = Redis::builder("127.0.0.1:6379").prefix("my shop").build().unwrap_err();
/// assert_eq!(err.problems().len(), 2);
/// ```
#[derive(Clone)]
#[must_use = "call `build`"]
pub struct RedisBuilder {
    url: String,
    options: Options,
}

impl RedisBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            options: Options::default(),
        }
    }

    /// What every key begins with, before a colon: letters, digits, `-`, `_`, `.` and `:`. `sessions` by default.
    ///
    /// Records under one prefix are not seen under another. That of an application must not change: its sessions would
    /// begin anew.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Redis;
    /// assert!(Redis::builder("redis://localhost").prefix("shop:eu").build().is_ok());
    /// assert!(Redis::builder("redis://localhost").prefix("shop {1}").build().is_err());
    /// ```
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.options.prefix = prefix.into();
        self
    }

    /// How long to wait for a connection and its sign-in. 500 milliseconds by default.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Redis;
    /// assert!(Redis::builder("redis://redis.example").connect_timeout(Duration::from_secs(1)).build().is_ok());
    /// ```
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.options.connect_timeout = limit;
        self
    }

    /// How long to wait for an answer. 500 milliseconds by default.
    ///
    /// Then the call fails, and later calls use a new connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::Redis;
    /// assert!(Redis::builder("redis://localhost").reply_timeout(Duration::from_millis(100)).build().is_ok());
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
    /// # use sessions_runtime::Redis;
    /// assert!(Redis::builder("redis://localhost").timeout(Duration::from_millis(300)).build().is_ok());
    /// assert!(Redis::builder("redis://localhost").timeout(Duration::ZERO).build().is_err());
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
    /// # use sessions_runtime::Redis;
    /// assert!(Redis::builder("redis://localhost").max_backoff(Duration::from_secs(5)).build().is_ok());
    /// ```
    pub fn max_backoff(mut self, limit: Duration) -> Self {
        self.options.max_backoff = limit;
        self
    }

    /// The largest record, in bytes of its data: one mebibyte by default. Larger ones are an error of kind `TooLarge`
    /// before anything is sent. The application's own limit for a session's size is lower by default.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::Redis;
    /// assert!(Redis::builder("redis://localhost").max_record_size(4 * 1024 * 1024).build().is_ok());
    /// ```
    pub fn max_record_size(mut self, bytes: usize) -> Self {
        self.options.max_record_size = bytes;
        self
    }

    /// The clock that expiries go by, for tests of an application: the one its `Sessions` have.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{Clock, Redis, Timestamp};
    ///
    /// let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    /// assert!(Redis::builder("redis://localhost").clock(clock).build().is_ok());
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
    /// See [`RedisBuilder`].
    pub fn build(self) -> Result<Redis, SessionError> {
        let mut problems = self.problems();
        match client(&self.url) {
            Ok(client) if problems.is_empty() => return Ok(Redis::new(self.options, client)),
            Ok(_) => {}
            Err(problem) => problems.insert(0, problem.to_owned()),
        }
        Err(
            SessionError::new(ErrorKind::Configuration, "the settings of Redis are refused")
                .with_problems(problems),
        )
    }

    fn problems(&self) -> Vec<String> {
        let (options, mut problems) = (&self.options, Vec::new());
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if options.prefix.is_empty() || !options.prefix.bytes().all(safe) {
            problems.push(
                "`prefix` has something else than letters, digits, `-`, `_`, `.` and `:`, or nothing"
                    .to_owned(),
            );
        }
        if options.prefix.len() > LONGEST_PREFIX {
            problems.push(format!("`prefix` is longer than {LONGEST_PREFIX} characters"));
        }
        for (name, span, may_be_zero) in [
            ("connect_timeout", options.connect_timeout, false),
            ("reply_timeout", options.reply_timeout, false),
            ("timeout", options.timeout, false),
            ("max_backoff", options.max_backoff, true),
        ] {
            if span.is_zero() && !may_be_zero {
                problems.push(format!("`{name}` is zero, so no call could succeed"));
            }
            if span > LONGEST_WAIT {
                problems.push(format!(
                    "`{name}` is longer than {LONGEST_WAIT:?}: no visitor waits for so long"
                ));
            }
        }
        if !(1..=LARGEST_RECORD).contains(&options.max_record_size) {
            problems.push(format!(
                "`max_record_size` is not from 1 to {LARGEST_RECORD} bytes, as Redis's strings are"
            ));
        }
        problems
    }
}

/// Without the library's own message, which may repeat the URL and its password.
fn client(url: &str) -> Result<Client, &'static str> {
    if url.starts_with("rediss://") || url.starts_with("valkeys://") {
        return Err(
            "the URL asks for TLS, which this version does not speak; use `redis://` in a network of its own",
        );
    }
    Client::open(url).map_err(|_| "the URL is none of a Redis; write `redis://127.0.0.1:6379`")
}

/// Without the URL, which may hold a password.
impl fmt::Debug for RedisBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBuilder")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
