use super::*;
use crate::backend::Memory;
use crate::clock::Clock;
use crate::protocol::{Edits, Saved, create, prepare, save, touch};

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

async fn put_moved(memory: &Memory, from: StoreKey, to: StoreKey, until: u64) {
    let data = record::encode_moved(to, Timestamp::from_unix(until));
    memory
        .create(
            &from,
            NewRecord {
                data,
                expiry: Timestamp::from_unix(9_000),
                principal: None,
            },
        )
        .await
        .unwrap();
}

/// S14, S15
#[actix_web::test]
async fn a_record_expires_after_the_idle_time_or_at_its_absolute_end() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    assert_eq!(held.expiry.unix(), 1_100);
    let held = create(&memory, NEXT, session(1_050), &at(1_000)).await.unwrap();
    assert_eq!(held.expiry.unix(), 1_050);
    let forever = Terms {
        idle: None,
        ..at(1_000)
    };
    assert_eq!(forever.expiry_of(&session(5_000)).unix(), 5_000);
}

/// S15, S18
#[actix_web::test]
async fn the_absolute_end_holds_even_if_the_record_is_kept_longer() {
    let (memory, _) = store(1_000);
    create(&memory, KEY, session(1_010), &at(1_000)).await.unwrap();
    memory.touch(&KEY, Timestamp::from_unix(9_000)).await.unwrap();
    let loaded = |now| load(&memory, KEY, Timestamp::from_unix(now));
    assert!(matches!(loaded(1_010).await.unwrap(), Loaded::Live(_)));
    assert!(matches!(loaded(1_011).await.unwrap(), Loaded::Expired));
    assert!(
        follow(&memory, KEY, Timestamp::from_unix(1_011))
            .await
            .unwrap()
            .is_none()
    );
}

/// S7
#[actix_web::test]
async fn an_unknown_key_is_unknown() {
    let (memory, _) = store(1_000);
    assert!(matches!(
        load(&memory, KEY, Timestamp::from_unix(1_000)).await.unwrap(),
        Loaded::Unknown
    ));
    assert!(memory.is_empty());
}

/// Pitfall 4
#[actix_web::test]
async fn a_record_of_another_version_is_an_error_and_stays() {
    let (memory, _) = store(1_000);
    let record = NewRecord {
        data: "\u{7f}later".into(),
        expiry: Timestamp::from_unix(9_000),
        principal: None,
    };
    memory.create(&KEY, record).await.unwrap();
    let err = load(&memory, KEY, Timestamp::from_unix(1_000)).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Corrupt);
    assert_eq!(memory.len(), 1);
}

/// S9, S17
#[actix_web::test]
async fn an_old_id_opens_a_renewed_session_only_within_its_window() {
    let (memory, _) = store(1_000);
    create(&memory, NEXT, session(5_000), &at(1_000)).await.unwrap();
    put_moved(&memory, KEY, NEXT, 1_010).await;
    let loaded = |now| load(&memory, KEY, Timestamp::from_unix(now));
    assert!(matches!(loaded(1_009).await.unwrap(), Loaded::Live(held) if held.key == NEXT && !held.crossed));
    assert!(matches!(loaded(1_010).await.unwrap(), Loaded::Ended));
    // A request in flight is led there all the same.
    let followed = follow(&memory, KEY, Timestamp::from_unix(1_010))
        .await
        .unwrap()
        .unwrap();
    assert!(followed.key == NEXT && followed.crossed);
    memory.delete(&NEXT, None).await.unwrap();
    assert!(matches!(loaded(1_009).await.unwrap(), Loaded::Ended));
}

/// S15
/// As for one that begins: the last second belongs to the session.
#[actix_web::test]
async fn a_request_in_flight_finds_its_session_to_the_last_second() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    for (now, there) in [(5_000, true), (5_001, false)] {
        // The backend's own clock stands, so only the deadline in the data counts.
        let now = Timestamp::from_unix(now);
        assert_eq!(
            held.refresh(&memory, now).await.unwrap().is_some(),
            there,
            "{now:?}"
        );
    }
}

/// S9
#[actix_web::test]
async fn a_window_does_not_lead_through_a_renewal_that_has_none() {
    let (memory, _) = store(1_000);
    let signed_in = StoreKey::from_bytes([3; 32]);
    create(&memory, signed_in, session(5_000), &at(1_000))
        .await
        .unwrap();
    put_moved(&memory, NEXT, signed_in, 1_000).await;
    put_moved(&memory, KEY, NEXT, 1_060).await;
    assert!(matches!(
        load(&memory, KEY, Timestamp::from_unix(1_000)).await.unwrap(),
        Loaded::Ended
    ));
}

#[actix_web::test]
async fn records_that_point_in_a_circle_are_an_error() {
    let (memory, _) = store(1_000);
    put_moved(&memory, KEY, NEXT, 2_000).await;
    put_moved(&memory, NEXT, KEY, 2_000).await;
    assert!(
        load(&memory, KEY, Timestamp::from_unix(1_000))
            .await
            .unwrap_err()
            .is_busy()
    );
    assert!(
        follow(&memory, KEY, Timestamp::from_unix(1_000))
            .await
            .unwrap_err()
            .is_busy()
    );
}

/// V34, R19
#[actix_web::test]
async fn a_record_over_the_limit_is_refused_with_names_and_sizes() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let mut edits = Edits::default();
    drop(edits.set("cart\nforged line".into(), vec![7; 1_000].into()));
    drop(edits.set("note".into(), vec![7; 100].into()));
    let seen = held.live.entries.clone();
    let err = save(&memory, held.clone(), &edits, &seen, false, &at(1_000))
        .await
        .unwrap_err();
    assert!(err.is_too_large());
    assert_eq!(
        err.problems(),
        [
            r#"entry "cart\nforged line": 1000 bytes"#,
            r#"entry "note": 100 bytes"#
        ]
    );
    let Err(err) = prepare(&memory, NEXT, held.clone(), &edits, &seen, &at(1_000)).await else {
        panic!("prepared")
    };
    assert!(err.is_too_large());
    assert_eq!(memory.load(&KEY).await.unwrap().unwrap().version, held.version);
    assert_eq!(memory.len(), 1);
}

/// T14
#[actix_web::test]
async fn a_save_without_a_difference_writes_nothing() {
    let (memory, _) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    let seen = held.live.entries.clone();
    let saved = save(&memory, held.clone(), &Edits::default(), &seen, false, &at(1_000))
        .await
        .unwrap();
    assert!(matches!(saved, Saved::Unchanged(same) if same.version == held.version));
}

/// S14, C4
#[actix_web::test]
async fn a_touch_keeps_a_session_alive_that_is_only_read() {
    let (memory, clock) = store(1_000);
    let held = create(&memory, KEY, session(5_000), &at(1_000)).await.unwrap();
    clock.set(Timestamp::from_unix(1_090));
    touch(&memory, &held, &at(1_090)).await.unwrap();
    clock.set(Timestamp::from_unix(1_190));
    let record = memory.load(&KEY).await.unwrap().unwrap();
    assert_eq!(record.version, held.version);
    clock.set(Timestamp::from_unix(1_191));
    assert_eq!(memory.load(&KEY).await.unwrap(), None);
    touch(&memory, &held, &at(1_191)).await.unwrap();
    assert_eq!(memory.load(&KEY).await.unwrap(), None);
}
