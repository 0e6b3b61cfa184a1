//! What a session holds during one request.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use bytes::Bytes;

use super::handle::{Apart, Link};
use super::lock::LockGuard;
use super::origin::Origin;
use crate::clock::Timestamp;
use crate::config::{ConflictRule, Definition, Place, Rules};
use crate::cookie::{Attributes, CookieArgs};
use crate::error::{ErrorKind, SessionError};
use crate::id::SessionId;
use crate::protocol::{Dropped, Edits, Held, Terms};
use crate::record::{Entries, Lifetime, Live, StoredFlash, is_written_as};
use crate::sessions::Sessions;

/// Whether calls may still change a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    /// Its backend is down, so that reading gives nothing; or a handle only reads it. Writing is an error.
    ReadOnly,
    /// Its changes are being written by `save`: functions given to `update` may run again, and must not change what they
    /// are part of.
    Saving,
    /// The response is finished.
    Closed,
}

pub(crate) struct Inner {
    pub(crate) definition: Arc<Definition>,
    /// Of whoever opened it; then of the handler that declares it.
    pub(crate) rules: Cell<Rules>,
    pub(crate) sessions: Sessions,
    /// A HEAD request: flash messages are shown to nobody, so none is consumed (T77).
    pub(crate) head: bool,
    /// Whether the handler used the session in any way, which makes the response depend on the cookie (S38).
    pub(crate) consulted: Cell<bool>,
    /// Held while a server operation of this session runs, so that joined futures take turns.
    pub(crate) turn: tokio::sync::Mutex<()>,
    /// Not of a request: given to a function by a [handle](super::SessionHandle).
    pub(crate) apart: Option<Apart>,
    pub(crate) state: RefCell<State>,
}

/// # Internal invariant
///
/// `live` is the session as the handler sees it; under [`Stored::Server`] it equals `edits` replayed over what the
/// request saw when it loaded or last saved. No borrow of the state is held while user code runs or across an await.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of one request, not one state of many"
)]
pub(crate) struct State {
    pub(crate) phase: Phase,
    pub(crate) origin: Origin,
    pub(crate) fresh: bool,
    pub(crate) live: Live,
    /// How often `destroy` has begun a new session in its place.
    pub(crate) life: u32,
    /// The browser sent a cookie of this name, whatever its worth.
    pub(crate) arrived: bool,
    /// Something passed the one gate for changes. Whether anything did change, the bytes say.
    pub(crate) written: bool,
    /// The cookie is sent even if no byte of the session changed.
    pub(crate) resend: bool,
    /// `destroy()` was called on something the browser holds a cookie for.
    pub(crate) removal: bool,
    /// What became of the session, for the log.
    pub(crate) fate: &'static str,
    /// Attributes that this request asked for in place of the definition's.
    pub(crate) attributes: Option<Box<(CookieArgs, Attributes)>>,
    pub(crate) stored: Stored,
}

pub(crate) enum Stored {
    Cookie(Sealed),
    Server(Box<Kept>),
}

/// A session in the cookie.
#[derive(Default)]
pub(crate) struct Sealed {
    /// The payload as it arrived: changed means that the new one differs.
    pub(crate) loaded: Option<Bytes>,
    /// When it was sealed, which is its last use.
    pub(crate) issued: Option<Timestamp>,
}

/// A session on a server.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of one request, not one state of many"
)]
pub(crate) struct Kept {
    /// `None` until a new session is first saved.
    pub(crate) id: Option<SessionId>,
    pub(crate) held: Option<Held>,
    /// The entries as the handler first saw them: what decides about edits that cross a renew.
    pub(crate) seen: Entries,
    /// Somebody else's renew came in between: the new id is theirs to hand out, and this request sends no cookie.
    pub(crate) crossed: bool,
    pub(crate) renew: bool,
    /// An id was created or changed in the backend, so the browser has to learn it, whatever the response.
    pub(crate) owed: bool,
    pub(crate) edits: Edits,
    /// Taken from the server by this request, to be put back if the response fails.
    pub(crate) claimed: Vec<StoredFlash>,
    /// Ended by this request, to be deleted once everything else is saved.
    pub(crate) ended: Vec<Held>,
    /// Found ended by another request: changes are dropped, and no cookie is sent.
    pub(crate) gone: bool,
    /// A write was begun, and nobody knows whether it took place: it failed that way, or was given up. Nothing is
    /// written after it, since that could do it twice or lose it silently.
    pub(crate) unsettled: Option<ErrorKind>,
    pub(crate) lock: Option<LockGuard>,
    /// To the handles that were made of the session.
    pub(crate) link: Option<Arc<Link>>,
}

impl State {
    /// A session with nothing in it.
    #[inline]
    pub(crate) fn empty(place: &Place, origin: Origin, arrived: bool) -> Self {
        let stored = match place {
            Place::InCookie => Stored::Cookie(Sealed::default()),
            Place::Server(_) => Stored::Server(Box::default()),
        };
        Self {
            origin,
            fresh: true,
            arrived,
            ..Self::loaded(Live::blank(), stored, false)
        }
    }

