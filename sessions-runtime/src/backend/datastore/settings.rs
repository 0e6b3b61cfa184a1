//! How a database is opened, and what its calls may take.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Datastore;
use super::failure::{Failure, Result};
use crate::clock::Clock;
use crate::error::SessionError;

/// What survives a loss of power. A crash of the process alone loses nothing either way.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Synchronous;
///
/// assert_eq!(Synchronous::default(), Synchronous::Full);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Synchronous {
    /// Everything that was answered is on the disk before the answer: a sign-out stays one.
    #[default]
    Full,
    /// The disk is waited for at checkpoints only. A loss of power takes the last saves back, as a whole and in order:
    /// a session that was destroyed just before may live again. The file stays sound.
    Normal,
}

/// The settings of a [`Datastore`]; [`open`](Self::open) makes it.
///
/// | setting | default | what it bounds |
/// |---|---|---|
/// | [`synchronous`](Self::synchronous) | `Full` | what a loss of power may take back |
/// | [`busy_timeout`](Self::busy_timeout) | 2 s | the wait for another program's lock, or for the pool |
/// | [`timeout`](Self::timeout) | 5 s | a call as a whole |
/// | [`queue`](Self::queue) | 1,024 | writes that wait; one more is answered `Busy` at once |
/// | [`read_connections`](Self::read_connections) | 4 | the pool behind the workers' own connections |
/// | [`max_size`](Self::max_size) | none | the file; beyond it, saves fail and everything else goes on |
/// | [`purge_interval`](Self::purge_interval) | 60 s | how often the writer looks for expired records |
/// | [`purge_batch`](Self::purge_batch) | 50 | records that one transaction purges |
/// | [`clock`](Self::clock) | the system's | by what records expire |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::{Backend, Clock, Datastore, Synchronous};
///
/// # #[actix_web::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("sessions-settings-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("sessions.db");
/// let datastore = Datastore::builder(&path)
///     .synchronous(Synchronous::Normal)
///     .busy_timeout(Duration::from_millis(500))
///     .timeout(Duration::from_secs(1))
///     .queue(100)
///     .read_connections(1)
///     .max_size(256 * 1_024 * 1_024)
///     .purge_interval(Duration::from_secs(600))
///     .purge_batch(25)
///     .clock(Clock::system())
///     .open()?;
/// assert_eq!(datastore.path(), path);
///
/// let datastore = Datastore::builder(&path).manual_purge().open()?;
/// assert_eq!(datastore.purge_expired(1_000).await?, 0);
/// # drop(datastore);
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "`open` opens the database"]
pub struct DatastoreBuilder {
    path: PathBuf,
    settings: Settings,
}

/// What the parts of a datastore go by.
#[derive(Clone)]
pub(super) struct Settings {
    /// Absolute, so that neither a later change of directory nor SQLite's `file:` syntax gives it another meaning.
    pub(super) path: PathBuf,
    pub(super) synchronous: Synchronous,
    pub(super) busy_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) queue: usize,
    pub(super) read_connections: u32,
    pub(super) max_size: Option<u64>,
    /// `None`: only calls of `purge_expired` purge.
    pub(super) purge_interval: Option<Duration>,
    pub(super) purge_batch: usize,
    pub(super) clock: Clock,
}

