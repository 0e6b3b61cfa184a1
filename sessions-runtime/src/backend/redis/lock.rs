//! Locks: a key with the owner's token and the end of the lease.
//!
//! They keep requests from disturbing each other. What must hold does not hang on them: where Redis loses a lock, writes
//! still compare versions.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use super::scripts::{CONFLICT, DONE};
use super::{Redis, frame};
use crate::backend::backoff::jitter;
use crate::backend::{Acquire, LockToken};
use crate::error::SessionError;
use crate::id::StoreKey;

/// Nobody is told that a key went, so waiters look again: soon at first, and less often while it lasts. The times differ
/// at random, so that the waiters of many processes do not all look together.
const FIRST_LOOK: Duration = Duration::from_millis(4);
const LAST_LOOK: Duration = Duration::from_millis(50);

fn name(redis: &Redis, key: &StoreKey) -> String {
    [&*redis.shared.options.prefix, ":lock:", &key.to_text()].concat()
}

pub(super) async fn acquire(
    redis: &Redis,
    key: &StoreKey,
    owner: &LockToken,
    lease: Duration,
    wait: Duration,
) -> Result<Acquire, SessionError> {
    let end = Instant::now().checked_add(wait);
    let (name, mut pause) = (name(redis, key), FIRST_LOOK);
    loop {
        // Made before the look, so that a release in this process between the two is not missed.
        let released = redis.shared.released.notified();
        if look(redis, &name, owner, lease).await? {
            return Ok(Acquire::Acquired);
        }
        let now = Instant::now();
        if end.is_some_and(|end| now >= end) {
            return Ok(Acquire::TimedOut);
        }
        let look = now + pause.mul_f64(jitter());
        let until = end.map_or(look, |end| end.min(look));
        // Woken or not, the lock decides what comes next.
        let _ = timeout_at(until, released).await;
        pause = (pause * 2).min(LAST_LOOK);
    }
}

/// Takes the lock if it is free or the owner's already.
async fn look(redis: &Redis, name: &str, owner: &LockToken, lease: Duration) -> Result<bool, SessionError> {
    let now = redis.now();
    let until = now.after(lease);
    let value = [&owner.as_bytes()[..], &frame::moment(until)].concat();
    let mut script = redis.shared.scripts.lock.prepare_invoke();
    script
        .key(name)
        .arg(value)
        .arg(now.unix())
        .arg(frame::keep(until, now));
    match redis.run(&script).await? {
        DONE => Ok(true),
        CONFLICT => Ok(false),
        _ => redis.unexpected(),
    }
}

/// Sends the release off by a task of its own. What goes wrong there is made good by the end of the lease.
pub(super) fn release(redis: &Redis, key: StoreKey, owner: LockToken) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    let redis = redis.clone();
    runtime.spawn(async move {
        let mut script = redis.shared.scripts.unlock.prepare_invoke();
        script.key(name(&redis, &key)).arg(&owner.as_bytes()[..]);
        match redis.run(&script).await {
            Ok(_) => redis.shared.released.notify_waiters(),
            Err(err) => tracing::debug!(error = ?err, "a lock stays until its lease is over"),
        }
    });
}
