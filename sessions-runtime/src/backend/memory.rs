//! Sessions in the memory of this process: the reference implementation of the contract.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::{
    Acquire, Backend, BackendFuture, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace,
    Touch, Version,
};
use crate::clock::{Clock, Timestamp};
use crate::id::StoreKey;

/// A waiter looks again after this time at the latest, because nobody tells it that a lease has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Sessions in the memory of this process, for tests, for development and for what may be lost.
///
/// Clones share their records, so one value serves all workers of a server. It does everything that a backend can do:
/// purging, the principal index and locks.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{Backend, Memory, NewRecord, StoreKey, Timestamp};
///
/// # #[actix_web::main] async fn main() -> Result<(), sessions_runtime::SessionError> {
/// let memory = Memory::new();
/// let record = NewRecord { data: "data".into(), expiry: Timestamp::from_unix(u64::MAX), principal: None };
/// memory.clone().create(&StoreKey::from_bytes([7; 32]), record).await?;
/// assert_eq!(memory.len(), 1);
/// # Ok(()) }
/// ```
///
/// # Limitations
///
/// Records do not survive the process, and no other process sees them. Expired ones are never found; each new record
/// takes two of them away, and [`purge_expired`](Backend::purge_expired) all at once.
#[derive(Clone)]
pub struct Memory {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    /// Never held across an await: each call takes it once, which makes the call one atomic step.
    state: Mutex<State>,
    unlocked: Notify,
}

/// # Internal invariant
///
/// `expiries` and `principals` hold exactly what `records` say. `last_version` only grows.
#[derive(Default)]
struct State {
    records: HashMap<StoreKey, Record>,
    expiries: BTreeSet<(Timestamp, StoreKey)>,
    principals: HashMap<String, BTreeSet<StoreKey>>,
    locks: HashMap<StoreKey, Lock>,
    /// One counter for all keys, so that a version never comes back, also after a delete.
    last_version: u64,
}

struct Lock {
    owner: LockToken,
    until: Timestamp,
}

impl Memory {
    /// An empty store.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::Memory::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::with_clock(Clock::system())
    }

    /// An empty store whose records expire by this clock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use sessions_runtime::{Backend, Clock, Memory, NewRecord, StoreKey, Timestamp};
    ///
    /// # #[actix_web::main] async fn main() -> Result<(), sessions_runtime::SessionError> {
    /// let clock = Clock::manual(Timestamp::from_unix(1_000));
    /// let memory = Memory::with_clock(clock.clone());
    /// let (key, expiry) = (StoreKey::from_bytes([7; 32]), Timestamp::from_unix(1_060));
    /// memory.create(&key, NewRecord { data: "data".into(), expiry, principal: None }).await?;
    ///
    /// clock.advance(Duration::from_secs(61));
    /// assert_eq!(memory.load(&key).await?, None);
    /// # Ok(()) }
    /// ```
    pub fn with_clock(clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                state: Mutex::default(),
                unlocked: Notify::new(),
            }),
        }
    }

    /// How many records are kept, with expired ones that nobody has purged yet.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::Memory::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.state().records.len()
    }

    /// Whether no record is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::Memory::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All records that are kept, sorted by key, with expired ones that nobody has purged yet.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(sessions_runtime::Memory::new().dump().is_empty());
    /// ```
    #[cfg(feature = "testing")]
    pub fn dump(&self) -> Vec<(StoreKey, Record)> {
        let mut all: Vec<_> = self
            .state()
            .records
            .iter()
            .map(|(key, record)| (*key, record.clone()))
            .collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// No call leaves the state half changed, so a panic in another thread is no reason to refuse.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one call as one atomic step.
    fn step<'a, T>(
        &'a self,
        call: impl FnOnce(&mut State, Timestamp) -> T + Send + 'a,
    ) -> BackendFuture<'a, T> {
        Box::pin(async move { Ok(call(&mut self.state(), self.shared.clock.now())) })
    }
}