impl DatastoreBuilder {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            settings: Settings {
                path: PathBuf::new(),
                synchronous: Synchronous::Full,
                busy_timeout: Duration::from_secs(2),
                timeout: Duration::from_secs(5),
                queue: 1_024,
                read_connections: 4,
                max_size: None,
                purge_interval: Some(Duration::from_secs(60)),
                purge_batch: 50,
                clock: Clock::system(),
            },
        }
    }

    /// What a loss of power may take back.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.settings.synchronous = synchronous;
        self
    }

    /// How long a lock of another program is waited for, or a connection of the pool; then the answer is `Busy`.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn busy_timeout(mut self, wait: Duration) -> Self {
        self.settings.busy_timeout = wait;
        self
    }

    /// How long a call may take as a whole, for example on a disk that does not answer. Whether a write that exceeds it
    /// takes place, nobody knows then: the call is answered `Unavailable`.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn timeout(mut self, span: Duration) -> Self {
        self.settings.timeout = span;
        self
    }

    /// How many writes may wait for the writer, at least one. Each keeps its record in memory.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn queue(mut self, writes: usize) -> Self {
        self.settings.queue = writes.max(1);
        self
    }

    /// How many connections the pool may have, at least one. Each worker has one of its own besides; the pool is for
    /// reads that find it occupied.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn read_connections(mut self, connections: u32) -> Self {
        self.settings.read_connections = connections.max(1);
        self
    }

    /// How many bytes the file may have, rounded down to whole pages of 4 KiB; the write-ahead log beside it is not
    /// counted. A file that is larger already stays as it is.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.settings.max_size = Some(bytes);
        self
    }

    /// How long the writer waits, by the clock and at least a second, before it looks for expired records again. It
    /// takes them out in batches between the live writes, once the hour of their end is over; no call finds them
    /// meanwhile.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn purge_interval(mut self, interval: Duration) -> Self {
        self.settings.purge_interval = Some(interval.max(Duration::from_secs(1)));
        self
    }

    /// How many records one transaction purges, at least one; a live write that begins in a pause waits for no more than
    /// one such transaction.
    ///
    /// Amid writes as many records are purged as are written, so that writes which are committed together may wait for as
    /// many; without, one batch follows the other.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn purge_batch(mut self, records: usize) -> Self {
        self.settings.purge_batch = records.max(1);
        self
    }

    /// Leaves purging to calls of [`purge_expired`](crate::Backend::purge_expired).
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{Backend, Datastore};
    ///
    /// # #[actix_web::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = std::env::temp_dir().join(format!("sessions-manual-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("sessions.db");
    /// let datastore = Datastore::builder(&path).manual_purge().open()?;
    /// assert_eq!(datastore.purge_expired(1_000).await?, 0);
    /// # drop(datastore);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok(()) }
    /// ```
    pub fn manual_purge(mut self) -> Self {
        self.settings.purge_interval = None;
        self
    }

    /// By what records expire, for tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{Clock, Datastore, Timestamp};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = std::env::temp_dir().join(format!("sessions-clock-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("sessions.db");
    /// let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    /// let datastore = Datastore::builder(&path).clock(clock.clone()).open()?;
    /// assert_eq!(datastore.path(), path);
    /// # drop(datastore);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok(()) }
    /// ```
    pub fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = clock;
        self
    }

    /// Opens the database, makes it where there is none, and brings its schema up to date.
    ///
    /// Any number of processes may do this at once. It blocks for some milliseconds, or for the busy time-out where
    /// another program holds a lock: call it before the server starts.
    ///
    /// # Errors
    ///
    /// Fails with a cure where the directory is missing, the file cannot be written, is no database, belongs to another
    /// program, or has the schema of a newer version; and where the file system cannot keep a write-ahead log.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::Datastore;
    ///
    /// let err = Datastore::builder("/no/such/directory/sessions.db").open().unwrap_err();
    /// assert!(err.is_configuration());
    /// assert!(err.to_string().contains("create the directory"));
    /// ```
    pub fn open(self) -> Result<Datastore, SessionError> {
        self.settled()
            .and_then(Datastore::with)
            .map_err(Failure::into_error)
    }

    pub(super) fn settled(self) -> Result<Settings> {
        let Self { path, mut settings } = self;
        if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
            return Err(Failure::configuration(
                "a datastore needs the path of a file; for sessions that may be lost, use the backend `Memory`",
            ));
        }
        settings.path = std::path::absolute(&path).map_err(|err| {
            Failure::configuration(
                "the path of the session database has no meaning here: give an absolute one",
            )
            .because(err)
        })?;
        Ok(settings)
    }
}

impl fmt::Debug for DatastoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatastoreBuilder")
            .field("path", &self.path)
            .field("synchronous", &self.settings.synchronous)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R9
    #[test]
    fn memory_is_never_taken_for_a_file() {
        for path in ["", ":memory:"] {
            let err = DatastoreBuilder::new(Path::new(path)).open().unwrap_err();
            assert!(err.is_configuration(), "{err:?}");
            assert!(err.to_string().contains("`Memory`"), "{err:?}");
        }
    }

    /// S62
    #[test]
    fn bounds_are_at_least_one() {
        let builder = DatastoreBuilder::new(Path::new("sessions.db"))
            .queue(0)
            .read_connections(0)
            .purge_batch(0);
        let settings = builder.settings;
        assert_eq!(
            (settings.queue, settings.read_connections, settings.purge_batch),
            (1, 1, 1)
        );
    }
}
