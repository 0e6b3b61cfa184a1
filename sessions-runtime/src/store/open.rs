//! From the Cookie header to a session: find the cookie, open its seal, load the record.

use actix_web::http::header::HeaderValue;
use smallvec::SmallVec;

use crate::clock::Timestamp;
use crate::config::{Definition, OnOutage, Place, Rules};
use crate::cookie;
use crate::error::{ErrorKind, SessionError};
use crate::id::SessionId;
use crate::protocol::{self, Held, Loaded};
use crate::record::{Live, decode_live};
use crate::seal::{Opened, Refused};
use crate::session::{Kept, LockGuard, Origin, Phase, Sealed, State, Stored};
use crate::sessions::Sessions;

/// How many genuine cookies of one name are tried, since each may ask a backend. Junk is not counted: whoever plants it
/// must not crowd out the one that verifies (S33).
const CANDIDATES: usize = 8;

/// The values of the cookies of one name, in the order they arrived.
pub(super) type Values<'a> = SmallVec<[&'a [u8]; 2]>;
type Genuine = SmallVec<[Opened; 1]>;

/// The values of the cookies of one name, from all Cookie headers (S32, S33).
#[inline]
pub(super) fn values<'a>(headers: &'a [HeaderValue], name: &str) -> Values<'a> {
    let mut values = Values::new();
    for header in headers {
        for value in cookie::values(header.as_bytes(), name) {
            values.push(value);
        }
    }
    values
}

/// Opens every candidate. Genuine ones come newest first, so that the result does not depend on their order in the
/// header; where there is none, the most telling reason.
pub(super) fn open_all(
    values: &[&[u8]],
    now: Timestamp,
    open: impl Fn(&[u8], Timestamp) -> Result<Opened, Refused>,
) -> Result<Genuine, Origin> {
    let mut genuine = Genuine::new();
    let mut reason = Origin::NoCookie;
    for value in values {
        match open(value, now) {
            Ok(opened) => genuine.push(opened),
            Err(refused) => reason = more_telling(reason, refused),
        }
    }
    if genuine.is_empty() {
        return Err(reason);
    }
    if genuine.len() > 1 {
        genuine.sort_by(|left, right| (right.issued, &right.payload).cmp(&(left.issued, &left.payload)));
        genuine.truncate(CANDIDATES);
    }
    Ok(genuine)
}

fn more_telling(present: Origin, refused: Refused) -> Origin {
    let rank = |origin| match origin {
        Origin::NoCookie => 0,
        Origin::Malformed => 1,
        Origin::Forged => 2,
        Origin::Future => 3,
        _ => 4,
    };
    let other = match refused {
        Refused::Malformed => Origin::Malformed,
        Refused::Forged => Origin::Forged,
        Refused::Expired => Origin::Expired,
        Refused::Future => Origin::Future,
    };
    if rank(other) > rank(present) {
        other
    } else {
        present
    }
}

/// A session in the cookie, into the empty `state`. No awaiting, so that guards can have it too.
#[inline]
pub(super) fn open_sealed(definition: &Definition, values: &[&[u8]], now: Timestamp, state: &mut State) {
    state.arrived = !values.is_empty();
    let open = |value: &[u8], now| definition.sealer.open(value, now);
    let found = match values {
        // As good as always.
        [value] => match open(value, now) {
            Ok(opened) => sealed(definition, opened, now, state),
            Err(refused) => Err(more_telling(Origin::NoCookie, refused)),
        },
        _ => open_all(values, now, open).and_then(|genuine| {
            let mut reason = Origin::Unreadable;
            for opened in genuine {
                match sealed(definition, opened, now, state) {
                    Err(Origin::Unreadable) => {}
                    Err(other) => reason = other,
                    found => return found,
                }
            }
            Err(reason)
        }),
    };
    if let Err(reason) = found {
        state.origin = reason;
    }
}

/// The session in a genuine cookie, unless its time is over: then `state` stays empty.
#[inline]
fn sealed(definition: &Definition, opened: Opened, now: Timestamp, state: &mut State) -> Result<(), Origin> {
    if decode_live(&opened.payload, &mut state.live).is_err() {
        return Err(Origin::Unreadable);
    }
    let idle_over = definition
        .idle
        .is_some_and(|idle| now > opened.issued.after(idle));
    if idle_over || definition.is_over(&state.live, now) {
        state.live = Live::blank();
        return Err(Origin::Expired);
    }
    state.origin = Origin::Loaded;
    state.fresh = false;
    state.resend = opened.stale;
    state.stored = Stored::Cookie(Sealed {
        loaded: Some(opened.payload),
        issued: Some(opened.issued),
    });
    Ok(())
}

/// A session on a server.
pub(super) async fn load_kept(
    sessions: &Sessions,
    definition: &Definition,
    rules: Rules,
    values: &[&[u8]],
    now: Timestamp,
) -> Result<State, SessionError> {
    let arrived = !values.is_empty();
    let empty = |origin| State::empty(&definition.place, origin, arrived);
    let Place::Server(backend) = &definition.place else {
        return Ok(empty(Origin::NotLoaded));
    };
    let genuine = match open_all(values, now, |value, now| definition.sealer.open(value, now)) {
        Ok(genuine) => genuine,
        Err(origin) => return Ok(empty(origin)),
    };
    let mut reason = Origin::Malformed;
    for opened in genuine {
        // Only ids of the exact length reach a backend (S6).
        let Some(id) = SessionId::from_bytes(&opened.payload) else {
            continue;
        };
        let key = definition.key(&sessions.registry().namespace, &id);
        let lock = if rules.lock {
            Some(LockGuard::acquire(sessions, definition, key).await?)
        } else {
            None
        };
        let loaded = match protocol::load(&**backend, key, now).await {
            Ok(loaded) => loaded,
            Err(err) => return outage(err, rules, definition, arrived),
        };
        match loaded {
            Loaded::Live(held) if definition.is_over(&held.live, now) => reason = Origin::Expired,
            Loaded::Live(held) => return Ok(kept(id, held, lock, opened.stale)),
            Loaded::Expired => reason = Origin::Expired,
            Loaded::Unknown | Loaded::Ended => reason = Origin::Unknown,
        }
    }
    Ok(empty(reason))
}

fn kept(id: SessionId, held: Held, lock: Option<LockGuard>, stale: bool) -> State {
    let live = Live::clone(&held.live);
    let stored = Stored::Server(Box::new(Kept {
        id: Some(id),
        seen: live.entries.clone(),
        held: Some(held),
        lock,
        ..Kept::default()
    }));
    State::loaded(live, stored, stale)
}

/// What a failed load becomes: an error, or the empty read-only session that `on_outage = "empty"` allows.
fn outage(
    err: SessionError,
    rules: Rules,
    definition: &Definition,
    arrived: bool,
) -> Result<State, SessionError> {
    match err.kind() {
        ErrorKind::Corrupt => {
            tracing::error!(session = %definition.name, error = ?err, "a record cannot be read; the visitor starts anew");
            Ok(State::empty(&definition.place, Origin::Unreadable, arrived))
        }
        ErrorKind::Unavailable | ErrorKind::Busy if rules.on_outage == OnOutage::Empty => {
            tracing::warn!(session = %definition.name, error = ?err, "the backend is down; the session is empty and read-only");
            let empty = State::empty(&definition.place, Origin::Unavailable, arrived);
            Ok(State {
                phase: Phase::ReadOnly,
                ..empty
            })
        }
        _ => Err(err),
    }
}
