//! The `Set-Cookie` line of one session: the whole session sealed, its id sealed, or a removal.

use std::mem;

use super::{Phase, Sealed, Session, State, Stored};
use crate::clock::Timestamp;
use crate::cookie;
use crate::error::{ErrorKind, SessionError};
use crate::record::{Lifetime, Live, encode_live};
use crate::seal::Draft;

impl Session {
    /// The `Set-Cookie` line of this session, if it needs one: of the whole session, of its id, or a removal.
    pub(crate) fn cookie_line(&self, now: Timestamp) -> Result<Option<String>, SessionError> {
        let mut state = self.inner.state.borrow_mut();
        let state = &mut *state;
        match &state.stored {
            Stored::Cookie(_) => {
                let line = self.sealed_line(state, now)?;
                if line.is_some() {
                    state.fate = if state.removal && state.live.is_blank() {
                        "destroyed"
                    } else {
                        "saved"
                    };
                }
                Ok(line)
            }
            Stored::Server(kept) => {
                if kept.gone || kept.crossed {
                    return Ok(None);
                }
                match (&kept.id, &kept.held) {
                    (Some(id), Some(held)) if kept.owed || state.resend => {
                        let mut draft = self.draft(&held.live, now)?;
                        draft.buffer().extend_from_slice(id.as_bytes());
                        self.line(state, &held.live, now, draft).map(Some)
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

    /// Closes the session for user code. Says whether there is anything a line could be for: nothing, where it was only
    /// read. `now` may be a little old.
    #[inline]
    pub(crate) fn close(&self, now: Timestamp) -> bool {
        let mut state = self.inner.state.borrow_mut();
        if mem::replace(&mut state.phase, Phase::Closed) != Phase::Open {
            return false;
        }
        if state.removal || state.resend || state.written {
            return true;
        }
        match &state.stored {
            Stored::Cookie(sealed) => sealed.loaded.is_none() || self.is_refresh_due(sealed, now),
            Stored::Server(kept) => kept.owed,
        }
    }

    /// Whether the cookie is old enough that its use has to be told by a new one.
    fn is_refresh_due(&self, sealed: &Sealed, now: Timestamp) -> bool {
        match (self.inner.definition.idle, sealed.issued) {
            (Some(idle), Some(issued)) => self.inner.consulted.get() && now.since(issued) > idle / 10,
            _ => false,
        }
    }

    fn sealed_line(&self, state: &mut State, now: Timestamp) -> Result<Option<String>, SessionError> {
        let Stored::Cookie(sealed) = &state.stored else {
            return Ok(None);
        };
        let refresh = self.is_refresh_due(sealed, now);
        match &sealed.loaded {
            None if state.live.is_blank() => {
                return Ok(state.removal.then(|| self.removal_line(state)));
            }
            None => self.inner.date(&mut state.live, now),
            Some(_) if !state.written && !state.resend && !refresh => return Ok(None),
            Some(_) => {}
        }
        let mut draft = self.draft(&state.live, now)?;
        encode_live(&state.live, draft.buffer())?;
        if sealed.loaded.as_deref() == Some(draft.payload()) && !state.resend && !refresh {
            return Ok(None);
        }
        self.line(state, &state.live, now, draft).map(Some)
    }

    /// The beginning of a sealed text that opens as long as the session lives.
    fn draft(&self, live: &Live, now: Timestamp) -> Result<Draft, SessionError> {
        let entropy = self.inner.sessions.registry().entropy;
        self.inner
            .definition
            .sealer
            .draft(now, Some(live.deadline), entropy)
    }

    fn line(&self, state: &State, data: &Live, now: Timestamp, draft: Draft) -> Result<String, SessionError> {
        let definition = &self.inner.definition;
        let attributes = state
            .attributes
            .as_ref()
            .map_or(&definition.attributes, |both| &both.1);
        // In a session's last second its cookie is kept for one more: zero would remove it.
        let left = data.deadline.since(now).as_secs().max(1);
        let max_age = match data.lifetime {
            Lifetime::For(_) => Some(left),
            Lifetime::Browser => None,
            Lifetime::Configured if definition.browser_session => None,
            Lifetime::Configured => Some(attributes.max_age().map_or(left, |wanted| wanted.min(left))),
        };
        let frame = definition.sealer.seal(draft)?;
        let line = cookie::write_line(
            &definition.wire_name,
            attributes,
            max_age,
            frame.text_len(),
            |out| {
                frame.append_to(out);
            },
        );
        let limit = self.inner.sessions.registry().limits.cookie;
        if line.len() > limit {
            return Err(too_large(self.name(), line.len(), limit, data));
        }
        Ok(line)
    }

    fn removal_line(&self, state: &State) -> String {
        let definition = &self.inner.definition;
        let attributes = state
            .attributes
            .as_ref()
            .map_or(&definition.attributes, |both| &both.1);
        cookie::removal_line(&definition.wire_name, attributes)
    }
}

/// The error for a cookie that no browser would keep, with what takes the room.
fn too_large(name: &str, size: usize, limit: usize, live: &Live) -> SessionError {
    // As literals: names may come from a request, and must not forge lines in a log (S59).
    let mut sizes: Vec<(usize, String)> = live
        .entries
        .iter()
        .map(|(name, value)| (value.len(), format!("{:?} {} bytes", name, value.len())))
        .collect();
    let flashes: usize = live
        .flashes
        .iter()
        .map(|one| one.text.len() + one.value.len())
        .sum();
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
