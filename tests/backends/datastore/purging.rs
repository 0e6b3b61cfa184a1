//! Expired records leave the disk, and nobody waits for it.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::rt::System;
use futures_util::future::{join, join_all};
use rusqlite::params;
use sessions_runtime::{Backend, Clock, Datastore, LockToken, Replace, StoreKey};

use super::kit::{by_hand, clock, create, datastore, key, load, number, record, wait_until};
use crate::support::place::Place;

const ROWS: u32 = 100_000;

/// Writes records that ended so many seconds ago, past the backend, for speed.
fn fill(path: &Path, clock: &Clock, rows: std::ops::Range<u32>, ago: u64) {
    let mut connection = by_hand(path);
    let filling = connection.transaction().unwrap();
    let expiry = i64::try_from(clock.now().unix() - ago).unwrap();
    for row in rows {
        let mut insert = filling
            .prepare_cached(
                "INSERT INTO sessions (key, version, expiry, bucket, data) VALUES (?1, 1, ?2, ?3, ?4)",
            )
            .unwrap();
        insert
            .execute(params![key(row).as_bytes(), expiry, expiry / 3_600, [7u8; 100]])
            .unwrap();
    }
    filling.commit().unwrap();
}

fn count(path: &Path) -> i64 {
    number(&by_hand(path), "SELECT count(*) FROM sessions")
}

/// S19
/// Each live save waits for one batch of the purge at most, so many of them get through while it runs.
#[actix_web::test]
async fn purging_a_hundred_thousand_lets_live_traffic_through() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    fill(&path, &clock, 0..ROWS, 10);
    let live = key(ROWS + 1);
    let mut version = create(&datastore, &live, record("0", &clock)).await;
    let (purged, saves) = (Cell::new(None), Cell::new(0u32));
    join(
        async { purged.set(Some(datastore.purge_expired(ROWS as usize + 1).await.unwrap())) },
        async {
            while purged.get().is_none() {
                let next = (saves.get() + 1).to_string();
                match datastore
                    .replace(&live, version, record(next.as_str(), &clock))
                    .await
                    .unwrap()
                {
                    Replace::Replaced(next) => version = next,
                    other => panic!("{other:?}"),
                }
                assert_eq!(load(&datastore, &live).await.unwrap().data, next);
                saves.set(saves.get() + 1);
            }
        },
    )
    .await;
    assert_eq!(purged.get(), Some(ROWS as usize));
    assert_eq!(count(&path), 1);
    // 500 batches.
    assert!(saves.get() >= 250, "{} saves got through", saves.get());
}

/// S19
/// The writer purges by itself, also while writes never pause; what ended within the hour is its turn later.
#[actix_web::test]
async fn the_writer_purges_beside_live_traffic() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let builder = Datastore::builder(&path)
        .clock(clock.clone())
        .purge_interval(Duration::from_secs(60));
    let datastore = builder.open().unwrap();
    fill(&path, &clock, 0..5_000, 7_200);
    fill(&path, &clock, 5_000..5_010, 0);
    let owner = LockToken::from_bytes([7; 16]);
    let lease = Duration::from_secs(10);
    datastore
        .lock(&key(5), &owner, lease, Duration::ZERO)
        .await
        .unwrap();
    let purged = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (1..=2)
        .map(|thread| {
            let (datastore, clock, purged) = (datastore.clone(), clock.clone(), purged.clone());
            std::thread::spawn(move || {
                let saves = (0..4).map(|task| saves(&datastore, key(ROWS * thread + task), &clock, &purged));
                System::new().block_on(join_all(saves)).into_iter().sum::<u32>()
            })
        })
        .collect();
    clock.advance(Duration::from_secs(61));
    wait_until("what ended in hours before is gone", || count(&path) == 10 + 8);
    purged.store(true, Ordering::SeqCst);
    let saves: u32 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
    // 25 batches, and mostly a turn of the purge after eight transactions.
    assert!(saves > 25, "{saves} saves got through");
    assert_eq!(
        number(&by_hand(&path), "SELECT count(*) FROM locks"),
        0,
        "leases end as well"
    );
}

/// Saves one session again and again; answers how often.
async fn saves(datastore: &Datastore, live: StoreKey, clock: &Clock, end: &AtomicBool) -> u32 {
    let mut version = create(datastore, &live, record("live", clock)).await;
    let mut saves = 0;
    while !end.load(Ordering::SeqCst) {
        match datastore
            .replace(&live, version, record("live", clock))
            .await
            .unwrap()
        {
            Replace::Replaced(next) => version = next,
            other => panic!("{other:?}"),
        }
        saves += 1;
    }
    saves
}

/// T57
#[actix_web::test]
async fn the_writer_purges_in_pauses() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = Datastore::builder(&path).clock(clock.clone()).open().unwrap();
    for number in 0..10 {
        create(&datastore, &key(number), record("data", &clock)).await;
    }
    clock.advance(Duration::from_secs(3 * 3_600));
    wait_until("the records are gone", || count(&path) == 0);
}

/// Dropped, it stops; what it did is done.
#[actix_web::test]
async fn a_purge_can_be_interrupted() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    fill(&path, &clock, 0..5_000, 10);
    {
        let mut purge = datastore.purge_expired(5_000);
        while count(&path) == 5_000 {
            assert!(futures_util::poll!(&mut purge).is_pending());
            tokio::task::yield_now().await;
        }
    }
    let rest = datastore.purge_expired(10_000).await.unwrap();
    assert!((1_000..5_000).contains(&rest), "{rest} were left");
    assert_eq!(count(&path), 0);
}

/// A record that lives in the present hour among many that do not is found once and stays.
#[actix_web::test]
async fn purging_spares_what_lives_in_the_present_hour() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    fill(&path, &clock, 0..1_000, 1);
    for number in 2_000..2_050 {
        let mut soon = record("soon", &clock);
        soon.expiry = clock.now();
        create(&datastore, &key(number), soon).await;
    }
    assert_eq!(datastore.purge_expired(10_000).await.unwrap(), 1_000);
    assert_eq!(count(&path), 50);
    clock.advance(Duration::from_secs(1));
    assert_eq!(datastore.purge_expired(10).await.unwrap(), 10);
    assert_eq!(datastore.purge_expired(100).await.unwrap(), 40);
}

/// S64
/// Whoever crashed leaves a lock behind; it is purged with the records.
#[actix_web::test]
async fn leases_that_ended_are_purged_on_demand() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    for (number, seconds) in [(1, 10), (2, 100)] {
        let owner = LockToken::from_bytes([7; 16]);
        let lease = Duration::from_secs(seconds);
        datastore
            .lock(&key(number), &owner, lease, Duration::ZERO)
            .await
            .unwrap();
    }
    clock.advance(Duration::from_secs(11));
    assert_eq!(
        datastore.purge_expired(10).await.unwrap(),
        0,
        "locks are not counted"
    );
    assert_eq!(number(&by_hand(&path), "SELECT count(*) FROM locks"), 1);
}
