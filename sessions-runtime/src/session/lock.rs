//! The lock of a session: taking it, and what it means for one that is open already.

use std::sync::Arc;
use std::time::Duration;

use super::lifecycle::Closing;
use super::{Origin, Session, Stored};
use crate::backend::{Acquire, Backend, LockToken};
use crate::clock::Timestamp;
use crate::config::{Definition, Place};
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::protocol::Held;
use crate::record::Live;
use crate::sessions::Sessions;

/// How long a lock lasts whose holder vanished.
const LEASE: Duration = Duration::from_secs(30);
/// How long a request waits for a lock.
const WAIT: Duration = Duration::from_secs(10);

/// A lock that is released when it is dropped, so that a cancelled request does not keep it.
pub(crate) struct LockGuard {
    backend: Arc<dyn Backend>,
    key: StoreKey,
    token: LockToken,
}

impl LockGuard {
    /// Waits for the lock of a record, which need not exist.
    pub(crate) async fn acquire(
        sessions: &Sessions,
        definition: &Definition,
        key: StoreKey,
    ) -> Result<Self, SessionError> {
        let Place::Server(backend) = &definition.place else {
            return Err(SessionError::new(
                ErrorKind::Unsupported,
                "a sealed cookie cannot be locked",
            ));
        };
        let token = LockToken::random(sessions.registry().entropy)?;
        // The guard exists before the lock is waited for, so that a cancelled wait releases what it may have got.
        let guard = Self {
            backend: backend.clone(),
            key,
            token,
        };
        match backend.lock(&guard.key, &guard.token, LEASE, WAIT).await? {
            Acquire::Acquired => Ok(guard),
            Acquire::TimedOut => Err(SessionError::new(
                ErrorKind::Locked,
                format!(
                    "session `{}` stayed locked by other requests for {} s",
                    definition.name,
                    WAIT.as_secs()
                ),
            )),
        }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        self.backend.unlock(&self.key, &self.token);
    }
}

impl Session {
    /// The record, if there is one and this request has not locked it.
    pub(crate) fn unlocked(&self) -> Option<Held> {
        match &self.inner.state.borrow().stored {
            Stored::Server(kept) if kept.lock.is_none() && !kept.gone => kept.held.clone(),
            _ => None,
        }
    }

    /// Keeps the lock for the rest of the request, and looks again at what it protects: the handler has to see what the
    /// holder before it saved. What this request did already is done again on top of that.
    ///
    /// # Security
    ///
    /// A session that was ended or renewed while this request waited is shown to it no more, as it would not be to one
    /// that arrives now.
    pub(crate) async fn locked(&self, guard: LockGuard, now: Timestamp) -> Result<(), SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else {
            return Ok(());
        };
        let held = match &mut self.inner.state.borrow_mut().stored {
            Stored::Server(kept) => {
                kept.lock = Some(guard);
                kept.held.clone()
            }
            Stored::Cookie(_) => None,
        };
        let Some(held) = held else { return Ok(()) };
        let Some(fresh) = held
            .refresh(&**backend, now)
            .await?
            .filter(|fresh| !fresh.crossed)
        else {
            self.ended();
            let mut state = self.inner.state.borrow_mut();
            state.live = Live::blank();
            state.origin = Origin::Unknown;
            state.fresh = true;
            return Ok(());
        };
        let edits = match &self.inner.state.borrow().stored {
            Stored::Server(kept) => kept.edits.clone(),
            Stored::Cookie(_) => return Ok(()),
        };
        // Functions given to `update` run again: user code, so without a borrow, and with the session closed to them.
        let closing = Closing::begin(self);
        let live = edits.replay(&fresh.live, None);
        drop(closing);
        let live = live?;
        let mut state = self.inner.state.borrow_mut();
        state.live = live;
        if let Stored::Server(kept) = &mut state.stored {
            kept.seen = fresh.live.entries.clone();
            kept.held = Some(fresh);
        }
        Ok(())
    }
}
