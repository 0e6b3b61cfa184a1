//! Sessions in an SQLite file.

mod failure;
mod file;
mod presence;
mod queue;
mod readers;
mod reads;
mod schema;
mod settings;
mod versions;
mod writer;
mod writes;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use self::failure::Failure;
use self::presence::Presence;
use self::queue::Queue;
use self::readers::Readers;
use self::settings::Settings;
pub use self::settings::{DatastoreBuilder, Synchronous};
use self::writer::Writer;
use self::writes::{
    CreateRecord, DeleteRecord, PurgeRecords, ReleaseLock, ReplaceRecord, TakeLock, TouchRecord, seconds,
};
use super::{
    Acquire, Backend, BackendFuture, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace,
    Touch, Version,
};
use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::id::StoreKey;

/// A waiter looks again after this time at the latest, because nobody tells it what other processes do.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Sessions in an SQLite file: they survive restarts, and need no server.
///
/// For one machine, with any number of processes that open the same file. Clones share one writer, so one value serves
/// all workers of a server. Needs the feature `datastore`, or `datastore-bundled`, which compiles SQLite in.
///
/// - **Writes** of all workers go to one thread, which commits together what came in while the last commit reached the
///   disk: no worker waits for a lock, and no transaction is open while a handler runs.
/// - **Reads** take some microseconds on the worker's own connection. What would have to wait is handed over to a small
///   pool on blocking threads.
/// - **Expired records** do not exist for any call, and are taken off the disk in batches between the writes.
///
/// [`open`](Self::open) makes the file or brings it up to date, also where several processes start at once;
/// [`builder`](Self::builder) has the settings, all with bounded defaults: see the table at [`DatastoreBuilder`].
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Datastore, SecretKey, Sessions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("sessions-datastore-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("sessions.db");
/// let sessions = Sessions::builder()
///     .secret_key(SecretKey::from_bytes(b"Zt7#kq1LmW9!vB4xGd2$yHs8@rNf5&cJ")?)
///     .backend("datastore", Datastore::open(&path)?)
///     .build()?;
/// assert!(path.exists());
/// # drop(sessions);
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(()) }
/// ```
///
/// # Durability
///
/// With [`Synchronous::Full`], the default, what was answered is on the disk. With [`Synchronous::Normal`] saves are
/// about twice as fast, and a loss of power takes the last of them back, sign-outs included; a crash of the process
/// still loses nothing, and the file stays sound. Both suppose that the disk does what it says.
///
/// # Limitations
///
/// - One machine: SQLite's log does not work on network file systems. When one machine is no longer enough, another
///   backend takes the role `datastore`, and no handler changes.
/// - Two files lie beside the database while it is open, `-wal` and `-shm`. They belong together: move, copy or remove
///   all three, and only while nothing has them open. `VACUUM INTO` makes a copy at any time.
/// - Expired records are purged in the writer's pauses, and amid writes one for each that is written, so that a purge of
///   a million is not noticed by those who use the site. Until then they take up space and nothing else.
/// - The log grows to about 64 MB under writes without a pause. The file does not shrink by itself; the space of what
///   was purged is used again, and `VACUUM` gives it back.
/// - A file that is deleted, moved or replaced while it is open is an error from then on, within a second, until it is
///   back or the program starts again; what was written in between is lost with the file.
/// - The last handle that is dropped waits until the writer has done what is queued. Threads that have read keep the
///   file open for reading until they end.
/// - Calls need a Tokio runtime with time, which actix-web's is.
///
/// # Security
///
/// The file has hashes of ids, and the sessions' values as they are: nothing in it works as a cookie, but whoever can
/// read it reads the values. A new file has rights for its owner only.
#[derive(Clone)]
pub struct Datastore {
    shared: Arc<Shared>,
}

struct Shared {
    /// Dropped first, so that the writer has ended when the last handle is gone.
    queue: Queue,
    readers: Readers,
    settings: Arc<Settings>,
    unlocked: Arc<Notify>,
}

impl Datastore {
    /// Opens a file with the usual settings, and makes it where there is none. It blocks for some milliseconds: call it
    /// before the server starts.
    ///
    /// # Errors
    ///
    /// As [`DatastoreBuilder::open`].
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{Backend, Datastore, NewRecord, StoreKey, Timestamp};
    ///
    /// # #[actix_web::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = std::env::temp_dir().join(format!("sessions-open-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("sessions.db");
    /// let (key, end) = (StoreKey::from_bytes([7; 32]), Timestamp::from_unix(u64::MAX));
    /// let datastore = Datastore::open(&path)?;
    /// datastore.create(&key, NewRecord { data: "data".into(), expiry: end, principal: None }).await?;
    /// drop(datastore);
    ///
    /// let datastore = Datastore::open(&path)?;
    /// assert_eq!(datastore.load(&key).await?.map(|record| record.data), Some("data".into()));
    /// # drop(datastore);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok(()) }
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SessionError> {
        Self::builder(path).open()
    }

