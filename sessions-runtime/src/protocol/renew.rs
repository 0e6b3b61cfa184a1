//! Giving a session a new id, in two phases: the old id stops working only after all of a request is saved.

use std::sync::Arc;
use std::time::Duration;

use super::edits::Edits;
use super::held::{ATTEMPTS, Held, Terms, Written, contended, follow, rejected};
use super::save::{Saved, create, replaying, update};
use crate::backend::{Backend, NewRecord, Replace};
use crate::error::SessionError;
use crate::id::StoreKey;
use crate::record::{self, Contents, Entries, Live};

/// How long a `moved` record is kept: as long as a request may take that loaded the session before it was renewed.
const FORWARDING: Duration = Duration::from_secs(60);

/// A renewal whose new record is there, while the old id still works.
pub(crate) struct Prepared {
    state: State,
}

enum State {
    Created(Box<Created>),
    /// Another renewal came first and the edits went into its session, which held `from` before.
    Merged {
        held: Held,
        from: Box<Entries>,
    },
    Ended,
}

struct Created {
    old: Held,
    new: Held,
    edits: Edits,
    seen: Entries,
}

/// How a renewal ended.
#[derive(Debug)]
pub(crate) enum Renewed {
    /// The session lies under the new key; the cookie gets the new id.
    Won(Held),
    /// Another renewal was faster and this request's edits went into its session, which held `from` before. No cookie:
    /// the id is the winner's.
    Merged { held: Held, from: Box<Entries> },
    /// Another request ended the session. The changes are dropped, and no cookie at all may be sent.
    Ended,
}

/// Phase one: writes the edited session under `key`.
///
/// # Errors
///
/// As [`save`](super::save).
pub(crate) async fn prepare(
    backend: &dyn Backend,
    key: StoreKey,
    held: Held,
    edits: &Edits,
    seen: &Entries,
    terms: &Terms,
) -> Result<Prepared, SessionError> {
    // Renewing what another request has renewed would hand its session to whoever holds the old id.
    let state = if held.crossed {
        State::of(update(backend, held, None, terms, replaying(edits, seen)).await?)
    } else {
        let live = edits.replay(&held.live, None)?;
        let new = create(backend, key, live, terms).await?;
        State::Created(Box::new(Created {
            old: held,
            new,
            edits: edits.clone(),
            seen: seen.clone(),
        }))
    };
    Ok(Prepared { state })
}

/// Phase two: makes the old record point to the new one. Explicit renewals have no window: the old id stops working now.
///
/// # Errors
///
/// As [`save`](super::save). Whether the old or the new id works is then unknown, and the response sends neither.
pub(crate) async fn commit(
    backend: &dyn Backend,
    prepared: Prepared,
    terms: &Terms,
) -> Result<Renewed, SessionError> {
    match prepared.state {
        State::Created(created) => created.commit(backend, terms).await,
        State::Merged { held, from } => Ok(Renewed::Merged { held, from }),
        State::Ended => Ok(Renewed::Ended),
    }
}

/// Instead of phase two: removes the new record, whose id nobody has. The old id goes on working.
///
/// # Errors
///
/// A failing backend. The new record then stays until it expires, and nobody can reach it.
pub(crate) async fn abandon(backend: &dyn Backend, prepared: Prepared) -> Result<(), SessionError> {
    match prepared.state {
        State::Created(created) => created.discard(backend).await,
        State::Merged { .. } | State::Ended => Ok(()),
    }
}

impl Created {
    async fn commit(mut self, backend: &dyn Backend, terms: &Terms) -> Result<Renewed, SessionError> {
        for _ in 0..ATTEMPTS {
            let moved = NewRecord {
                data: record::encode_moved(self.new.key, terms.now),
                expiry: terms.now.after(FORWARDING),
                principal: None,
            };
            // An error leaves both records: if the old one moved after all, deleting the new one would lose the session.
            match backend.replace(&self.old.key, self.old.version, moved).await? {
                Replace::Replaced(_) => return Ok(Renewed::Won(self.new)),
                Replace::Gone => return self.end(backend).await,
                Replace::Conflict if terms.reject => {
                    self.discard(backend).await?;
                    return Err(rejected());
                }
                Replace::Conflict => {}
            }
            let Some(current) = backend.load(&self.old.key).await? else {
                return self.end(backend).await;
            };
            match record::decode(&current.data)? {
                Contents::Live(live) if terms.now > live.deadline => return self.end(backend).await,
                Contents::Live(live) => {
                    self.old = Held {
                        version: current.version,
                        expiry: current.expiry,
                        live: Arc::new(live),
                        ..self.old
                    };
                    if !self.catch_up(backend, terms).await? {
                        return Ok(Renewed::Ended);
                    }
                }
                Contents::Moved { to, .. } => return self.lose(backend, to, terms).await,
            }
        }
        self.discard(backend).await?;
        Err(contended())
    }

    /// Brings the new record up to what the old one has become; `false` if the new one has been ended meanwhile, which
    /// only somebody can do who found it by its principal.
    async fn catch_up(&mut self, backend: &dyn Backend, terms: &Terms) -> Result<bool, SessionError> {
        let written = match self.edits.replay(&self.old.live, None) {
            Ok(live) => self.new.replace(backend, live, terms).await,
            Err(err) => Err(err),
        };
        match written {
            Ok(Written::Replaced(new)) => {
                self.new = new;
                Ok(true)
            }
            Ok(Written::Conflict | Written::Gone) => Ok(false),
            // The old id has not moved, so the new record is of no use; the error to tell is the first one.
            Err(err) => {
                drop(self.discard(backend).await);
                Err(err)
            }
        }
    }

    /// Another renewal was faster: its id is not ours to hand out, but our edits belong into its session.
    async fn lose(self, backend: &dyn Backend, to: StoreKey, terms: &Terms) -> Result<Renewed, SessionError> {
        self.discard(backend).await?;
        let Some(winner) = follow(backend, to, terms.now).await? else {
            return Ok(Renewed::Ended);
        };
        let winner = Held {
            crossed: true,
            ..winner
        };
        let before: Option<Arc<Live>> = Some(self.old.live);
        let change = replaying(&self.edits, &self.seen);
        let merged = update(backend, winner, before, terms, change).await?;
        Ok(match State::of(merged) {
            State::Merged { held, from } => Renewed::Merged { held, from },
            State::Ended | State::Created(_) => Renewed::Ended,
        })
    }

    async fn end(self, backend: &dyn Backend) -> Result<Renewed, SessionError> {
        self.discard(backend).await?;
        Ok(Renewed::Ended)
    }

    /// Whatever its version: nobody else knows the new id.
    async fn discard(&self, backend: &dyn Backend) -> Result<(), SessionError> {
        backend.delete(&self.new.key, None).await?;
        Ok(())
    }
}

impl State {
    fn of(saved: Saved) -> Self {
        match saved {
            Saved::Unchanged(held) | Saved::Saved(held) => Self::Merged {
                from: Box::new(held.live.entries.clone()),
                held,
            },
            Saved::Crossed { held, from } => Self::Merged { held, from },
            Saved::Ended => Self::Ended,
        }
    }
}
