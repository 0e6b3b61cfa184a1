//! Taking the lock of a session that is open already.

use super::lifecycle::Closing;
use super::{LockGuard, Origin, Session, Stored};
use crate::clock::Timestamp;
use crate::config::Place;
use crate::error::SessionError;
use crate::protocol::Held;
use crate::record::Live;

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
