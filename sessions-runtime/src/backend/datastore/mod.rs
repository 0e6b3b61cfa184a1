//! Sessions in an SQLite file.

mod failure;
mod file;
mod presence;
mod queue;
mod reads;
mod readers;
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

/// Sessions in an SQLite file of this machine.
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
    /// Opens a file with the usual settings.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SessionError> {
        Self::builder(path).open()
    }

    /// The settings of a datastore.
    pub fn builder(path: impl AsRef<Path>) -> DatastoreBuilder {
        DatastoreBuilder::new(path.as_ref())
    }

    /// Where the file lies.
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

    /// The future of a call.
    fn answer<'a, T>(
        &'a self,
        call: impl Future<Output = failure::Result<T>> + Send + 'a,
    ) -> BackendFuture<'a, T> {
        Box::pin(async move { call.await.map_err(Failure::into_error) })
    }

    /// Queues a write, when the future is polled first.
    fn write<W: writes::Write>(&self, write: W) -> BackendFuture<'_, W::Answer> {
        self.answer(async move { self.shared.queue.write(write).await })
    }
}

impl Backend for Datastore {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        self.answer(async move {
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
        self.answer(async move {
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
                let keys: Vec<_> = found.iter().map(|expired| expired.key).collect();
                if keys.is_empty() {
                    break;
                }
                last = found.last().copied();
                purged += queue.write(PurgeRecords { keys }).await?;
            }
            Ok(purged)
        })
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        self.answer(async move {
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
        self.answer(async move {
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

/// Shows where the file lies, which is no secret.
impl fmt::Debug for Datastore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datastore")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
