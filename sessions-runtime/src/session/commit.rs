//! Writing one session to its server, at the end or at `save`, in two phases.

use super::work::Work;
use super::{Kept, Session, State, Stored};
use crate::backend::Backend;
use crate::clock::Timestamp;
use crate::config::Place;
use crate::error::{ErrorKind, SessionError};
use crate::id::{SessionId, StoreKey};
use crate::protocol::{self, Edits, Held, Prepared, Renewed, Saved, Terms};
use crate::record::{Entries, Live};

/// What the first phase of a save leaves for the second, or for undoing.
#[derive(Default)]
pub(crate) struct Pending {
    /// A new id whose record exists, while the old id still works.
    renewal: Option<Box<(SessionId, Prepared)>>,
    /// A record this phase created.
    created: Option<Box<Held>>,
}

impl Session {
    /// Phase one on a server: creates or replaces the record; of a renewal, creates the new one only. Old ids and
    /// destroyed records stay until every session of the request is saved. The caller holds the turn, and has closed
    /// the session.
    pub(crate) async fn prepare(&self, now: Timestamp) -> Result<Pending, SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else {
            return Ok(Pending::default());
        };
        let backend = &**backend;
        let terms = self.inner.terms(now);
        // All but the most usual work is boxed, so that the future of a save stays small.
        match self.work(now)? {
            Work::Nothing => {}
            Work::Touch(key, expiry) => self.touched(backend.touch(&key, expiry).await.map(drop)),
            Work::Save(held, edits) => self.write_changes(backend, held, edits, &terms).await?,
            Work::Confirm(held) => Box::pin(self.confirm(backend, held, &terms)).await?,
            Work::Create(id, live, edits) => {
                return Box::pin(self.create(backend, id, live, edits, &terms)).await;
            }
            Work::Renew(held, edits, id) => {
                return Box::pin(self.prepare_renewal(backend, held, edits, id, &terms)).await;
            }
        }
        Ok(Pending::default())
    }

    async fn write_changes(
        &self,
        backend: &dyn Backend,
        held: Held,
        edits: Edits,
        terms: &Terms,
    ) -> Result<(), SessionError> {
        let (seen, crossed) = self.view();
        match protocol::save(backend, held, &edits, &seen, crossed, terms).await {
            Ok(Saved::Unchanged(held)) if held.crossed => {
                let from = held.live.entries.clone();
                self.with_kept(|live, kept| settle_crossed(live, kept, held, &from));
            }
            Ok(Saved::Unchanged(held)) => drop(self.with_kept(|live, kept| settle(live, kept, held))),
            Ok(Saved::Saved(held)) => {
                self.with_kept(|live, kept| settle(live, kept, held));
                self.note("saved");
            }
            Ok(Saved::Crossed { held, from }) => {
                self.with_kept(|live, kept| settle_crossed(live, kept, held, &from));
                self.note("saved");
            }
            Ok(Saved::Ended) => self.ended(),
            Err(err) => return Err(self.failed(edits, err)),
        }
        Ok(())
    }

    /// An id that has ended since must not be sent: it would take the place of the one that somebody has just signed in
    /// with.
    async fn confirm(&self, backend: &dyn Backend, held: Held, terms: &Terms) -> Result<(), SessionError> {
        match held.refresh(backend, terms.now).await? {
            None => self.ended(),
            Some(fresh) if fresh.crossed => drop(self.with_kept(|_, kept| kept.crossed = true)),
            Some(fresh) => self.touched(protocol::touch(backend, &fresh, terms).await),
        }
        Ok(())
    }

    async fn create(
        &self,
        backend: &dyn Backend,
        id: SessionId,
        live: Live,
        edits: Edits,
        terms: &Terms,
    ) -> Result<Pending, SessionError> {
        let held = match protocol::create(backend, self.key(&id), live, terms).await {
            Ok(held) => held,
            Err(err) => return Err(self.failed(edits, err)),
        };
        self.with_kept(|live, kept| {
            kept.id = Some(id);
            kept.owed = true;
            settle(live, kept, held.clone());
        });
        self.note("created");
        Ok(Pending {
            renewal: None,
            created: Some(Box::new(held)),
        })
    }

    async fn prepare_renewal(
        &self,
        backend: &dyn Backend,
        held: Held,
        edits: Edits,
        id: SessionId,
        terms: &Terms,
    ) -> Result<Pending, SessionError> {
        let (seen, _) = self.view();
        match protocol::prepare(backend, self.key(&id), held, &edits, &seen, terms).await {
            Ok(prepared) => Ok(Pending {
                renewal: Some(Box::new((id, prepared))),
                created: None,
            }),
            Err(err) => Err(self.failed(edits, err)),
        }
    }

    fn key(&self, id: &SessionId) -> StoreKey {
        self.inner
            .definition
            .key(&self.inner.sessions.registry().namespace, id)
    }

    /// The session was read, so its life goes on; that it could not be noted must not fail the page.
    fn touched(&self, touched: Result<(), SessionError>) {
        if let Err(err) = touched {
            tracing::warn!(session = %self.name(), error = %err, "the session's idle time-out was not extended");
        }
    }

    /// Notes a failed write: what is known not to have happened may be tried again, by the handler or at the end.
    fn failed(&self, edits: Edits, err: SessionError) -> SessionError {
        let unknown = matches!(err.kind(), ErrorKind::Unavailable | ErrorKind::Backend);
        self.with_kept(|_, kept| {
            kept.edits = edits;
            kept.unsettled = unknown.then_some(err.kind());
        });
        err
    }

    /// Whether [`finish`](Self::finish) has anything to do.
    pub(crate) fn has_second_phase(&self, pending: &Pending) -> bool {
        pending.renewal.is_some()
            || matches!(&self.inner.state.borrow().stored, Stored::Server(kept) if !kept.ended.is_empty())
    }

    /// Phase two: the old id of a renewal stops working, and destroyed records go.
    pub(crate) async fn finish(&self, pending: Pending, now: Timestamp) -> Result<(), SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else {
            return Ok(());
        };
        let terms = self.inner.terms(now);
        if let Some(renewal) = pending.renewal {
            let (id, prepared) = *renewal;
            let renewed = protocol::commit(&**backend, prepared, &terms).await;
            if let Err(err) = &renewed {
                self.with_kept(|_, kept| kept.unsettled = Some(err.kind()));
            }
            match renewed? {
                Renewed::Won(held) => {
                    self.with_kept(|live, kept| {
                        kept.id = Some(id);
                        kept.owed = true;
                        kept.renew = false;
                        settle(live, kept, held);
                    });
                    self.note("renewed");
                }
                Renewed::Merged { held, from } => drop(self.with_kept(|live, kept| {
                    kept.renew = false;
                    settle_crossed(live, kept, held, &from);
                })),
                Renewed::Ended => self.ended(),
            }
        }
        self.end_destroyed(now).await
    }

    /// Deletes the records of sessions that this request destroyed.
    pub(crate) async fn end_destroyed(&self, now: Timestamp) -> Result<(), SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else {
            return Ok(());
        };
        loop {
            let next = self.with_kept(|_, kept| kept.ended.last().cloned());
            let Some(held) = next.flatten() else { return Ok(()) };
            protocol::destroy(&**backend, held, now).await?;
            self.with_kept(|_, kept| kept.ended.pop());
            self.note("destroyed");
        }
    }

    /// Undoes phase one as far as nobody else can have seen it: records whose id no browser ever gets.
    pub(crate) async fn roll_back(&self, pending: Pending, now: Timestamp) {
        let Place::Server(backend) = &self.inner.definition.place else {
            return;
        };
        let result = match (pending.renewal, pending.created) {
            (Some(renewal), _) => protocol::abandon(&**backend, renewal.1).await,
            (None, Some(held)) => protocol::destroy(&**backend, *held, now).await,
            (None, None) => Ok(()),
        };
        if let Err(err) = result {
            tracing::warn!(session = %self.name(), error = %err, "a record nobody can reach stays until it expires");
        }
    }

    /// Gives back flash messages that this request took, because its response is not shown.
    pub(crate) async fn put_back(&self, now: Timestamp) {
        let Place::Server(backend) = &self.inner.definition.place else {
            return;
        };
        let taken = self.with_kept(|_, kept| {
            let claimed = std::mem::take(&mut kept.claimed);
            kept.held
                .clone()
                .filter(|_| !claimed.is_empty() && !kept.gone)
                .map(|held| (held, claimed))
        });
        let Some((held, claimed)) = taken.flatten() else {
            return;
        };
        if let Err(err) = protocol::put_back(&**backend, held, claimed, &self.inner.terms(now)).await {
            tracing::error!(session = %self.name(), error = %err, "flash messages of a failed response are lost");
        }
    }

    /// After the end: handles may go on, closures of the log may hold the session, and the lock is released.
    pub(crate) fn let_go(&self) {
        self.tell_handles();
        let let_go = self.with_kept(|_, kept| (std::mem::take(&mut kept.edits), kept.lock.take()));
        drop(let_go);
    }

    /// For the debug line: name, backend, origin, what became of it, and a mark by which lines of one session are found
    /// again without its id (S57).
    pub(crate) fn summary(&self) -> String {
        let state = self.inner.state.borrow();
        let fate = match &state.stored {
            Stored::Server(kept) if kept.gone => "ended by another request",
            Stored::Server(kept) if kept.crossed => "merged into a renewed session",
            _ if state.fate == "unused" && self.inner.consulted.get() => "unchanged",
            _ => state.fate,
        };
        let definition = &self.inner.definition;
        let mark = match &state.stored {
            Stored::Server(kept) => kept.id.as_ref().map(|id| {
                let mark = self.inner.sessions.registry().mark(&self.key(id));
                format!(" {mark}")
            }),
            Stored::Cookie(_) => None,
        };
        format!(
            "{} ({}){}: {}, {fate}, {} entries",
            definition.name,
            definition.backend,
            mark.unwrap_or_default(),
            state.origin,
            state.live.entries.len()
        )
    }

    fn view(&self) -> (Entries, bool) {
        self.with_kept(|_, kept| (kept.seen.clone(), kept.crossed))
            .unwrap_or_default()
    }

    /// Notes that another request ended the session: changes are dropped, and no cookie at all is sent.
    pub(super) fn ended(&self) {
        tracing::info!(session = %self.name(), "the session was ended by another request; this one's changes are dropped");
        self.with_kept(|_, kept| {
            kept.gone = true;
            kept.renew = false;
            kept.unsettled = None;
        });
    }

    /// For the debug line.
    fn note(&self, fate: &'static str) {
        self.inner.state.borrow_mut().fate = fate;
    }

    fn with_kept<R>(&self, change: impl FnOnce(&mut Live, &mut Kept) -> R) -> Option<R> {
        let mut state = self.inner.state.borrow_mut();
        let State { stored, live, .. } = &mut *state;
        match stored {
            Stored::Server(kept) => Some(change(live, kept)),
            Stored::Cookie(_) => None,
        }
    }
}

/// The view and the base after a write: both are what the record is now.
fn settle(live: &mut Live, kept: &mut Kept, held: Held) {
    kept.unsettled = None;
    kept.seen = held.live.entries.clone();
    *live = Live::clone(&held.live);
    kept.held = Some(held);
}

/// The same after a write that crossed somebody's renew. The session is theirs now: this request goes on seeing what it
/// saw, and its own changes, so that it neither shows what a sign-in wrote nor overwrites it with a second save.
fn settle_crossed(live: &mut Live, kept: &mut Kept, held: Held, from: &Entries) {
    protocol::saw(&mut kept.seen, from, &held.live.entries);
    let seen = kept.seen.clone();
    settle(live, kept, held);
    kept.crossed = true;
    live.entries.clone_from(&seen);
    live.flashes.clear();
    kept.seen = seen;
}
