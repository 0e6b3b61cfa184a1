//! How operations end: won, lost, crossed, ended, unknown.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::backend::{
    Backend, BackendFuture, Create, Delete, Memory, NewRecord, Record, Replace, Touch, Version,
};
use crate::clock::{Clock, Timestamp};
use crate::error::SessionError;
use crate::id::StoreKey;
use crate::record::Live;

const KEY: StoreKey = StoreKey::from_bytes([1; 32]);
const NEXT: StoreKey = StoreKey::from_bytes([2; 32]);

fn at(now: u64) -> Terms {
    let now = Timestamp::from_unix(now);
    Terms {
        now,
        idle: Some(Duration::from_secs(100)),
        max_record: 1_024,
        reject: false,
    }
}

fn session(deadline: u64) -> Live {
    Live {
        deadline: Timestamp::from_unix(deadline),
        ..Live::blank()
    }
}

fn store(now: u64) -> (Memory, Clock) {
    let clock = Clock::manual(Timestamp::from_unix(now));
    (Memory::with_clock(clock.clone()), clock)
}

/// S9, S11
#[actix_web::test]
async fn a_renewed_session_lives_under_its_new_key_only_and_can_be_destroyed() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let (edits, seen) = (Edits::default(), held.live.entries.clone());
    let prepared = prepare(&memory, NEXT, held.clone(), &edits, &seen, &at(1_000))
        .await
        .unwrap();
    assert!(
        matches!(load(&memory, KEY, at(1_000).now).await.unwrap(), Loaded::Live(_)),
        "not before phase two"
    );
    let Renewed::Won(new) = commit(&memory, prepared, &at(1_000)).await.unwrap() else {
        panic!("lost")
    };
    assert_eq!((new.key, new.live.deadline.unix()), (NEXT, 5_000));
    assert!(matches!(
        load(&memory, KEY, at(1_000).now).await.unwrap(),
        Loaded::Ended
    ));
    assert!(matches!(
        load(&memory, NEXT, at(1_000).now).await.unwrap(),
        Loaded::Live(_)
    ));
    // What a request in flight holds is the old record.
    destroy(&memory, held, at(1_000).now).await.unwrap();
    assert!(matches!(
        load(&memory, NEXT, at(1_000).now).await.unwrap(),
        Loaded::Unknown
    ));
}

/// C15
#[actix_web::test]
async fn an_abandoned_renewal_leaves_the_old_id_working_and_no_trace() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let seen = held.live.entries.clone();
    let prepared = prepare(&memory, NEXT, held, &Edits::default(), &seen, &at(1_000))
        .await
        .unwrap();
    assert_eq!(memory.len(), 2);
    abandon(&memory, prepared).await.unwrap();
    assert_eq!(memory.len(), 1);
    assert!(matches!(
        load(&memory, KEY, at(1_000).now).await.unwrap(),
        Loaded::Live(_)
    ));
}

/// S9
#[actix_web::test]
async fn a_principal_set_from_before_a_renew_arrives_only_if_the_renew_set_none() {
    for theirs in [None, Some("ann")] {
        let (memory, _) = store(1_000);
        let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
        let seen = held.live.entries.clone();
        let mut login = Edits::default();
        login.set_principal(theirs.map(Into::into));
        let prepared = prepare(&memory, NEXT, held.clone(), &login, &seen, &at(1_000))
            .await
            .unwrap();
        commit(&memory, prepared, &at(1_000)).await.unwrap();
        let mut late = Edits::default();
        late.set_principal(Some("ben".into()));
        let saved = save(&memory, held, &late, &seen, false, &at(1_000))
            .await
            .unwrap();
        let (Saved::Saved(held) | Saved::Unchanged(held) | Saved::Crossed { held, .. }) = saved else {
            panic!("{saved:?}")
        };
        assert!(held.crossed && held.key == NEXT);
        assert_eq!(held.live.principal.as_deref(), Some(theirs.unwrap_or("ben")));
        assert_eq!(memory.keys_of(theirs.unwrap_or("ben")).await.unwrap(), [NEXT]);
    }
}

