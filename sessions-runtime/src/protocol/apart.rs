//! Changing a session apart from any request, by a handle that may be older than somebody's renewal.

use super::edits::{Crossing, Edits, saw};
use super::held::{Held, Terms};
use super::save::{Saved, update};
use crate::backend::Backend;
use crate::error::SessionError;
use crate::record::Live;

/// How a change ended, and the session as its holder may see it then.
#[derive(Debug)]
pub(crate) enum Changed {
    Unchanged(Held, Live),
    Saved(Held, Live),
    /// Another request ended the session.
    Ended,
}

/// Writes what `edit` does to a session. It is called again where another request got in between.
///
/// `seen` is the session as the holder saw it last. As long as nobody else renewed the session, `edit` sees it as it is.
/// From then on it is that other one's, and `edit` goes on seeing what its holder has seen, whose edits keep to the rules
/// for those that cross.
///
/// # Errors
///
/// As [`save`](super::save), and what `edit` answers.
pub(crate) async fn change(
    backend: &dyn Backend,
    held: Held,
    mut seen: Live,
    terms: &Terms,
    mut edit: impl FnMut(&Held, &Live) -> Result<Edits, SessionError>,
) -> Result<Changed, SessionError> {
    let saved = update(backend, held, None, terms, |held, _| {
        look(&mut seen, held);
        let crossing = held.crossed.then_some(&seen.entries);
        let crossing = crossing.map(|seen| Crossing { seen, before: None });
        edit(held, &seen)?.replay(&held.live, crossing)
    });
    Ok(match saved.await? {
        Saved::Unchanged(held) => Changed::Unchanged(held, seen),
        Saved::Saved(held) => {
            look(&mut seen, &held);
            Changed::Saved(held, seen)
        }
        Saved::Crossed { held, from } => {
            saw(&mut seen.entries, &from, &held.live.entries);
            Changed::Saved(held, seen)
        }
        Saved::Ended => Changed::Ended,
    })
}

/// What the holder sees of a record: all of it, or what it had seen before somebody renewed the session, without messages:
/// they belong to whoever has the new id.
pub(crate) fn look(seen: &mut Live, held: &Held) {
    if held.crossed {
        seen.flashes.clear();
    } else {
        seen.clone_from(&held.live);
    }
}
