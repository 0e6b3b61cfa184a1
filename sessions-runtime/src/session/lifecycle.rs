//! The life of a session: renewing, ending, lifetimes, and saving ahead of the response.

use std::time::Duration;

use super::handle::{Missing, Told};
use super::{Origin, Phase, Session, State, Stored};
use crate::config::Place;
use crate::error::{ErrorKind, SessionError};
use crate::record::Lifetime;

/// The cure for calls that need a response.
const IN_A_HANDLER: &str = "call it in a handler";

impl Session {
    /// Gives the session a new id and keeps its data: after sign-in and every other change of privilege (OWASP, ASVS
    /// 7.2.4). The old id stops working at once.
    ///
    /// If another request renews at the same time, one of them wins; the other's changes are merged into it, and only
    /// the winner's response carries the new id. A session in a sealed cookie has no id: it is sealed anew.
    ///
    /// # Limitations
    ///
    /// A crash of the process between renewing and answering leaves a session whose id nobody got; its user signs in
    /// again.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// session.renew();
    /// # Ok(()) });
    /// ```
    pub fn renew(&self) {
        let renew = |state: &mut State| match &mut state.stored {
            Stored::Cookie(sealed) if sealed.loaded.is_some() => state.resend = true,
            Stored::Server(kept) if kept.held.is_some() => kept.renew = true,
            // Nothing is stored yet: the first save makes a new id anyway.
            _ => {}
        };
        let renewed = self
            .needs_request("renew", IN_A_HANDLER)
            .and_then(|()| self.write(renew));
        self.or_log(renewed, ());
    }

    /// Ends the session on both sides: its record is deleted, whatever is in flight, and the browser is told to remove
    /// the cookie. Takes effect whatever the status of the response. What is written afterwards, such as a flash
    /// message "you have been signed out", starts a new session with a new id.
    ///
    /// # Limitations
    ///
    /// A sealed cookie cannot be revoked: a copy made before goes on working until it expires. Keep what must end at
    /// sign-out on a server backend.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// use sessions_runtime::Origin;
    ///
    /// session.insert("user", "ada")?;
    /// session.destroy();
    /// assert!(session.is_empty() && session.is_new());
    /// assert_eq!(session.origin(), Origin::Destroyed);
    /// # Ok(()) });
    /// ```
    pub fn destroy(&self) {
        let end = |state: &mut State| {
            let edits = state.release();
            let mut link = None;
            let mut next = State::empty(&self.inner.definition.place, Origin::Destroyed, state.arrived);
            next.written = true;
            next.life = state.life + 1;
            next.removal = state.arrived;
            next.attributes = state.attributes.take();
            if let (Stored::Server(old), Stored::Server(new)) = (&mut state.stored, &mut next.stored) {
                new.ended.append(&mut old.ended);
                new.ended.extend(old.held.take());
                // The lock belongs to the request, not to the record.
                new.lock = old.lock.take();
                link = old.link.take();
            }
            *state = next;
            (edits, link)
        };
        let ended = self
            .needs_request("destroy", "call `destroy` on the handle")
            .and_then(|()| self.write(end));
        let (edits, link) = self.or_log(ended, (None, None));
        if let Some(link) = link {
            link.tell(Told::Missing(Missing::Ended));
        }
        // What the log's closures captured is user code: dropped after the borrow.
        drop(edits);
    }

    /// Lets the session live this long from now, and its cookie as long: "remember me". At most 400 days.
    ///
    /// An idle time-out stays in force, and on a server backend there is one of 14 days unless configured otherwise: a
    /// session that is to be remembered for longer without a visit needs a longer `idle_timeout`.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// use std::time::Duration;
    ///
    /// session.insert("user", "ada")?;
    /// session.remember_for(Duration::from_secs(90 * 86_400));
    /// # Ok(()) });
    /// ```
    pub fn remember_for(&self, span: Duration) {
        let span = span.min(crate::config::LONGEST);
        let deadline = self.inner.sessions.registry().clock.now().after(span);
        let remember = |state: &mut State| {
            state.live.lifetime = Lifetime::For(span.as_secs());
            state.live.deadline = deadline;
            state.resend = true;
            if let Stored::Server(kept) = &mut state.stored {
                kept.edits
                    .set_lifetime(Lifetime::For(span.as_secs()), Some(deadline));
            }
        };
        let changed = self
            .needs_request("remember_for", IN_A_HANDLER)
            .and_then(|()| self.write(remember));
        self.or_log(changed, ());
    }

    /// Makes the cookie one that the browser forgets when it closes. The session's limits on the server stay as they are.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("user", "ada")?;
    /// session.browser_session();
    /// # Ok(()) });
    /// ```
    pub fn browser_session(&self) {
        let forget = |state: &mut State| {
            state.live.lifetime = Lifetime::Browser;
            state.resend = true;
            if let Stored::Server(kept) = &mut state.stored {
                kept.edits.set_lifetime(Lifetime::Browser, None);
            }
        };
        let changed = self
            .needs_request("browser_session", IN_A_HANDLER)
            .and_then(|()| self.write(forget));
        self.or_log(changed, ());
    }

    /// Saves now instead of with the response: before a step that cannot be undone, such as charging a card.
    ///
    /// What is saved stays saved, also if the response fails later. A session in a sealed cookie travels with the
    /// response in any case; for it this checks that it fits.
    ///
    /// # Errors
    ///
    /// A failing backend; [`ErrorKind::Gone`] where another request ended the session meanwhile;
    /// [`ErrorKind::Conflict`] under `conflict = "reject"`; [`ErrorKind::TooLarge`] over the limit. The changes stay
    /// pending, unless the session is gone or the backend failed. Whether a backend that failed has saved is unknown, and
    /// so it is where this future is dropped before its end: then nothing more is written in this request, and its
    /// response fails like a failed save.
    ///
    /// # Examples
    ///
    /// ```
    /// # sessions_runtime::testing::in_handler(async |session, _| {
    /// session.insert("order", 17)?;
    /// session.save().await?;
    /// // charge the card
    /// # Ok(()) });
    /// ```
    pub async fn save(&self) -> Result<(), SessionError> {
        self.needs_request("save", "what the function changed is saved when it has returned")?;
        self.write(|_| ())?;
        let now = self.inner.sessions.registry().clock.now();
        if matches!(self.inner.definition.place, Place::InCookie) {
            return self.cookie_line(now).map(drop);
        }
        let turn = self.inner.turn.lock().await;
        let closed = Closing::begin(self);
        let pending = self.prepare(now).await?;
        self.finish(pending, now).await?;
        drop(closed);
        drop(turn);
        self.saved_ahead();
        // Not by `read`: the response may have been finished meanwhile, and this is saved all the same.
        let gone = matches!(&self.inner.state.borrow().stored, Stored::Server(kept) if kept.gone);
        if gone {
            return Err(SessionError::new(
                ErrorKind::Gone,
                format!("session `{}` was ended by another request meanwhile", self.name()),
            ));
        }
        Ok(())
    }
}

/// While changes are written. Opens the session again when dropped, also by a cancelled future; but not one whose
/// response has been finished meanwhile.
pub(super) struct Closing<'a>(&'a Session);

impl<'a> Closing<'a> {
    pub(super) fn begin(session: &'a Session) -> Self {
        session.inner.state.borrow_mut().phase = Phase::Saving;
        Self(session)
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.inner.state.borrow_mut();
        if state.phase == Phase::Saving {
            state.phase = Phase::Open;
        }
    }
}