/// S9
#[actix_web::test]
async fn a_session_that_was_reached_over_a_renew_is_not_renewed_again() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let seen = held.live.entries.clone();
    let mut edits = Edits::default();
    drop(edits.set("a".into(), "1".into()));
    let crossed = Held {
        crossed: true,
        ..held
    };
    let prepared = prepare(&memory, NEXT, crossed, &edits, &seen, &at(1_000))
        .await
        .unwrap();
    let Renewed::Merged { held, .. } = commit(&memory, prepared, &at(1_000)).await.unwrap() else {
        panic!("renewed")
    };
    assert_eq!((held.key, memory.len()), (KEY, 1));
}

/// A store that answers its first `replace` or `delete` with an error, after doing it.
struct Unsure {
    memory: Memory,
    calls: AtomicUsize,
}

impl Unsure {
    fn lost<'a, T: Send + 'a>(&'a self, answer: BackendFuture<'a, T>) -> BackendFuture<'a, T> {
        Box::pin(async move {
            answer.await?;
            self.calls.fetch_add(1, Ordering::Relaxed);
            Err(SessionError::unavailable("no answer in time"))
        })
    }
}

impl Backend for Unsure {
    fn load<'a>(&'a self, key: &'a StoreKey) -> BackendFuture<'a, Option<Record>> {
        self.memory.load(key)
    }

    fn create<'a>(&'a self, key: &'a StoreKey, record: NewRecord) -> BackendFuture<'a, Create> {
        self.memory.create(key, record)
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Version,
        record: NewRecord,
    ) -> BackendFuture<'a, Replace> {
        self.lost(self.memory.replace(key, expected, record))
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expiry: Timestamp) -> BackendFuture<'a, Touch> {
        self.memory.touch(key, expiry)
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<Version>) -> BackendFuture<'a, Delete> {
        self.lost(self.memory.delete(key, expected))
    }
}

/// R12
#[actix_web::test]
async fn a_call_whose_outcome_is_unknown_is_not_tried_again() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let unsure = Unsure {
        memory: memory.clone(),
        calls: 0.into(),
    };
    let mut edits = Edits::default();
    drop(edits.set("a".into(), "1".into()));
    let seen = held.live.entries.clone();
    let err = save(&unsure, held.clone(), &edits, &seen, false, &at(1_000))
        .await
        .unwrap_err();
    assert!(err.is_unavailable());
    assert_eq!(unsure.calls.into_inner(), 1);

    let unsure = Unsure {
        memory: memory.clone(),
        calls: 0.into(),
    };
    let now = Held {
        version: memory.load(&KEY).await.unwrap().unwrap().version,
        ..held
    };
    let prepared = prepare(&unsure, NEXT, now, &edits, &seen, &at(1_000))
        .await
        .unwrap();
    let Err(err) = commit(&unsure, prepared, &at(1_000)).await else {
        panic!("committed")
    };
    assert!(err.is_unavailable());
    assert_eq!(
        unsure.calls.into_inner(),
        1,
        "the new record is not deleted: the old one may have moved to it"
    );
    assert!(matches!(
        load(&memory, NEXT, at(1_000).now).await.unwrap(),
        Loaded::Live(_)
    ));
}

