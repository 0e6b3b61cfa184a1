//! The end of a request: every session is saved, or nothing of it is told to the browser.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use smallvec::SmallVec;

use super::SessionStore;
use super::headers::{self, Said};
use super::servers::{self, Lines};
use crate::clock::Timestamp;
use crate::cookie;
use crate::error::{ErrorKind, SessionError};
use crate::session::{Phase, Session};

/// What a request ends with.
pub(crate) struct End<'a> {
    /// Where it is still known: to see how the browser reached us.
    pub(crate) request: Option<&'a HttpRequest>,
    /// Whether the response allows to save.
    pub(crate) save: bool,
    pub(crate) headers: &'a mut HeaderMap,
}

impl SessionStore {
    /// Saves (or, after a response of 500 and above, only ends what was destroyed), closes the store, and writes the
    /// headers. On an error the caller replaces the response, and no cookie of a session is sent.
    pub(crate) async fn close(&self, end: End<'_>) -> Result<(), SessionError> {
        if self.needs_servers(end.save) {
            self.close_on_servers(end).await
        } else {
            self.close_at_once(end)
        }
    }

    /// [`close`](Self::close) where a server [is needed](Self::needs_servers).
    pub(crate) async fn close_on_servers(&self, end: End<'_>) -> Result<(), SessionError> {
        let (sessions, phases) = self.begin_close();
        let now = self.inner.sessions.registry().clock.now();
        let mut writable: SmallVec<[&Session; 2]> = SmallVec::new();
        for (session, phase) in sessions.iter().zip(phases) {
            match phase {
                Phase::Open => writable.push(session),
                // A task of the handler saves: the response waits for it, and tells what came of it.
                Phase::Saving => {
                    drop(session.inner.turn.lock().await);
                    writable.push(session);
                }
                Phase::ReadOnly | Phase::Closed => {}
            }
        }
        let mut lines = Lines::new();
        let fit = sealed_lines(&writable, end.save, now, &mut lines)
            .and_then(|()| self.fit_together(&sessions, end.save, &lines));
        let saved = match fit {
            Ok(()) => servers::save(&writable, end.save, &mut lines, now).await,
            Err(err) => {
                Box::pin(servers::give_up(&writable, now)).await;
                Err(err)
            }
        };
        self.end_close(end, &sessions, saved, &mut lines)
    }

    /// [`close`](Self::close) without awaiting, where no server [is needed](Self::needs_servers).
    pub(crate) fn close_at_once(&self, end: End<'_>) -> Result<(), SessionError> {
        if self.inner.closed.replace(true) {
            return Ok(());
        }
        // Nothing in here runs user code, so the sessions stay where they are.
        let sessions = &*self.inner.opened.borrow();
        let mut lines = Lines::new();
        let written = self.write_at_once(sessions, end.save, &mut lines);
        self.end_close(end, sessions, written, &mut lines)
    }

    /// Closes the sessions for user code, and writes their lines.
    #[inline]
    fn write_at_once(&self, sessions: &[Session], save: bool, lines: &mut Lines) -> Result<(), SessionError> {
        let mut due: SmallVec<[&Session; 2]> = SmallVec::new();
        for session in sessions {
            if session.close(self.now()) {
                due.push(session);
            }
        }
        if due.is_empty() {
            // The application's own cookies may be too many.
            return self.fit_together(sessions, save, lines);
        }
        let now = self.inner.sessions.registry().clock.now();
        sealed_lines(&due, save, now, lines)?;
        self.fit_together(sessions, save, lines)?;
        // What needs nothing more of its server may still owe the browser an id that was saved ahead of the response.
        for session in due.iter().filter(|session| !session.is_sealed()) {
            session.add_line(save, now, lines)?;
        }
        Ok(())
    }

    /// Whether closing has to wait for a server.
    pub(crate) fn needs_servers(&self, save: bool) -> bool {
        if self.inner.closed.get() {
            return false;
        }
        let opened = self.inner.opened.borrow();
        if opened.iter().all(Session::is_sealed) {
            return false;
        }
        let now = self.inner.sessions.registry().clock.now();
        opened
            .iter()
            .any(|session| !session.is_sealed() && !session.is_at_rest(save, now))
    }