    /// A session that the browser's cookie led to.
    #[inline]
    pub(crate) fn loaded(live: Live, stored: Stored, resend: bool) -> Self {
        Self {
            phase: Phase::Open,
            origin: Origin::Loaded,
            fresh: false,
            live,
            life: 0,
            arrived: true,
            written: false,
            resend,
            removal: false,
            fate: "unused",
            attributes: None,
            stored,
        }
    }

    #[inline]
    pub(crate) fn check_open(&self, name: &str) -> Result<(), SessionError> {
        match self.phase {
            Phase::Open | Phase::ReadOnly => Ok(()),
            Phase::Saving => Err(saving(name)),
            Phase::Closed => Err(closed(name, self.origin)),
        }
    }

    pub(crate) fn check_writable(&self, name: &str) -> Result<(), SessionError> {
        match self.phase {
            Phase::Open => Ok(()),
            Phase::ReadOnly => Err(read_only(name, self.origin)),
            Phase::Saving => Err(saving(name)),
            Phase::Closed => Err(closed(name, self.origin)),
        }
    }

    /// Removes an entry from the view and logs the edit; gives whether it was there and the steps it replaced.
    pub(crate) fn remove(&mut self, name: &str) -> (bool, Option<Dropped>) {
        if !self.live.entries.remove(name) {
            return (false, None);
        }
        match &mut self.stored {
            Stored::Server(kept) => (true, Some(kept.edits.remove(name.into()))),
            Stored::Cookie(_) => (true, None),
        }
    }

    /// Whether saving now would write something.
    pub(crate) fn is_modified(&self) -> bool {
        if self.removal {
            return true;
        }
        match &self.stored {
            Stored::Cookie(sealed) => match &sealed.loaded {
                None => !self.live.is_blank(),
                Some(loaded) => self.written && !is_written_as(&self.live, loaded),
            },
            Stored::Server(kept) if kept.gone => false,
            Stored::Server(kept) => {
                !kept.ended.is_empty()
                    || match &kept.held {
                        None => !self.live.is_blank(),
                        Some(_) => self.live.entries != kept.seen || kept.edits.beyond_entries(),
                    }
            }
        }
    }

    /// Whether dropping the session now would lose something: the check behind the log line of a forgotten save.
    pub(crate) fn has_unsaved(&self) -> bool {
        let pending = matches!(&self.stored, Stored::Server(kept) if !kept.gone && (kept.renew || !kept.claimed.is_empty()));
        self.phase == Phase::Open && (pending || self.is_modified())
    }

    /// Drops the closures in the edit log, which may hold the session itself.
    pub(crate) fn release(&mut self) -> Option<Edits> {
        match &mut self.stored {
            Stored::Server(kept) => Some(std::mem::take(&mut kept.edits)),
            Stored::Cookie(_) => None,
        }
    }
}

impl Inner {
    /// What a server write needs to know beside the record.
    pub(crate) fn terms(&self, now: Timestamp) -> Terms {
        terms(&self.sessions, &self.definition, self.rules.get(), now)
    }

    /// Gives a session that was never stored its creation time, and its deadline unless the handler chose one.
    pub(crate) fn date(&self, live: &mut Live, now: Timestamp) {
        live.created = now;
        if !matches!(live.lifetime, Lifetime::For(_)) {
            live.deadline = now.after(self.definition.max_age);
        }
    }
}

pub(super) fn terms(sessions: &Sessions, definition: &Definition, rules: Rules, now: Timestamp) -> Terms {
    Terms {
        now,
        idle: definition.idle,
        max_record: sessions.registry().limits.record,
        reject: rules.conflict == ConflictRule::Reject,
    }
}

fn saving(name: &str) -> SessionError {
    SessionError::new(
        ErrorKind::Closed,
        format!(
            "session `{name}` is being saved: await `save` before using it again, and do not use it inside of a \
             function given to `update`, which may run again now"
        ),
    )
}

fn read_only(name: &str, origin: Origin) -> SessionError {
    let why = if origin == Origin::Unavailable {
        "because its backend is unavailable"
    } else {
        "because its handle was asked to `read`: change it with `update`"
    };
    SessionError::new(
        ErrorKind::ReadOnly,
        format!("session `{name}` is read-only, {why}"),
    )
}

fn closed(name: &str, origin: Origin) -> SessionError {
    if origin == Origin::NotLoaded {
        return SessionError::new(
            ErrorKind::Closed,
            "this session is not loaded, because the handler's body does not mention it by name; \
             get it with `session_store.get_session(..).await`",
        );
    }
    SessionError::new(
        ErrorKind::Closed,
        format!(
            "session `{name}` is closed: its response, or the function that a handle gave it to, is finished, and \
             nothing more can be saved with it; what goes on after the response takes `session.handle()`"
        ),
    )
}
