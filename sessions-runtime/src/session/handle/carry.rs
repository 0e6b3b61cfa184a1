//! What each call of a handle does: finding the session, carrying a change through, and noting what it saw.

use super::SessionHandle;
use super::link::{Missing, Seen, Told};
use crate::clock::Timestamp;
use crate::error::SessionError;
use crate::id::StoreKey;
use crate::protocol::{self, Changed, Held};
use crate::record::Live;
use crate::session::state::terms;
use crate::session::{LockGuard, Phase, Session};

/// How often a handle takes the lock of a session that others renew meanwhile.
const LOCKS: usize = 8;

/// A session that a call has found.
pub(super) struct Found {
    pub(super) held: Held,
    /// What a function may see of it.
    pub(super) live: Live,
    /// Held until the call has ended.
    pub(super) lock: Option<LockGuard>,
}

impl SessionHandle {
    pub(super) async fn try_update<R>(
        &self,
        seen: Seen,
        change: impl Fn(&Session) -> Result<R, SessionError>,
    ) -> Result<(R, &'static str), SessionError> {
        let now = self.now();
        let key = seen.key;
        let Found {
            held,
            live,
            lock: _lock,
        } = self.find(seen, now).await?;
        let terms = terms(&self.sessions, &self.definition, self.rules, now);
        let mut answer = None;
        let changed = protocol::change(&*self.backend, held, live, &terms, |held, seen| {
            let (given, edits) = self.apart(held, seen, Phase::Open, &change)?;
            answer = Some(given);
            Ok(edits)
        });
        let (held, live, fate) = match changed.await? {
            Changed::Unchanged(held, live) => {
                self.touch(&held, now).await;
                (held, live, "unchanged")
            }
            Changed::Saved(held, live) if held.crossed => (held, live, "merged into a renewed session"),
            Changed::Saved(held, live) => (held, live, "saved"),
            Changed::Ended => return Err(self.ended(key)),
        };
        self.know(key, &held, live);
        // The function has run, or nothing could be saved.
        answer.map_or_else(|| Err(self.ended(key)), |answer| Ok((answer, fate)))
    }

    /// What the handle knows of the session, once its request has saved it.
    pub(super) async fn seen(&self) -> Result<Seen, SessionError> {
        let seen = self.link.seen().await;
        seen.map_err(|missing| {
            tracing::debug!(session = %self.name(), missing = ?missing, "the session of a handle is not there");
            missing.error(self.name())
        })
    }

    /// Finds the session again, wherever it moved, and locks it where that is its rule.
    pub(super) async fn find(&self, seen: Seen, now: Timestamp) -> Result<Found, SessionError> {
        let mut key = seen.key;
        for _ in 0..LOCKS {
            let lock = if self.rules.lock {
                Some(LockGuard::acquire(&self.sessions, &self.definition, key).await?)
            } else {
                None
            };
            let found = protocol::follow(&*self.backend, key, now).await?;
            let Some(mut held) = found.filter(|held| !self.definition.is_over(&held.live, now)) else {
                return Err(self.ended(seen.key));
            };
            held.crossed |= seen.crossed || key != seen.key;
            if lock.is_some() && held.key != key {
                // The lock is that of a record which points elsewhere by now.
                key = held.key;
                continue;
            }
            let mut live = seen.live;
            protocol::look(&mut live, &held);
            return Ok(Found { held, live, lock });
        }
        Err(SessionError::busy(
            "the session was renewed each time its handle had got the lock",
        ))
    }

    pub(super) fn know(&self, key: StoreKey, held: &Held, live: Live) {
        let seen = Seen {
            key: held.key,
            live,
            crossed: held.crossed,
        };
        self.link.found(key, Told::Seen(Box::new(seen)));
    }

    fn ended(&self, key: StoreKey) -> SessionError {
        self.link.found(key, Told::Missing(Missing::Ended));
        Missing::Ended.error(self.name())
    }

    /// The use of a handle is a use of the session; that it could not be noted must not fail it.
    pub(super) async fn touch(&self, held: &Held, now: Timestamp) {
        let terms = terms(&self.sessions, &self.definition, self.rules, now);
        if let Err(err) = protocol::touch(&*self.backend, held, &terms).await {
            tracing::warn!(session = %self.name(), error = %err, "the session's idle time-out was not extended");
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.sessions.registry().clock.now()
    }

    /// One debug line a call that changes something, as a request has one.
    pub(super) fn log(&self, key: StoreKey, fate: Result<&str, &SessionError>) {
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let mark = self.sessions.registry().mark(&key);
        let told = format!("{} ({}) {mark}", self.definition.name, self.definition.backend);
        match fate {
            Ok(fate) => tracing::debug!(session = %told, fate, "a session changed through its handle"),
            Err(err) => tracing::debug!(session = %told, fate = ?err.kind(), "a session's handle failed"),
        }
    }
}