    /// Closes the store and its sessions for user code; gives what they were.
    fn begin_close(&self) -> (SmallVec<[Session; 2]>, SmallVec<[Phase; 2]>) {
        self.inner.closed.set(true);
        let sessions = self.inner.opened.borrow().clone();
        let close =
            |session: &Session| std::mem::replace(&mut session.inner.state.borrow_mut().phase, Phase::Closed);
        let phases = sessions.iter().map(close).collect();
        (sessions, phases)
    }

    fn end_close(
        &self,
        end: End<'_>,
        sessions: &[Session],
        saved: Result<(), SessionError>,
        lines: &mut Lines,
    ) -> Result<(), SessionError> {
        let End {
            request,
            save,
            headers,
        } = end;
        let mut consulted = self.inner.consulted.get();
        for session in sessions {
            if !session.is_sealed() {
                session.let_go();
            }
            consulted |= session.inner.consulted.get();
        }
        log(sessions, save, &saved);
        let pending = self.inner.pending.take();
        saved?;
        let consulted = consulted || !lines.is_empty();
        if !consulted && pending.is_empty() {
            return Ok(());
        }
        let mut said = Said::by(headers);
        if consulted {
            said.vary_by_cookie(headers);
        }
        if save {
            for (_, line) in pending {
                said.add_cookie(headers, line);
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        said.not_stored(headers);
        for line in lines.drain(..) {
            // A prefix is there exactly where `Secure` is.
            if cookie::has_prefix(&line) {
                headers::hint_plain_http(request, self.inner.sessions.registry());
            }
            said.add_cookie(headers, line);
        }
        Ok(())
    }

    /// Refuses cookies that fit one by one, but together are more than the header they come back in (S30). Before any
    /// server has written, so the lines with ids are not there yet: their pairs have a known length.
    #[inline]
    fn fit_together(&self, sessions: &[Session], save: bool, lines: &Lines) -> Result<(), SessionError> {
        /// An encrypted id with room to spare.
        const ID: usize = 192;
        let pending = self.inner.pending.borrow();
        // Any two lines fit.
        if !save || sessions.len() + pending.len() <= 2 {
            return Ok(());
        }
        let pair = |line: &str| line.split(';').next().map_or(0, str::len) + "; ".len();
        let ids = sessions.iter().filter(|session| !session.is_sealed());
        let ids: usize = ids
            .map(|session| session.inner.definition.wire_name.len() + ID)
            .sum();
        let sealed: usize = lines.iter().map(|line| pair(line)).sum();
        let own: usize = pending.iter().map(|(_, line)| pair(line)).sum();
        let limit = self.inner.sessions.registry().limits.cookies;
        if ids + sealed + own <= limit {
            return Ok(());
        }
        Err(SessionError::new(
            ErrorKind::TooLarge,
            format!(
                "the cookies of one answer have {} bytes together ({sealed} in sealed sessions, {ids} in ids of others, \
                 {own} in cookies of the application), and servers commonly accept {limit}: move sessions to a server \
                 backend",
                ids + sealed + own
            ),
        ))
    }
}

/// One debug line: what was loaded, and why not, what changed, what was saved.
#[inline]
fn log(sessions: &[Session], save: bool, result: &Result<(), SessionError>) {
    if sessions.is_empty() || !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let told: Vec<String> = sessions.iter().map(Session::summary).collect();
    let outcome = match result {
        Ok(()) if save => "saved",
        Ok(()) => "not saved, because the response failed",
        Err(_) => "failed",
    };
    tracing::debug!(sessions = %told.join("; "), outcome, "sessions of a request");
}

/// Sealed sessions come first: they only compute, so what does not fit fails before any server has written.
#[inline]
fn sealed_lines(
    sessions: &[&Session],
    save: bool,
    now: Timestamp,
    lines: &mut Lines,
) -> Result<(), SessionError> {
    for session in sessions.iter().filter(|session| session.is_sealed()) {
        session.add_line(save, now, lines)?;
    }
    Ok(())
}
