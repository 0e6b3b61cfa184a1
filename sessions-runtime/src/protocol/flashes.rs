//! Taking flash messages from a record, so that each is shown once, and giving them back.

use super::held::{ATTEMPTS, Held, Terms, Written, contended, rejected};
use crate::backend::Backend;
use crate::error::SessionError;
use crate::record::{Live, StoredFlash};

/// What a claim brought.
#[derive(Debug)]
pub(crate) struct Claimed {
    /// The messages, which are this request's alone now, in the order they were added.
    pub(crate) messages: Vec<StoredFlash>,
    /// The record as it is now; `None` where another request ended the session.
    pub(crate) held: Option<Held>,
}

/// Takes the messages that `select` chooses, by a write that removes them and changes nothing else.
///
/// Of two requests that claim at once, one gets a message. A session that was renewed meanwhile keeps its messages: they
/// belong to whoever has the new id.
///
/// # Errors
///
/// A failing backend, which is not tried again; `Conflict` under `conflict = "reject"`; `Busy` after many conflicts.
pub(crate) async fn claim(
    backend: &dyn Backend,
    mut held: Held,
    select: impl Fn(&StoredFlash) -> bool,
    terms: &Terms,
) -> Result<Claimed, SessionError> {
    let smaller = terms.giving_back();
    for _ in 0..ATTEMPTS {
        if held.crossed || !held.live.flashes.iter().any(&select) {
            return Ok(Claimed {
                messages: Vec::new(),
                held: Some(held),
            });
        }
        let mut live = Live::clone(&held.live);
        let messages = take(&mut live, &select);
        match held.replace(backend, live, &smaller).await? {
            Written::Replaced(held) => {
                return Ok(Claimed {
                    messages,
                    held: Some(held),
                });
            }
            Written::Gone => {
                return Ok(Claimed {
                    messages: Vec::new(),
                    held: None,
                });
            }
            Written::Conflict if terms.reject => return Err(rejected()),
            Written::Conflict => {}
        }
        let Some(fresh) = held.refresh(backend, terms.now).await? else {
            return Ok(Claimed {
                messages: Vec::new(),
                held: None,
            });
        };
        held = fresh;
    }
    Err(contended())
}

/// Puts claimed messages back to their old places, because the response that took them is not shown. Answers the record
/// as it is then; `None` where the session was ended, and the messages with it.
///
/// # Errors
///
/// A failing backend, which is not tried again; `Busy` after many conflicts.
pub(crate) async fn put_back(
    backend: &dyn Backend,
    mut held: Held,
    messages: Vec<StoredFlash>,
    terms: &Terms,
) -> Result<Option<Held>, SessionError> {
    let as_before = terms.giving_back();
    for _ in 0..ATTEMPTS {
        let mut live = Live::clone(&held.live);
        give_back(&mut live, &messages);
        if live == *held.live {
            return Ok(Some(held));
        }
        match held.replace(backend, live, &as_before).await? {
            Written::Replaced(held) => return Ok(Some(held)),
            Written::Gone => return Ok(None),
            Written::Conflict => {}
        }
        let Some(fresh) = held.refresh(backend, terms.now).await? else {
            return Ok(None);
        };
        held = fresh;
    }
    Err(contended())
}

/// Removes the chosen messages.
fn take(live: &mut Live, select: impl Fn(&StoredFlash) -> bool) -> Vec<StoredFlash> {
    let (taken, kept) = std::mem::take(&mut live.flashes).into_iter().partition(select);
    live.flashes = kept;
    taken
}

/// Inserts messages at the places their numbers give them; those that are there already stay single.
fn give_back(live: &mut Live, messages: &[StoredFlash]) {
    for message in messages {
        if let Err(at) = live.flashes.binary_search_by_key(&message.seq, |flash| flash.seq) {
            live.flashes.insert(at, message.clone());
            live.next_seq = live.next_seq.max(message.seq.saturating_add(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn live(seqs: &[u64]) -> Live {
        let mut live = Live::blank();
        live.flashes = seqs
            .iter()
            .map(|seq| StoredFlash {
                seq: *seq,
                queue: if seq % 2 == 0 { "even".into() } else { "odd".into() },
                level: "info".into(),
                text: "text".into(),
                value: Bytes::new(),
            })
            .collect();
        live.next_seq = seqs.last().map_or(0, |last| last + 1);
        live
    }

    /// T66
    #[test]
    fn taking_one_queue_leaves_the_others_in_order() {
        let mut session = live(&[1, 2, 3, 4, 7]);
        let taken = take(&mut session, |flash| flash.queue == "odd");
        assert_eq!(taken.iter().map(|flash| flash.seq).collect::<Vec<_>>(), [1, 3, 7]);
        assert_eq!(session.flashes, live(&[2, 4]).flashes);
        assert_eq!(session.next_seq, 8, "numbers are never used again");
    }

    /// T65
    #[test]
    fn messages_return_to_their_places_once() {
        let original = live(&[1, 2, 3, 4, 7]);
        let mut session = original.clone();
        let taken = take(&mut session, |flash| flash.queue == "odd");
        give_back(&mut session, &taken);
        assert_eq!(session, original);
        give_back(&mut session, &taken);
        assert_eq!(session, original);
    }
}
