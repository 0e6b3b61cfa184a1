//! What the end of a request, or `save`, has to ask a session's server for.

use super::{Phase, Session, Stored};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::{SessionId, StoreKey};
use crate::protocol::{self, Edits, Held};
use crate::record::Live;

/// What the state says is to be done with the record.
pub(super) enum Work {
    Nothing,
    Create(SessionId, Live, Edits),
    Save(Held, Edits),
    Renew(Held, Edits, SessionId),
    /// Nothing to write, but the id is to be sent again.
    Confirm(Held),
    Touch(StoreKey, Timestamp),
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
        if !matches!(state.phase, Phase::Open | Phase::Saving) {
            return true;
        }
        if !kept.ended.is_empty() || (!save && !kept.claimed.is_empty()) {
            return false;
        }
        if !save || kept.gone {
            return true;
        }
        if kept.unsettled.is_some() {
            return false;
        }
        match &kept.held {
            None => state.live.is_blank(),
            Some(held) => {
                let renews = kept.renew && !kept.crossed;
                let confirms = state.resend && !kept.crossed;
                !renews && !confirms && kept.edits.is_empty() && self.touch_due(held, now).is_none()
            }
        }
    }

    /// The new expiry of a session that was only read, if it is due.
    fn touch_due(&self, held: &Held, now: Timestamp) -> Option<Timestamp> {
        if !self.inner.consulted.get() {
            return None;
        }
        protocol::touch_due(held, &self.inner.terms(now))
    }

    /// The work of phase one, taken out of the state.
    pub(super) fn work(&self, now: Timestamp) -> Result<Work, SessionError> {
        let mut state = self.inner.state.borrow_mut();
        let state = &mut *state;
        let Stored::Server(kept) = &mut state.stored else {
            return Ok(Work::Nothing);
        };
        if kept.gone {
            return Ok(Work::Nothing);
        }
        if let Some(kind) = kept.unsettled {
            return Err(SessionError::new(
                kind,
                format!(
                    "an earlier save of session `{}` failed or was given up, so nothing more is written",
                    self.name()
                ),
            ));
        }
        let entropy = self.inner.sessions.registry().entropy;
        let work = match &kept.held {
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
            Some(held) if state.resend && !kept.crossed => Work::Confirm(held.clone()),
            Some(held) => match self.touch_due(held, now) {
                Some(expiry) => Work::Touch(held.key, expiry),
                None => Work::Nothing,
            },
        };
        if matches!(work, Work::Create(..) | Work::Save(..) | Work::Renew(..)) {
            // Until the answer is there; it stays so if this future is dropped.
            kept.unsettled = Some(ErrorKind::Unavailable);
        }
        Ok(work)
    }
}