impl State {
    /// The record of a key, unless it has expired.
    fn current(&self, key: &StoreKey, now: Timestamp) -> Option<&Record> {
        self.records.get(key).filter(|record| now <= record.expiry)
    }

    fn put(&mut self, key: StoreKey, record: NewRecord) -> Version {
        self.take(&key);
        self.last_version += 1;
        let version = Version::new(self.last_version);
        let NewRecord {
            data,
            expiry,
            principal,
        } = record;
        self.expiries.insert((expiry, key));
        if let Some(principal) = &principal {
            self.principals.entry(principal.clone()).or_default().insert(key);
        }
        self.records.insert(
            key,
            Record {
                data,
                version,
                expiry,
                principal,
            },
        );
        version
    }

    fn take(&mut self, key: &StoreKey) {
        let Some(record) = self.records.remove(key) else {
            return;
        };
        self.expiries.remove(&(record.expiry, *key));
        if let Some(principal) = record.principal
            && let Some(keys) = self.principals.get_mut(&principal)
        {
            keys.remove(key);
            if keys.is_empty() {
                self.principals.remove(&principal);
            }
        }
    }

    /// Takes expired records away, the oldest first.
    fn purge(&mut self, now: Timestamp, limit: usize) -> usize {
        let mut purged = 0;
        while purged < limit
            && let Some((_, key)) = self.expiries.first().copied().filter(|(expiry, _)| *expiry < now)
        {
            self.take(&key);
            purged += 1;
        }
        purged
    }

    fn acquire(&mut self, key: &StoreKey, owner: &LockToken, now: Timestamp, lease: Duration) -> bool {
        if self
            .locks
            .get(key)
            .is_some_and(|lock| lock.owner != *owner && now <= lock.until)
        {
            return false;
        }
        self.locks.insert(
            *key,
            Lock {
                owner: *owner,
                until: now.after(lease),
            },
        );
        true
    }
}

impl Backend for Memory {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        self.step(move |state, now| state.current(key, now).cloned())
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        self.step(move |state, now| {
            if state.current(key, now).is_some() {
                return Create::Exists;
            }
            // Each new record takes two expired ones away, so that a process that never purges does not fill up.
            state.purge(now, 2);
            Create::Created(state.put(*key, record))
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        self.step(move |state, now| match state.current(key, now) {
            None => Replace::Gone,
            Some(current) if current.version != expected => Replace::Conflict,
            Some(_) => Replace::Replaced(state.put(*key, record)),
        })
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        self.step(move |state, now| {
            let State {
                records, expiries, ..
            } = state;
            let Some(record) = records.get_mut(key).filter(|record| now <= record.expiry) else {
                return Touch::Gone;
            };
            expiries.remove(&(record.expiry, *key));
            expiries.insert((expiry, *key));
            record.expiry = expiry;
            Touch::Done
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        self.step(move |state, now| match state.current(key, now) {
            None => Delete::Gone,
            Some(current) if expected.is_some_and(|expected| expected != current.version) => Delete::Conflict,
            Some(_) => {
                state.take(key);
                Delete::Deleted
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().purge(true).principals(true).locks(true)
    }

    fn purge_expired(&self, limit: usize) -> BackendFuture<'_, usize> {
        self.step(move |state, now| state.purge(now, limit))
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        self.step(move |state, now| {
            let keys = state.principals.get(principal).into_iter().flatten();
            keys.filter(|key| state.current(key, now).is_some())
                .copied()
                .collect()
        })
    }

    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        Box::pin(async move {
            let end = Instant::now() + wait;
            loop {
                // Made before the look at the lock, so that an unlock between the two is not missed.
                let unlocked = self.shared.unlocked.notified();
                if self.state().acquire(key, owner, self.shared.clock.now(), lease) {
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
        let mut state = self.state();
        if state.locks.get(key).is_some_and(|lock| lock.owner == *owner) {
            state.locks.remove(key);
            drop(state);
            self.shared.unlocked.notify_waiters();
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows how many records there are, not which.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
