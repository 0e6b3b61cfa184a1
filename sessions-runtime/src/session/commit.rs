//! Writing one session: what a server record and a cookie line become at the end, or at `save`.

use bytes::Bytes;

use super::{Kept, Session, State, Stored};
use crate::clock::Timestamp;
use crate::config::Place;
use crate::cookie;
use crate::error::{ErrorKind, SessionError};
use crate::id::SessionId;
use crate::protocol::{self, Edits, Held, Prepared, Renewed, Saved};
use crate::record::{Lifetime, Live, encode_live};

/// What the first phase of a save leaves for the second, or for undoing.
#[derive(Default)]
pub(crate) struct Pending {
    /// A new id whose record exists, while the old id still works.
    renewal: Option<(SessionId, Prepared)>,
    /// A record this phase created.
    created: Option<Held>,
}

/// What the state says is to be done with the record.
enum Work {
    Nothing,
    Create(SessionId, Live, Edits),
    Save(Held, Edits),
    Renew(Held, Edits, SessionId),
    Touch(Held),
}

impl Session {
    /// Phase one on a server: creates or replaces the record; of a renewal, creates the new one only. Old ids and
    /// destroyed records stay until every session of the request is saved. The caller holds the turn, and has closed
    /// the session.
    pub(crate) async fn prepare(&self, now: Timestamp) -> Result<Pending, SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else { return Ok(Pending::default()) };
        let backend = &**backend;
        let terms = self.inner.terms(now);
        match self.work(now)? {
            Work::Nothing => Ok(Pending::default()),
            Work::Touch(held) => {
                // The session was read, so its life goes on; that it could not be noted must not fail the page.
                if let Err(err) = protocol::touch(backend, &held, &terms).await {
                    tracing::warn!(session = %self.name(), error = %err, "the session's idle time-out was not extended");
                }
                Ok(Pending::default())
            }
            Work::Create(id, live, edits) => {
                let key = self.inner.definition.key(&self.inner.sessions.registry().namespace, &id);
                let held = match protocol::create(backend, key, live, &terms).await {
                    Ok(held) => held,
                    Err(err) => {
                        self.with_kept(|_, kept| kept.edits = edits);
                        return Err(err);
                    }
                };
                self.with_kept(|live, kept| {
                    kept.id = Some(id);
                    kept.owed = true;
                    settle(live, kept, held.clone());
                });
                self.note("created");
                Ok(Pending { renewal: None, created: Some(held) })
            }
            Work::Save(held, edits) => {
                let (seen, crossed) = self.view();
                let saved = protocol::save(backend, held, &edits, &seen, crossed, &terms).await;
                match saved {
                    Ok(Saved::Unchanged(held)) => drop(self.with_kept(|live, kept| settle(live, kept, held))),
                    Ok(Saved::Saved(held)) => {
                        self.with_kept(|live, kept| settle(live, kept, held));
                        self.note("saved");
                    }
                    Ok(Saved::Ended) => self.ended(),
                    Err(err) => {
                        self.with_kept(|_, kept| kept.edits = edits);
                        return Err(err);
                    }
                }
                Ok(Pending::default())
            }
            Work::Renew(held, edits, id) => {
                let key = self.inner.definition.key(&self.inner.sessions.registry().namespace, &id);
                let (seen, _) = self.view();
                match protocol::prepare(backend, key, held, &edits, &seen, &terms).await {
                    Ok(prepared) => Ok(Pending { renewal: Some((id, prepared)), created: None }),
                    Err(err) => {
                        self.with_kept(|_, kept| kept.edits = edits);
                        Err(err)
                    }
                }
            }
        }
    }

    /// Phase two: the old id of a renewal stops working, and destroyed records go.
    pub(crate) async fn finish(&self, pending: Pending, now: Timestamp) -> Result<(), SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else { return Ok(()) };
        let terms = self.inner.terms(now);
        if let Some((id, prepared)) = pending.renewal {
            match protocol::commit(&**backend, prepared, &terms).await? {
                Renewed::Won(held) => {
                    self.with_kept(|live, kept| {
                        kept.id = Some(id);
                        kept.owed = true;
                        kept.renew = false;
                        settle(live, kept, held);
                    });
                    self.note("renewed");
                }
                Renewed::Merged(held) => drop(self.with_kept(|live, kept| {
                    kept.crossed = true;
                    kept.renew = false;
                    settle(live, kept, held);
                })),
                Renewed::Ended => self.ended(),
            }
        }
        self.end_destroyed(now).await
    }

    /// Deletes the records of sessions that this request destroyed.
    pub(crate) async fn end_destroyed(&self, now: Timestamp) -> Result<(), SessionError> {
        let Place::Server(backend) = &self.inner.definition.place else { return Ok(()) };
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
        let Place::Server(backend) = &self.inner.definition.place else { return };
        let result = match (pending.renewal, pending.created) {
            (Some((_, prepared)), _) => protocol::abandon(&**backend, prepared).await,
            (None, Some(held)) => protocol::destroy(&**backend, held, now).await,
            (None, None) => Ok(()),
        };
        if let Err(err) = result {
            tracing::warn!(session = %self.name(), error = %err, "a record nobody can reach stays until it expires");
        }
    }

    /// Gives back flash messages that this request took, because its response is not shown.
    pub(crate) async fn put_back(&self, now: Timestamp) {
        let Place::Server(backend) = &self.inner.definition.place else { return };
        let taken = self.with_kept(|_, kept| {
            let claimed = std::mem::take(&mut kept.claimed);
            kept.held.clone().filter(|_| !claimed.is_empty() && !kept.gone).map(|held| (held, claimed))
        });
        let Some((held, claimed)) = taken.flatten() else { return };
        if let Err(err) = protocol::put_back(&**backend, held, claimed, &self.inner.terms(now)).await {
            tracing::error!(session = %self.name(), error = %err, "flash messages of a failed response are lost");
        }
    }

    /// The `Set-Cookie` line of this session, if it needs one: of the whole session, of its id, or a removal.
    pub(crate) fn cookie_line(&self, now: Timestamp) -> Result<Option<String>, SessionError> {
        let mut state = self.inner.state.borrow_mut();
        let state = &mut *state;
        match &state.stored {
            Stored::Cookie(_) => {
                let line = self.sealed_line(state, now)?;
                if line.is_some() {
                    state.fate = if state.removal && state.live.is_blank() { "destroyed" } else { "saved" };
                }
                Ok(line)
            }
            Stored::Server(kept) => {
                if kept.gone || kept.crossed {
                    return Ok(None);
                }
                match (&kept.id, &kept.held) {
                    (Some(id), Some(held)) if kept.owed || state.resend => {
                        let payload = |buffer: &mut Vec<u8>| {
                            buffer.extend_from_slice(id.as_bytes());
                            Ok(())
                        };
                        self.line(state, &held.live, now, payload).map(Some)
                    }
                    (_, None) if state.removal => {
                        state.fate = "destroyed";
                        Ok(Some(self.removal_line(state)))
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    /// The line of a response that saves nothing: an id that was committed earlier, or a removal.
    pub(crate) fn cookie_line_unsaved(&self, now: Timestamp) -> Result<Option<String>, SessionError> {
        let state = self.inner.state.borrow();
        match &state.stored {
            Stored::Server(kept) if kept.owed => {}
            _ => return Ok(state.removal.then(|| self.removal_line(&state))),
        }
        drop(state);
        self.cookie_line(now)
    }

    /// After the end: closures of the log may hold the session, and the lock is released.
    pub(crate) fn let_go(&self) {
        let (edits, lock) = {
            let mut state = self.inner.state.borrow_mut();
            let lock = match &mut state.stored {
                Stored::Server(kept) => kept.lock.take(),
                Stored::Cookie(_) => None,
            };
            (state.release(), lock)
        };
        drop((edits, lock));
    }

    /// For the debug line: name, backend, origin, and what became of it.
    pub(crate) fn summary(&self) -> String {
        let state = self.inner.state.borrow();
        let fate = match &state.stored {
            Stored::Server(kept) if kept.gone => "ended by another request",
            Stored::Server(kept) if kept.crossed => "merged into a renewed session",
            _ if state.fate == "unused" && self.inner.consulted.get() => "unchanged",
            _ => state.fate,
        };
        let definition = &self.inner.definition;
        format!("{} ({}): {}, {fate}, {} entries", definition.name, definition.backend, state.origin, state.live.entries.len())
    }

    fn sealed_line(&self, state: &mut State, now: Timestamp) -> Result<Option<String>, SessionError> {
        let Stored::Cookie(sealed) = &state.stored else { return Ok(None) };
        let refresh = match (self.inner.definition.idle, sealed.issued) {
            (Some(idle), Some(issued)) => self.inner.consulted.get() && now.since(issued) > idle / 10,
            _ => false,
        };
        match &sealed.loaded {
            None if state.live.is_blank() => {
                return Ok(state.removal.then(|| self.removal_line(state)));
            }
            None => self.inner.date(&mut state.live, now),
            Some(_) if !state.written && !state.resend && !refresh => return Ok(None),
            Some(_) => {}
        }
        let mut payload = Vec::with_capacity(sealed.loaded.as_ref().map_or(256, Bytes::len) + 64);
        encode_live(&state.live, &mut payload)?;
        if !state.resend && !refresh && sealed.loaded.as_deref() == Some(&*payload) {
            return Ok(None);
        }
        let copy = |buffer: &mut Vec<u8>| {
            buffer.extend_from_slice(&payload);
            Ok(())
        };
        self.line(state, &state.live, now, copy).map(Some)
    }

    fn line(
        &self,
        state: &State,
        live: &Live,
        now: Timestamp,
        payload: impl FnOnce(&mut Vec<u8>) -> Result<(), SessionError>,
    ) -> Result<String, SessionError> {
        let definition = &self.inner.definition;
        let registry = self.inner.sessions.registry();
        let attributes = state.attributes.as_ref().map_or(&definition.attributes, |(_, resolved)| resolved);
        let left = live.deadline.since(now).as_secs();
        let max_age = match live.lifetime {
            Lifetime::For(_) => Some(left),
            Lifetime::Browser => None,
            Lifetime::Configured if definition.browser_session => None,
            Lifetime::Configured => Some(attributes.max_age().map_or(left, |wanted| wanted.min(left))),
        };
        let line = cookie::write_line(&definition.wire_name, attributes, max_age, |out| {
            definition.sealer.seal_into(out, now, Some(live.deadline), registry.entropy, payload)
        })?;
        if line.len() > registry.limits.cookie {
            return Err(too_large(self.name(), line.len(), registry.limits.cookie, live));
        }
        Ok(line)
    }

    fn removal_line(&self, state: &State) -> String {
        let definition = &self.inner.definition;
        let attributes = state.attributes.as_ref().map_or(&definition.attributes, |(_, resolved)| resolved);
        cookie::removal_line(&definition.wire_name, attributes)
    }

    fn work(&self, now: Timestamp) -> Result<Work, SessionError> {
        let mut state = self.inner.state.borrow_mut();
        let state = &mut *state;
        let Stored::Server(kept) = &mut state.stored else { return Ok(Work::Nothing) };
        if kept.gone {
            return Ok(Work::Nothing);
        }
        let entropy = self.inner.sessions.registry().entropy;
        Ok(match &kept.held {
            None if state.live.is_blank() => Work::Nothing,
            None => {
                self.inner.date(&mut state.live, now);
                let id = SessionId::generate(entropy)?;
                Work::Create(id, state.live.clone(), std::mem::take(&mut kept.edits))
            }
            Some(held) if kept.renew && !kept.crossed => {
                let id = SessionId::generate(entropy)?;
                Work::Renew(held.clone(), std::mem::take(&mut kept.edits), id)
            }
            Some(held) if !kept.edits.is_empty() => Work::Save(held.clone(), std::mem::take(&mut kept.edits)),
            Some(held) if self.inner.consulted.get() => Work::Touch(held.clone()),
            Some(_) => Work::Nothing,
        })
    }

    fn view(&self) -> (crate::record::Entries, bool) {
        self.with_kept(|_, kept| (kept.seen.clone(), kept.crossed)).unwrap_or_default()
    }

    /// Notes that another request ended the session: changes are dropped, and no cookie at all is sent.
    fn ended(&self) {
        tracing::info!(session = %self.name(), "the session was ended by another request; this one's changes are dropped");
        self.with_kept(|_, kept| {
            kept.gone = true;
            kept.renew = false;
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
    kept.crossed |= held.crossed;
    kept.seen = held.live.entries.clone();
    *live = held.live.clone();
    kept.held = Some(held);
}

/// The error for a cookie that no browser would keep, with what takes the room.
fn too_large(name: &str, size: usize, limit: usize, live: &Live) -> SessionError {
    // As literals: names may come from a request, and must not forge lines in a log (S59).
    let mut sizes: Vec<(usize, String)> =
        live.entries.iter().map(|(name, value)| (value.len(), format!("{:?} {} bytes", &**name, value.len()))).collect();
    let flashes: usize = live.flashes.iter().map(|one| one.text.len() + one.value.len()).sum();
    if flashes > 0 {
        sizes.push((flashes, format!("flash messages {flashes} bytes")));
    }
    sizes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let listed: Vec<String> = sizes.into_iter().map(|(_, text)| text).collect();
    SessionError::new(
        ErrorKind::TooLarge,
        format!(
            "session `{name}` makes a `Set-Cookie` line of {size} bytes, and browsers keep {limit}: {}; \
             keep less in it, or move it to a server backend",
            listed.join(", ")
        ),
    )
}
