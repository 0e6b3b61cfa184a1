//! The sessions of a request that live on servers, at its end: all of them are saved, or nothing of it is told.
//!
//! What is rarely awaited is boxed where it is, so that the future of a usual save stays small: it is copied to the heap.

use futures_util::future::join_all;
use smallvec::{SmallVec, smallvec};

use crate::clock::Timestamp;
use crate::config::{ConflictRule, Place};
use crate::error::SessionError;
use crate::session::{Pending, Session};

/// `Set-Cookie` lines of sessions.
pub(super) type Lines = SmallVec<[String; 2]>;

type Sessions<'a> = SmallVec<[&'a Session; 2]>;

/// What futures give that are awaited at once, in their order. One alone is awaited where it is: a list would be made by
/// copying it, and those of a save are large.
async fn together<F: Future>(mut futures: impl ExactSizeIterator<Item = F>) -> SmallVec<[F::Output; 1]> {
    if futures.len() > 1 {
        return join_all(futures.map(Box::pin)).await.into();
    }
    let Some(only) = futures.next() else {
        return SmallVec::new();
    };
    smallvec![only.await]
}

/// Saves the sessions that live on servers, or only ends what was destroyed, and adds their lines.
pub(super) async fn save(
    sessions: &[&Session],
    save: bool,
    lines: &mut Lines,
    now: Timestamp,
) -> Result<(), SessionError> {
    let servers: SmallVec<[&Session; 2]> = sessions
        .iter()
        .copied()
        .filter(|session| !session.is_sealed())
        .collect();
    if save {
        save_all(&servers, lines, now).await
    } else {
        Box::pin(drop_all(&servers, lines, now)).await
    }
}

/// All records first; then what must not be undone: old ids and destroyed records. So a failure anywhere leaves no half
/// of it visible to the browser.
async fn save_all<'a>(
    sessions: &[&'a Session],
    lines: &mut Lines,
    now: Timestamp,
) -> Result<(), SessionError> {
    let mut prepared: SmallVec<[(&'a Session, Pending); 2]> = SmallVec::new();
    let mut failed = None;
    let (rejecting, merging): (Sessions<'a>, Sessions<'a>) = sessions
        .iter()
        .copied()
        .partition(|session| session.inner.rules.get().conflict == ConflictRule::Reject);
    // Those that may refuse come first and one by one, so that a 409 has written nothing else.
    for session in rejecting {
        match Box::pin(session.prepare_in_turn(now)).await {
            Ok(pending) => prepared.push((session, pending)),
            Err(err) => {
                failed = Some(err);
                break;
            }
        }
    }
    if failed.is_none() {
        let answers = together(merging.iter().map(|session| session.prepare_in_turn(now))).await;
        for (session, answer) in merging.into_iter().zip(answers) {
            match answer {
                Ok(pending) => prepared.push((session, pending)),
                Err(err) => failed = failed.or(Some(err)),
            }
        }
    }
    if let Some(err) = failed {
        let undo = |(session, pending): (&'a Session, Pending)| session.roll_back(pending, now);
        Box::pin(together(prepared.into_iter().map(undo))).await;
        Box::pin(give_up(sessions, now)).await;
        return Err(err);
    }
    prepared.retain(|(session, pending)| session.has_second_phase(pending));
    if !prepared.is_empty() {
        let finish = |(session, pending): (&'a Session, Pending)| session.finish(pending, now);
        let finished = Box::pin(together(prepared.into_iter().map(finish))).await;
        if let Err(err) = finished.into_iter().collect::<Result<(), _>>() {
            Box::pin(give_up(sessions, now)).await;
            return Err(err);
        }
    }
    for session in sessions {
        session.add_line(true, now, lines)?;
    }
    Ok(())
}

/// After a failed save: as after a failed response, but the error that is told is the first one.
pub(super) async fn give_up(sessions: &[&Session], now: Timestamp) {
    together(sessions.iter().map(|session| give_up_one(session, now))).await;
}

async fn give_up_one(session: &Session, now: Timestamp) {
    session.put_back(now).await;
    if let Err(err) = session.end_destroyed(now).await {
        tracing::error!(session = %session.name(), error = ?err, "a destroyed session may still be alive");
    }
}

/// After a failed response: messages that nobody saw go back, and what was destroyed ends all the same.
async fn drop_all(sessions: &[&Session], lines: &mut Lines, now: Timestamp) -> Result<(), SessionError> {
    for session in sessions {
        session.put_back(now).await;
        session.end_destroyed(now).await?;
        session.add_line(false, now, lines)?;
    }
    Ok(())
}

impl Session {
    pub(super) fn is_sealed(&self) -> bool {
        matches!(self.inner.definition.place, Place::InCookie)
    }

    /// Adds the line of this session, if it needs one.
    pub(super) fn add_line(&self, save: bool, now: Timestamp, lines: &mut Lines) -> Result<(), SessionError> {
        let line = if save {
            self.cookie_line(now)?
        } else {
            self.cookie_line_unsaved(now)?
        };
        if let Some(line) = line {
            lines.push(line);
        }
        Ok(())
    }

    async fn prepare_in_turn(&self, now: Timestamp) -> Result<Pending, SessionError> {
        let _turn = self.inner.turn.lock().await;
        self.prepare(now).await
    }
}
