//! What the end of a request, or `save`, has to ask a session's server for.

use super::{Kept, Phase, Session, State, Stored};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::{SessionId, StoreKey};
use crate::protocol::{self, Edits, Held};
use crate::record::Live;

/// What is to be done with the record, with all that it takes.
pub(super) enum Work {
    Nothing,
    Create(SessionId, Live, Edits),
    Save(Held, Edits),
    Renew(Held, Edits, SessionId),
    /// Nothing to write, but the id is to be sent again.
    Confirm(Held),
    Touch(StoreKey, Timestamp),
}

/// What the state says is to be done: the one decision behind [`Work`], and behind whether there is any.
enum Task<'a> {
    Nothing,
    /// Nothing more is written, because nobody knows what became of an earlier write.
    Refuse(ErrorKind),
    Create,
    Save(&'a Held),
    Renew(&'a Held),
    Confirm(&'a Held),
    Touch(&'a Held, Timestamp),
}

impl Session {
    /// Whether the end of the request has nothing to ask its server for, as is usual for a session that was only read:
    /// then the request need not wait.
    pub(crate) fn is_at_rest(&self, save: bool, now: Timestamp) -> bool {
        // Somebody saves at this moment: the response tells what comes of it.
        if self.inner.turn.try_lock().is_err() {
            return false;
        }
        let state = self.inner.state.borrow();
        let Stored::Server(kept) = &state.stored else {
            return true;
        };
        if state.phase != Phase::Open {
            return true;
        }
        // Messages that were taken go back if the response is not shown, and another session may still prevent it.
        if !kept.ended.is_empty() || !kept.claimed.is_empty() {
            return false;
        }
        !save || matches!(self.task(&state.live, state.resend, kept, now), Task::Nothing)
    }

    fn task<'a>(&self, live: &Live, resend: bool, kept: &'a Kept, now: Timestamp) -> Task<'a> {
        if kept.gone {
            return Task::Nothing;
        }
        if let Some(kind) = kept.unsettled {
            return Task::Refuse(kind);
        }
        match &kept.held {
            None if live.is_blank() => Task::Nothing,
            None => Task::Create,
            Some(held) if kept.renew && !kept.crossed => Task::Renew(held),
            Some(held) if !kept.edits.is_empty() => Task::Save(held),
            Some(held) if resend && !kept.crossed => Task::Confirm(held),
            Some(held) if self.inner.consulted.get() => {
                let due = protocol::touch_due(held, &self.inner.terms(now));
                due.map_or(Task::Nothing, |expiry| Task::Touch(held, expiry))
            }
            Some(_) => Task::Nothing,
        }
    }

    /// The work of phase one, taken out of the state.
    pub(super) fn work(&self, now: Timestamp) -> Result<Work, SessionError> {
        let mut state = self.inner.state.borrow_mut();
        let State {
            stored, live, resend, ..
        } = &mut *state;
        let Stored::Server(kept) = stored else {
            return Ok(Work::Nothing);
        };
        let entropy = self.inner.sessions.registry().entropy;
        let work = match self.task(live, *resend, kept, now) {
            Task::Nothing => return Ok(Work::Nothing),
            Task::Refuse(kind) => {
                return Err(SessionError::new(
                    kind,
                    format!(
                        "an earlier save of session `{}` failed or was given up, so nothing more is written",
                        self.name()
                    ),
                ));
            }
            Task::Confirm(held) => return Ok(Work::Confirm(held.clone())),
            Task::Touch(held, expiry) => return Ok(Work::Touch(held.key, expiry)),
            Task::Create => {
                self.inner.date(live, now);
                let id = SessionId::generate(entropy)?;
                Work::Create(id, live.clone(), std::mem::take(&mut kept.edits))
            }
            Task::Renew(held) => {
                let (held, id) = (held.clone(), SessionId::generate(entropy)?);
                Work::Renew(held, std::mem::take(&mut kept.edits), id)
            }
            Task::Save(held) => {
                let held = held.clone();
                Work::Save(held, std::mem::take(&mut kept.edits))
            }
        };
        // Until the answer is there; it stays so if this future is dropped.
        kept.unsettled = Some(ErrorKind::Unavailable);
        Ok(work)
    }
}
