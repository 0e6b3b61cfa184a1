//! A session apart from any request: what a handle gives to a function.

use std::cell::{Cell, RefCell};

use super::SessionHandle;
use crate::error::{ErrorKind, SessionError};
use crate::protocol::{Edits, Held};
use crate::record::Live;
use crate::session::{Inner, Kept, Origin, Phase, Session, State, Stored};

/// Marks a session that has no request, and keeps what it had to refuse in a call that returns no `Result`.
#[derive(Default)]
pub(crate) struct Apart {
    refused: Cell<Option<SessionError>>,
}

impl Apart {
    pub(in crate::session) fn refuse(&self, err: SessionError) {
        let first = self.refused.take().unwrap_or(err);
        self.refused.set(Some(first));
    }
}

impl Session {
    /// Refuses calls whose effect reaches the browser by a response, or that belong to a request.
    pub(in crate::session) fn needs_request(&self, call: &str, cure: &str) -> Result<(), SessionError> {
        if self.inner.apart.is_none() {
            return Ok(());
        }
        Err(SessionError::new(
            ErrorKind::Unsupported,
            format!(
                "`{call}` on session `{}` was called in a function given to its handle, which has no response: {cure}",
                self.name()
            ),
        ))
    }
}

impl SessionHandle {
    /// Runs a function on the session as `live` shows it, and gives what it answers and what it did. The session is
    /// closed afterwards, so that a clone that was kept does nothing.
    pub(super) fn apart<R>(
        &self,
        held: &Held,
        live: &Live,
        phase: Phase,
        run: impl FnOnce(&Session) -> Result<R, SessionError>,
    ) -> Result<(R, Edits), SessionError> {
        let session = Session::new(Inner {
            definition: self.definition.clone(),
            rules: Cell::new(self.rules),
            sessions: self.sessions.clone(),
            head: false,
            consulted: Cell::new(false),
            turn: tokio::sync::Mutex::new(()),
            apart: Some(Apart::default()),
            state: RefCell::new(State {
                phase,
                fresh: false,
                live: live.clone(),
                stored: Stored::Server(Box::new(Kept {
                    seen: live.entries.clone(),
                    held: Some(held.clone()),
                    crossed: held.crossed,
                    ..Kept::default()
                })),
                ..State::empty(&self.definition.place, Origin::Loaded, true)
            }),
        });
        let answer = run(&session);
        let edits = {
            let mut state = session.inner.state.borrow_mut();
            state.phase = Phase::Closed;
            state.release()
        };
        let answer = answer?;
        let refused = session
            .inner
            .apart
            .as_ref()
            .and_then(|apart| apart.refused.take());
        match refused {
            Some(err) => Err(err),
            None => Ok((answer, edits.unwrap_or_default())),
        }
    }
}
