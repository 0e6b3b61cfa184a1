//! A backend with one mistake, each of a sort that real ones make. Without a mistake it is memory.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sessions_runtime::{
    Acquire, Backend, BackendFuture, Capabilities, Clock, Create, Delete, LockToken, Memory, NewRecord,
    Record, Replace, SessionError, StoreKey, Timestamp, Touch, Version,
};
use tokio::task::yield_now;

use super::mistake::Mistake;

const ENDLESS: Timestamp = Timestamp::from_unix(u64::MAX);

#[derive(Clone)]
pub(super) struct Wrong {
    mistake: Mistake,
    memory: Memory,
    clock: Clock,
    shared: Arc<Mutex<Shared>>,
    /// Of this handle only.
    seen: Arc<Mutex<HashMap<StoreKey, Record>>>,
}

#[derive(Default)]
struct Shared {
    /// The true version behind each version that was given out, by its number.
    numbered: HashMap<StoreKey, Vec<Version>>,
    answers: VecDeque<Option<Record>>,
    principals: HashMap<StoreKey, String>,
    holders: HashMap<StoreKey, LockToken>,
}

impl Wrong {
    pub(super) fn new(mistake: Mistake, clock: Clock) -> Self {
        let memory = Memory::with_clock(clock.clone());
        Self {
            mistake,
            memory,
            clock,
            shared: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// Another handle to the same records.
    pub(super) fn second(&self) -> Self {
        Self {
            seen: Arc::default(),
            ..self.clone()
        }
    }

    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    fn key(&self, key: &StoreKey) -> StoreKey {
        let mut bytes = *key.as_bytes();
        if self.is(Mistake::ShortKeys) {
            bytes[31] = 0;
        }
        StoreKey::from_bytes(bytes)
    }

    fn expiry(&self, expiry: Timestamp) -> Timestamp {
        let now = self.clock.now();
        match self.mistake {
            Mistake::RoundedDown => Timestamp::from_unix(expiry.unix().saturating_sub(2)),
            Mistake::LongIsLongAgo if expiry.since(now) > Duration::from_secs(30 * 86_400) => {
                Timestamp::from_unix(0)
            }
            Mistake::NothingIsForever if expiry < now => ENDLESS,
            _ => expiry,
        }
    }

    fn record(&self, mut record: NewRecord) -> NewRecord {
        record.expiry = self.expiry(record.expiry);
        if self.is(Mistake::TextData) {
            record.data = String::from_utf8_lossy(&record.data).into_owned().into();
        }
        if self.is(Mistake::CutData) {
            record.data.truncate(1 << 20);
        }
        if self.is(Mistake::CaselessPrincipals) {
            record.principal = record.principal.map(|one| one.to_lowercase());
        }
        record
    }

    /// The version that is given out for a true one, which is the newest.
    fn give(&self, key: &StoreKey, version: Version) -> Version {
        if !self.is(Mistake::ReusedVersions) {
            return version;
        }
        let mut shared = self.shared();
        let numbers = shared.numbered.entry(*key).or_default();
        if !numbers.contains(&version) {
            numbers.push(version);
        }
        Version::new(numbers.iter().position(|one| *one == version).unwrap_or_default() as u64)
    }

    /// The true version behind one that was given out.
    fn meant(&self, key: &StoreKey, version: Version) -> Version {
        if !self.is(Mistake::ReusedVersions) {
            return version;
        }
        let place = usize::try_from(version.get()).unwrap_or(usize::MAX);
        let shared = self.shared();
        let known = shared.numbered.get(key).and_then(|numbers| numbers.get(place));
        known.copied().unwrap_or(Version::new(u64::MAX))
    }

    async fn present(&self, key: &StoreKey) -> Result<Option<Record>, SessionError> {
        if self.is(Mistake::ExpiredLoad) {
            let mut kept = self.memory.dump().into_iter();
            return Ok(kept.find(|(one, _)| one == key).map(|(_, record)| record));
        }
        self.memory.load(key).await
    }
}

impl Backend for Wrong {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        Box::pin(async move {
            let key = self.key(key);
            let found = self.present(&key).await?;
            match self.mistake {
                Mistake::AbsenceIsAnError if found.is_none() => Err(SessionError::backend("no such record")),
                Mistake::TornLoad => {
                    yield_now().await;
                    let (Some(mut first), Some(second)) = (found, self.memory.load(&key).await?) else {
                        return Ok(None);
                    };
                    let half = first.data.len().min(second.data.len()) / 2;
                    first.data = [&first.data[..half], &second.data[half..]].concat().into();
                    Ok(Some(first))
                }
                Mistake::MixedAnswers => {
                    self.shared().answers.push_back(found);
                    yield_now().await;
                    Ok(self.shared().answers.pop_front().flatten())
                }
                Mistake::CachingHandle => {
                    let mut seen = lock(&self.seen);
                    if let Some(record) = &found {
                        return Ok(Some(seen.entry(key).or_insert_with(|| record.clone()).clone()));
                    }
                    Ok(seen.get(&key).cloned())
                }
                _ => Ok(found.map(|mut record| {
                    record.version = self.give(&key, record.version);
                    record
                })),
            }
        })
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        Box::pin(async move {
            let (key, record) = (self.key(key), self.record(record));
            if let Some(principal) = &record.principal {
                self.shared()
                    .principals
                    .entry(key)
                    .or_insert_with(|| principal.clone());
            }
            match self.mistake {
                Mistake::OverwritingCreate => drop(self.memory.delete(&key, None).await?),
                Mistake::RacyCreate => {
                    if self.memory.load(&key).await?.is_some() {
                        return Ok(Create::Exists);
                    }
                    yield_now().await;
                    self.memory.delete(&key, None).await?;
                }
                _ => {}
            }
            let answer = self.memory.create(&key, record).await?;
            if let Create::Created(version) = answer {
                self.shared().numbered.remove(&key);
                return Ok(Create::Created(self.give(&key, version)));
            }
            Ok(answer)
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        new: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        Box::pin(async move {
            let (key, mut record) = (self.key(key), self.record(new));
            let mut expected = self.meant(&key, expected);
            let present = self.memory.load(&key).await?;
            match (self.mistake, &present) {
                (Mistake::UpsertingReplace | Mistake::LastWriteWins, Some(present)) => {
                    expected = present.version;
                }
                (Mistake::UpsertingReplace | Mistake::CreatingReplace, None) => {
                    if let Create::Created(version) = self.memory.create(&key, record).await? {
                        return Ok(Replace::Replaced(version));
                    }
                    return Ok(Replace::Conflict);
                }
                (Mistake::SwallowedConflict, Some(present)) if present.version != expected => {
                    return Ok(Replace::Replaced(expected));
                }
                (Mistake::RacyReplace, Some(present)) if present.version == expected => {
                    yield_now().await;
                    let now = self.memory.load(&key).await?;
                    expected = now.map_or(expected, |now| now.version);
                }
                (Mistake::ReplaceKeepsExpiry, Some(present)) => record.expiry = present.expiry,
                (Mistake::EqualBytesAreNoWrite, Some(present))
                    if present.version == expected && present.data == record.data =>
                {
                    return Ok(Replace::Replaced(expected));
                }
                _ => {}
            }
            Ok(match self.memory.replace(&key, expected, record).await? {
                Replace::Replaced(version) => Replace::Replaced(self.give(&key, version)),
                other => other,
            })
        })
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        Box::pin(async move {
            let (key, expiry) = (self.key(key), self.expiry(expiry));
            match self.mistake {
                Mistake::IdleTouch => return Ok(Touch::Done),
                Mistake::RewritingTouch | Mistake::VersioningTouch => {
                    let Some(Record {
                        data,
                        version,
                        principal,
                        ..
                    }) = self.memory.load(&key).await?
                    else {
                        return Ok(Touch::Gone);
                    };
                    let data = if self.is(Mistake::RewritingTouch) {
                        "an old copy".into()
                    } else {
                        data
                    };
                    let record = NewRecord {
                        data,
                        expiry,
                        principal,
                    };
                    self.memory.replace(&key, version, record).await?;
                    return Ok(Touch::Done);
                }
                Mistake::RevivingTouch if self.memory.load(&key).await?.is_none() => {
                    let data = "".into();
                    self.memory
                        .create(
                            &key,
                            NewRecord {
                                data,
                                expiry,
                                principal: None,
                            },
                        )
                        .await?;
                    return Ok(Touch::Done);
                }
                _ => {}
            }
            self.memory.touch(&key, expiry).await
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        Box::pin(async move {
            let key = self.key(key);
            let expected = expected.map(|version| self.meant(&key, version));
            let expected = expected.filter(|_| !self.is(Mistake::UnconditionalDelete));
            match self.mistake {
                Mistake::LazyDelete if self.memory.load(&key).await?.is_some() => Ok(Delete::Deleted),
                Mistake::EveryDeleteDeletes => Ok(match self.memory.delete(&key, expected).await? {
                    Delete::Gone => Delete::Deleted,
                    other => other,
                }),
                _ => self.memory.delete(&key, expected).await,
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }

    fn purge_expired(&self, limit: usize) -> BackendFuture<'_, usize> {
        Box::pin(async move {
            match self.mistake {
                Mistake::UnboundedPurge => self.memory.purge_expired(usize::MAX).await,
                Mistake::MiscountedPurge => {
                    let removed = self.memory.purge_expired(limit).await?;
                    Ok((removed + 1).min(limit - 1))
                }
                _ => self.memory.purge_expired(limit).await,
            }
        })
    }

    fn keys_of<'a>(&'a self, principal: &'a str) -> BackendFuture<'a, Vec<StoreKey>> {
        Box::pin(async move {
            match self.mistake {
                Mistake::NoIndex => Ok(Vec::new()),
                Mistake::CaselessPrincipals => self.memory.keys_of(&principal.to_lowercase()).await,
                Mistake::FirstPrincipal => {
                    let shared = self.shared();
                    Ok(shared
                        .principals
                        .iter()
                        .filter(|(_, one)| *one == principal)
                        .map(|(key, _)| *key)
                        .collect())
                }
                _ => self.memory.keys_of(principal).await,
            }
        })
    }

    fn lock<'a>(
        &'a self,
        key: &'a StoreKey,
        owner: &'a LockToken,
        lease: Duration,
        wait: Duration,
    ) -> BackendFuture<'a, Acquire> {
        let lease = if self.is(Mistake::EndlessLease) {
            Duration::MAX
        } else {
            lease
        };
        let wait = if self.is(Mistake::ImpatientLock) {
            Duration::ZERO
        } else {
            wait
        };
        Box::pin(async move {
            let answer = self.memory.lock(key, owner, lease, wait).await?;
            if answer == Acquire::Acquired {
                self.shared().holders.insert(*key, *owner);
            }
            Ok(answer)
        })
    }

    fn unlock(&self, key: &StoreKey, owner: &LockToken) {
        let holder = self.shared().holders.get(key).copied();
        let owner = holder
            .filter(|_| self.is(Mistake::AnybodyUnlocks))
            .unwrap_or(*owner);
        self.memory.unlock(key, &owner);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
