//! Locks: an item with the owner's token, which expires with the lease.
//!
//! They keep requests from disturbing each other. What must hold does not hang on them: where memcached loses a lock,
//! writes still compare versions.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use super::Memcache;
use super::backend::version;
use super::failure::Cause;
use super::life::Life;
use super::reply::Status;
use super::wire::{Command, Key};
use crate::backend::{Acquire, LockToken};
use crate::error::SessionError;
use crate::id::StoreKey;

/// Memcached tells nobody that an item went, so waiters look again: soon at first, and less often while it lasts.
const FIRST_LOOK: Duration = Duration::from_millis(4);
const LAST_LOOK: Duration = Duration::from_millis(50);

/// What one look at a lock found.
enum Look {
    Taken,
    Held,
    /// It went between two commands.
    Changed,
}

pub(super) async fn acquire(
    memcache: &Memcache,
    key: &StoreKey,
    owner: &LockToken,
    lease: Duration,
    wait: Duration,
) -> Result<Acquire, SessionError> {
    let end = Instant::now().checked_add(wait);
    let (life, mut pause) = (Life::lasting(lease), FIRST_LOOK);
    loop {
        // Made before the look, so that a release in this process between the two is not missed.
        let released = memcache.shared.released.notified();
        match look(memcache, key, owner, life).await? {
            Look::Taken => return Ok(Acquire::Acquired),
            Look::Changed => continue,
            Look::Held => {}
        }
        let now = Instant::now();
        if end.is_some_and(|end| now >= end) {
            return Ok(Acquire::TimedOut);
        }
        let until = end.map_or(now + pause, |end| end.min(now + pause));
        // Woken or not, the lock decides what comes next.
        let _ = timeout_at(until, released).await;
        pause = (pause * 2).min(LAST_LOOK);
    }
}

async fn look(
    memcache: &Memcache,
    key: &StoreKey,
    owner: &LockToken,
    life: Life,
) -> Result<Look, SessionError> {
    let (node, token) = (memcache.node(key), owner.as_bytes());
    let lock = Key::lock(&memcache.shared.options.prefix, key);
    let unexpected = || Err(node.failure(Cause::Unexpected));
    match node.ask(&lock, Command::Create(life, token)).await?.status {
        Status::Done => return Ok(Look::Taken),
        Status::NotStored => {}
        _ => return unexpected(),
    }
    let held = node.ask(&lock, Command::Load).await?;
    match held.status {
        Status::Missing => return Ok(Look::Changed),
        Status::Value if held.data[..] != token[..] => return Ok(Look::Held),
        Status::Value => {}
        _ => return unexpected(),
    }
    // The owner's own lock, for a new lease.
    match node
        .ask(&lock, Command::Replace(version(node, &held)?, life, token))
        .await?
        .status
    {
        Status::Done => Ok(Look::Taken),
        Status::Exists | Status::NotFound => Ok(Look::Changed),
        _ => unexpected(),
    }
}

/// Sends the release off by a task of its own. What goes wrong there is made good by the end of the lease.
pub(super) fn release(memcache: &Memcache, key: StoreKey, owner: LockToken) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    let memcache = memcache.clone();
    runtime.spawn(async move {
        match give_back(&memcache, &key, &owner).await {
            Ok(()) => memcache.shared.released.notify_waiters(),
            Err(err) => tracing::debug!(error = ?err, "a lock stays until its lease is over"),
        }
    });
}

/// Deletes the lock in exactly the version that has the owner's token, so that nobody else's goes.
async fn give_back(memcache: &Memcache, key: &StoreKey, owner: &LockToken) -> Result<(), SessionError> {
    let (node, lock) = (
        memcache.node(key),
        Key::lock(&memcache.shared.options.prefix, key),
    );
    let held = node.ask(&lock, Command::Load).await?;
    if held.status == Status::Value && held.data[..] == owner.as_bytes()[..] {
        let version = version(node, &held)?;
        // Somebody else's meanwhile: all the same.
        let _ = node.ask(&lock, Command::Delete(Some(version))).await?;
    }
    Ok(())
}
