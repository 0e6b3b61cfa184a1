//! Locks: one owner at a time, for no longer than its lease. Where they are not declared, taking one is `Unsupported`.

use std::time::{Duration, Instant};

use actix_web::rt::spawn;

use super::kit::{LONG, absent, create, ensure, ensure_eq, key, record};
use super::{Fault, Fixture};
use crate::backend::{Acquire, Backend, Delete, LockToken};
use crate::entropy;
use crate::error::ErrorKind;
use crate::id::StoreKey;

/// Longer than any case takes.
const LEASE: Duration = Duration::from_secs(LONG);
/// How long an unlock that is sent in the background may take to arrive.
const SOON: Duration = Duration::from_secs(20);

/// Only one owner has the lock; it may take it again; nobody else releases it; it needs and hinders no record.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_lock_has_one_owner(fixture: Fixture) -> Result<(), Fault> {
    let (backend, there, key, other) = (fixture.backend(), fixture.second(), key()?, key()?);
    let (ann, ben) = (token()?, token()?);
    if undeclared(backend, &key, &ann).await? {
        return Ok(());
    }
    taken(backend, &key, &ann, "a free lock").await?;
    absent(backend, &key, "after `lock` of a key without a record").await?;
    refused(there, &key, &ben, "a lock that is taken").await?;
    there.unlock(&key, &ben);
    refused(there, &key, &ben, "a lock that somebody else tried to release").await?;
    taken(there, &other, &ben, "the lock of another key").await?;
    taken(backend, &key, &ann, "its own lock again").await?;
    create(there, &key, record("under the lock", fixture.after(LONG))).await?;
    ensure_eq!(
        there.delete(&key, None).await?,
        Delete::Deleted,
        "`delete` of a locked key's record"
    );
    refused(there, &key, &ben, "a lock after its record was deleted").await?;
    backend.unlock(&key, &ann);
    ensure_eq!(
        there.lock(&key, &ben, LEASE, SOON).await?,
        Acquire::Acquired,
        "`lock` after `unlock`"
    );
    refused(backend, &key, &ann, "a lock that was given back").await?;
    there.unlock(&key, &ben);
    there.unlock(&other, &ben);
    Ok(())
}

/// When its lease is over a lock is free, and the late holder does not release it for the next one.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_lock_is_free_after_its_lease(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, ann, ben) = (fixture.backend(), key()?, token()?, token()?);
    if undeclared(backend, &key, &ann).await? {
        return Ok(());
    }
    let lease = Duration::from_secs(1);
    let answer = backend.lock(&key, &ann, lease, Duration::ZERO).await?;
    ensure_eq!(answer, Acquire::Acquired, "`lock` of a free lock");
    fixture.pass(3).await;
    taken(backend, &key, &ben, "a lock whose lease is over").await?;
    backend.unlock(&key, &ann);
    refused(backend, &key, &ann, "a lock that a late holder tried to release").await?;
    backend.unlock(&key, &ben);
    Ok(())
}

/// A taken lock is waited for as long as asked, then `TimedOut`.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn waiting_for_a_lock_is_bounded(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, ann, ben) = (fixture.backend(), key()?, token()?, token()?);
    if undeclared(backend, &key, &ann).await? {
        return Ok(());
    }
    taken(backend, &key, &ann, "a free lock").await?;
    for wait in [Duration::ZERO, Duration::from_millis(200)] {
        let started = Instant::now();
        let answer = backend.lock(&key, &ben, LEASE, wait).await?;
        ensure_eq!(answer, Acquire::TimedOut, "`lock` of a lock that stays taken");
        let waited = started.elapsed();
        ensure!(
            waited >= wait,
            "`lock` gave up after {waited:?}, though it may wait for {wait:?}"
        );
        ensure!(
            waited < wait + Duration::from_secs(5),
            "`lock` waited for {waited:?} instead of {wait:?}"
        );
    }
    backend.unlock(&key, &ann);
    Ok(())
}

/// Whoever waits gets the lock when it is released: each of several, one after the other.
///
/// # Errors
///
/// What the backend did against the contract.
pub async fn a_waiter_gets_the_lock_once_it_is_free(fixture: Fixture) -> Result<(), Fault> {
    let (backend, key, holder) = (fixture.backend(), key()?, token()?);
    if undeclared(backend, &key, &holder).await? {
        return Ok(());
    }
    taken(backend, &key, &holder, "a free lock").await?;
    let mut waiters = Vec::new();
    for _ in 0..3 {
        let (backend, owner) = (fixture.second().clone(), token()?);
        waiters.push(spawn(async move {
            let answer = backend.lock(&key, &owner, LEASE, SOON).await;
            backend.unlock(&key, &owner);
            answer
        }));
    }
    // The waiters begin to wait.
    tokio::task::yield_now().await;
    backend.unlock(&key, &holder);
    for waiter in waiters {
        let answer = waiter.await.map_err(|_| Fault::new("`lock` panicked"))?;
        ensure_eq!(answer?, Acquire::Acquired, "`lock` of a waiter after `unlock`");
    }
    Ok(())
}

fn token() -> Result<LockToken, Fault> {
    Ok(LockToken::random(entropy::system)?)
}

async fn taken(backend: &dyn Backend, key: &StoreKey, owner: &LockToken, what: &str) -> Result<(), Fault> {
    let answer = backend.lock(key, owner, LEASE, Duration::ZERO).await?;
    ensure_eq!(answer, Acquire::Acquired, "`lock` of {what}");
    Ok(())
}

async fn refused(backend: &dyn Backend, key: &StoreKey, owner: &LockToken, what: &str) -> Result<(), Fault> {
    let answer = backend.lock(key, owner, LEASE, Duration::ZERO).await?;
    ensure_eq!(answer, Acquire::TimedOut, "`lock` of {what}");
    Ok(())
}

/// Whether there are no locks; checks that the backend says so.
async fn undeclared(backend: &dyn Backend, key: &StoreKey, owner: &LockToken) -> Result<bool, Fault> {
    if backend.capabilities().locks {
        return Ok(false);
    }
    match backend.lock(key, owner, LEASE, Duration::ZERO).await {
        Ok(_) => Err(Fault::new("`lock` gave an answer though `locks` is not declared")),
        Err(err) => {
            ensure_eq!(
                err.kind(),
                ErrorKind::Unsupported,
                "kind of the error of `lock` without locks"
            );
            Ok(true)
        }
    }
}