    /// The settings of a datastore.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn builder(path: impl AsRef<Path>) -> DatastoreBuilder {
        DatastoreBuilder::new(path.as_ref())
    }

    /// Where the file lies, as an absolute path.
    ///
    /// # Examples
    ///
    /// See [`DatastoreBuilder`].
    pub fn path(&self) -> &Path {
        &self.shared.settings.path
    }

    fn with(settings: Settings) -> failure::Result<Self> {
        let settings = Arc::new(settings);
        let connection = file::for_writing(&settings)?;
        let presence = Arc::new(Presence::of(&settings.path)?);
        let writer = Writer::new(settings.clone(), presence.clone(), connection);
        let queue = Queue::start(settings.queue, settings.timeout, move |queue| writer.run(&queue))?;
        Ok(Self {
            shared: Arc::new(Shared {
                queue,
                readers: Readers::new(settings.clone(), presence),
                settings,
                unlocked: Arc::default(),
            }),
        })
    }

    fn now(&self) -> i64 {
        seconds(self.shared.settings.clock.now())
    }

    /// Queues a write, when the future is polled first.
    fn write<W: writes::Write>(&self, write: W) -> BackendFuture<'_, W::Answer> {
        answer(async move { self.shared.queue.write(write).await })
    }
}

impl Backend for Datastore {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        answer(async move {
            self.shared.queue.settle().await;
            let (key, now) = (*key, self.now());
            let read = move |connection: &_| reads::record(connection, &key, now);
            self.shared.readers.read(read).await
        })
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        self.write(CreateRecord { key: *key, record })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        self.write(ReplaceRecord {
            key: *key,
            expected,
            record,
        })
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        self.write(TouchRecord { key: *key, expiry })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        self.write(DeleteRecord { key: *key, expected })
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().purge(true).principals(true).locks(true)
    }

    /// In batches, each of which is a write like others: live ones wait for one batch at most. Dropped, it stops after
    /// the present one.
    fn purge_expired(&self, limit: usize) -> BackendFuture<'_, usize> {
        answer(async move {
            let Shared {
                queue,
                readers,
                settings,
                ..
            } = &*self.shared;
            let (mut purged, mut last) = (0, None);
            while purged < limit {
                let (most, now) = (settings.purge_batch.min(limit - purged), self.now());
                let find = move |connection: &_| reads::expired(connection, last, most, now);
                let found = readers.read_pooled(find).await?;
                let keys = found.iter().map(|expired| expired.key).collect();
                purged += queue.write(PurgeRecords { keys }).await?;
                if found.len() < most {
                    break;
                }
                last = found.last().copied();
            }
            Ok(purged)
        })
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        answer(async move {
            self.shared.queue.settle().await;
            let (principal, now) = (principal.to_owned(), self.now());
            let read = move |connection: &_| reads::keys_of(connection, &principal, now);
            // There may be many: not for a worker.
            self.shared.readers.read_pooled(read).await
        })
    }

    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        answer(async move {
            let (key, owner, end) = (*key, *owner, Instant::now() + wait);
            loop {
                // Made before the look at the lock, so that an unlock between the two is not missed.
                let unlocked = self.shared.unlocked.notified();
                if self.shared.queue.write(TakeLock { key, owner, lease }).await? {
                    return Ok(Acquire::Acquired);
                }
                let now = Instant::now();
                if now >= end {
                    return Ok(Acquire::TimedOut);
                }
                // Woken or timed out, the lock decides what comes next.
                drop(timeout_at(end.min(now + LOOK_AGAIN), unlocked).await);
            }
        })
    }

    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        let release = ReleaseLock {
            key: *key,
            owner: *owner,
            released: self.shared.unlocked.clone(),
        };
        if let Err(failure) = self.shared.queue.push(release) {
            tracing::warn!(%failure, "a lock is not released before its lease is over");
        }
    }
}

/// The future of a call.
fn answer<'a, T>(call: impl Future<Output = failure::Result<T>> + Send + 'a) -> BackendFuture<'a, T> {
    Box::pin(async move { call.await.map_err(Failure::into_error) })
}

/// Shows where the file lies, which is no secret.
impl fmt::Debug for Datastore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datastore")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
