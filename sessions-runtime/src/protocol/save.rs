//! Writing a session: the first record, and every change of it.

use std::sync::Arc;

use super::edits::{Crossing, Edits};
use super::held::{ATTEMPTS, Held, Terms, Written, contended, rejected};
use crate::backend::{Backend, Create};
use crate::error::SessionError;
use crate::id::StoreKey;
use crate::record::{Entries, Live};

/// How a save ended.
#[derive(Debug)]
#[expect(
    clippy::enum_variant_names,
    reason = "the word for it; `Written` is the answer of one try"
)]
pub(crate) enum Saved {
    /// Nothing had to be written.
    Unchanged(Held),
    Saved(Held),
    /// Written into a session that somebody else has renewed, which held `from` before. No cookie may be sent: its id is
    /// theirs to hand out.
    Crossed {
        held: Held,
        from: Box<Entries>,
    },
    /// Another request ended the session. The changes are dropped, and no cookie at all may be sent: a removal that
    /// arrives late would sign out whoever has just signed in.
    Ended,
}

/// Writes the first record of a session under a new key.
///
/// # Errors
///
/// A failing backend, and `TooLarge`.
pub(crate) async fn create(
    backend: &dyn Backend,
    key: StoreKey,
    live: Live,
    terms: &Terms,
) -> Result<Held, SessionError> {
    let record = terms.record(&live)?;
    let expiry = record.expiry;
    match backend.create(&key, record).await? {
        Create::Created(version) => Ok(Held {
            key,
            version,
            expiry,
            live: Arc::new(live),
            crossed: false,
        }),
        // Two random ids never meet: this is a backend that ran one call twice, or does not keep the contract.
        Create::Exists => Err(SessionError::backend(
            "the backend says that a new key exists already",
        )),
    }
}

/// Writes this request's edits over the freshest record, however often that changes meanwhile.
///
/// `seen` is what the handler saw; it decides about edits that cross somebody's renew. `crossed` says that this
/// happened before.
///
/// # Errors
///
/// A failing backend, which is not tried again; `TooLarge`; `Conflict` under `conflict = "reject"`; `Busy` after many
/// conflicts; the error of an `update` that cannot run on what is there now.
pub(crate) async fn save(
    backend: &dyn Backend,
    mut held: Held,
    edits: &Edits,
    seen: &Entries,
    crossed: bool,
    terms: &Terms,
) -> Result<Saved, SessionError> {
    held.crossed |= crossed;
    update(backend, held, None, terms, replaying(edits, seen)).await
}

/// Does a request's edits again on a record, by the rules for those that cross somebody's renew.
pub(super) fn replaying(
    edits: &Edits,
    seen: &Entries,
) -> impl FnMut(&Held, Option<&Live>) -> Result<Live, SessionError> {
    move |held, before| {
        let crossing = held.crossed.then_some(Crossing { seen, before });
        edits.replay(&held.live, crossing)
    }
}

/// Writes what `change` makes of the freshest record; where other requests get in between, it is called again. Beside the
/// record it is given what the session was before somebody renewed it, if that is known: where this happened, the record
/// is [`crossed`](Held::crossed).
///
/// The one loop behind every save. It keeps nothing of a call of `change` across an await, so that a change which is not
/// `Send` itself may be made by a future that is.
///
/// # Errors
///
/// As [`save`], and what `change` answers.
pub(super) async fn update(
    backend: &dyn Backend,
    mut held: Held,
    mut before: Option<Arc<Live>>,
    terms: &Terms,
    mut change: impl FnMut(&Held, Option<&Live>) -> Result<Live, SessionError>,
) -> Result<Saved, SessionError> {
    for _ in 0..ATTEMPTS {
        let live = change(&held, before.as_deref())?;
        if live == *held.live {
            return Ok(Saved::Unchanged(held));
        }
        match held.replace(backend, live, terms).await? {
            Written::Replaced(new) if new.crossed => {
                return Ok(Saved::Crossed {
                    held: new,
                    from: Box::new(held.live.entries.clone()),
                });
            }
            Written::Replaced(new) => return Ok(Saved::Saved(new)),
            Written::Gone => return Ok(Saved::Ended),
            Written::Conflict if terms.reject => return Err(rejected()),
            Written::Conflict => {}
        }
        // Boxed, because conflicts are rare and every save carries this future's size.
        let Some(fresh) = Box::pin(held.refresh(backend, terms.now)).await? else {
            return Ok(Saved::Ended);
        };
        if fresh.crossed && !held.crossed {
            before = Some(held.live);
        }
        held = fresh;
    }
    Err(contended())
}