/// Stores a session at the moment 1000 and gives another request's view of it beside the present one.
async fn overtaken(memory: &Memory) -> (Held, Held) {
    let stale = create(memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let mut edits = Edits::default();
    drop(edits.set("user".into(), "ann".into()));
    let seen = stale.live.entries.clone();
    let saved = save(memory, stale.clone(), &edits, &seen, false, &at(1_000))
        .await
        .unwrap();
    let Saved::Saved(fresh) = saved else {
        panic!("{saved:?}")
    };
    (stale, fresh)
}

/// C5, V1
#[actix_web::test]
async fn whoever_writes_to_a_destroyed_session_is_told_that_it_ended() {
    let (memory, _) = store(1_000);
    let (stale, fresh) = overtaken(&memory).await;
    destroy(&memory, fresh.clone(), at(1_000).now).await.unwrap();
    let mut edits = Edits::default();
    drop(edits.set("a".into(), "1".into()));
    for held in [stale, fresh] {
        let seen = held.live.entries.clone();
        let saved = save(&memory, held.clone(), &edits, &seen, false, &at(1_000))
            .await
            .unwrap();
        assert!(matches!(saved, Saved::Ended));
        let prepared = prepare(&memory, NEXT, held, &edits, &seen, &at(1_000))
            .await
            .unwrap();
        assert!(matches!(
            commit(&memory, prepared, &at(1_000)).await.unwrap(),
            Renewed::Ended
        ));
    }
    assert!(memory.is_empty());
}

/// S9
#[actix_web::test]
async fn a_request_that_has_crossed_a_renew_stays_bound_by_what_it_saw() {
    let (memory, _) = store(1_000);
    let (stale, fresh) = overtaken(&memory).await;
    let mut edits = Edits::default();
    drop(edits.set("user".into(), "mallory".into()));
    drop(edits.set("a".into(), "1".into()));
    // `stale` meets a conflict and reloads; it has crossed all the same.
    for held in [stale.clone(), fresh] {
        let saved = save(&memory, held, &edits, &stale.live.entries, true, &at(1_000))
            .await
            .unwrap();
        let (Saved::Saved(held) | Saved::Unchanged(held) | Saved::Crossed { held, .. }) = saved else {
            panic!("{saved:?}")
        };
        assert_eq!(held.live.entries.get("user"), Some(&b"ann"[..]));
        assert!(held.live.entries.get("a").is_some());
    }
}

/// S9
#[actix_web::test]
async fn the_loser_of_two_renews_sets_its_principal_only_if_the_winner_set_none() {
    for theirs in [None, Some("ann")] {
        let (memory, _) = store(1_000);
        let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
        let seen = held.live.entries.clone();
        let (mut winner, mut loser) = (Edits::default(), Edits::default());
        winner.set_principal(theirs.map(Into::into));
        loser.set_principal(Some("ben".into()));
        let third = StoreKey::from_bytes([3; 32]);
        let late = prepare(&memory, third, held.clone(), &loser, &seen, &at(1_000))
            .await
            .unwrap();
        let first = prepare(&memory, NEXT, held, &winner, &seen, &at(1_000))
            .await
            .unwrap();
        assert!(matches!(
            commit(&memory, first, &at(1_000)).await.unwrap(),
            Renewed::Won(_)
        ));
        let Renewed::Merged { held, .. } = commit(&memory, late, &at(1_000)).await.unwrap() else {
            panic!("won")
        };
        assert_eq!(held.live.principal.as_deref(), Some(theirs.unwrap_or("ben")));
        assert!(held.key == NEXT && held.crossed);
    }
}

/// C12
#[actix_web::test]
async fn a_request_finds_its_renewed_session_for_a_minute() {
    let (memory, clock) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let seen = held.live.entries.clone();
    let prepared = prepare(&memory, NEXT, held.clone(), &Edits::default(), &seen, &at(1_000))
        .await
        .unwrap();
    commit(&memory, prepared, &at(1_000)).await.unwrap();
    let mut edits = Edits::default();
    drop(edits.set("a".into(), "1".into()));
    clock.set(Timestamp::from_unix(1_060));
    let saved = save(&memory, held.clone(), &edits, &seen, false, &at(1_060))
        .await
        .unwrap();
    assert!(matches!(saved, Saved::Crossed { held, .. } if held.crossed));
    clock.set(Timestamp::from_unix(1_061));
    let saved = save(&memory, held, &edits, &seen, false, &at(1_061))
        .await
        .unwrap();
    assert!(matches!(saved, Saved::Ended));
}
