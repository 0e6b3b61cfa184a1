//! The one who writes: groups, bounds, its end.

use std::path::Path;
use std::time::Duration;

use futures_util::future::{join, join_all};
use sessions_runtime::{Backend, Create, Datastore, ErrorKind};

use super::kit::{
    SHORT, assert_failed, builder, by_hand, clock, create, datastore, key, load, number, record, wait_until,
};
use crate::support::place::Place;

/// Writes that come together are committed together, and each is there when it is answered.
#[actix_web::test]
async fn writes_at_once_share_their_commits() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    let keys: Vec<_> = (0..64).map(key).collect();
    let before = commits(&path);
    let answers = join_all(
        keys.iter()
            .map(|key| datastore.create(key, record("data", &clock))),
    )
    .await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Ok(Create::Created(_))))
    );
    let took = commits(&path) - before;
    // The first may be quick enough to go alone.
    assert!((1..=8).contains(&took), "64 writes at once took {took} commits");
    for key in &keys {
        assert!(load(&datastore, key).await.is_some());
    }

    let before = commits(&path);
    for number in 100..108 {
        create(&datastore, &key(number), record("data", &clock)).await;
    }
    assert_eq!(
        commits(&path) - before,
        8,
        "a write that is alone is committed by itself"
    );
}

/// How many commits the log holds: frames that say how large the file is now. It starts anew after a checkpoint, which
/// so few writes do not reach.
fn commits(path: &Path) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4_096;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = std::fs::read(log).unwrap();
    log[HEADER..]
        .chunks_exact(FRAME)
        .filter(|frame| frame[4..8] != [0; 4])
        .count()
}

/// S62
#[actix_web::test]
async fn more_writes_than_the_queue_takes_are_busy_at_once() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = builder(&path, &clock).queue(8).open().unwrap();
    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let keys: Vec<_> = (0..40).map(key).collect();
    let (answers, ()) = join(
        join_all(
            keys.iter()
                .map(|key| datastore.create(key, record("data", &clock))),
        ),
        async { other.execute_batch("ROLLBACK").unwrap() },
    )
    .await;
    let (mut done, mut busy) = (0, 0);
    for answer in answers {
        match answer {
            Ok(_) => done += 1,
            Err(err) => {
                assert_failed::<()>(Err(err), ErrorKind::Busy, "`queue`");
                busy += 1;
            }
        }
    }
    // The writer may have taken some out before it met the lock.
    assert!(done >= 8 && busy > 0, "{done} done, {busy} busy");
    assert_eq!(number(&other, "SELECT count(*) FROM sessions"), done);
}

/// R12, S62
#[actix_web::test]
async fn a_write_that_waits_for_too_long_is_given_up_and_does_not_take_place() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = builder(&path, &clock).timeout(SHORT).open().unwrap();
    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_failed(
        datastore.create(&key(1), record("data", &clock)).await,
        ErrorKind::Busy,
        "given up",
    );
    other.execute_batch("ROLLBACK").unwrap();
    create(&datastore, &key(2), record("data", &clock)).await;
    assert_eq!(load(&datastore, &key(1)).await, None);
}

/// C13
#[actix_web::test]
async fn a_write_that_was_dropped_while_it_waited_does_not_take_place() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let key_one = key(1);
    let mut dropped = datastore.create(&key_one, record("data", &clock));
    assert!(futures_util::poll!(&mut dropped).is_pending());
    drop(dropped);
    other.execute_batch("ROLLBACK").unwrap();
    create(&datastore, &key(2), record("data", &clock)).await;
    assert_eq!(load(&datastore, &key(1)).await, None);
}

/// What was queued is done, then the file is closed: its log is moved into it and removed.
#[actix_web::test]
async fn the_writer_ends_with_the_last_handle() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let (first, log) = (datastore(&path, &clock), place.file("sessions.db-wal"));
    let second = first.clone();
    create(&first, &key(1), record("data", &clock)).await;
    drop(first);
    create(&second, &key(2), record("data", &clock)).await;
    assert!(log.exists());
    drop(second);
    assert!(!log.exists(), "somebody still has the file open");
    assert_eq!(number(&by_hand(&path), "SELECT count(*) FROM sessions"), 2);
}

/// Another process may go on with the file: what the log has is moved into it all the same.
#[actix_web::test]
async fn the_writer_leaves_an_empty_log_to_whoever_has_the_file_open() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let (datastore, log) = (datastore(&path, &clock), place.file("sessions.db-wal"));
    let other = by_hand(&path);
    create(&datastore, &key(1), record("data", &clock)).await;
    assert_eq!(number(&other, "SELECT count(*) FROM sessions"), 1);
    drop(datastore);
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    assert_eq!(number(&other, "SELECT count(*) FROM sessions"), 1);
}

/// In a pause, so that no save waits for it.
#[actix_web::test]
async fn the_log_is_moved_into_the_file_in_pauses() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    let keys: Vec<_> = (0..400).map(key).collect();
    for answer in join_all(
        keys.iter()
            .map(|key| datastore.create(key, record([5; 9_000], &clock))),
    )
    .await
    {
        answer.unwrap();
    }
    wait_until("the file has the records", || {
        std::fs::metadata(&path).unwrap().len() > 3_000_000
    });
}

/// A datastore under a plain Tokio runtime of several threads.
#[test]
fn several_threads_of_a_runtime_share_it() {
    let (place, clock) = (Place::new(), clock());
    let datastore = datastore(&place.file("sessions.db"), &clock);
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (datastore, clock) = (datastore.clone(), clock.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    for number in 0..50 {
                        let key = key(thread * 1_000 + number);
                        create(&datastore, &key, record("data", &clock)).await;
                        assert!(load(&datastore, &key).await.is_some());
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Without a runtime there is nothing to wait with, which is said and no panic.
#[test]
fn a_call_outside_of_a_runtime_is_an_error() {
    let (place, clock) = (Place::new(), clock());
    let datastore: Datastore = builder(&place.file("sessions.db"), &clock)
        .timeout(Duration::from_secs(1))
        .open()
        .unwrap();
    let created = futures_util::FutureExt::now_or_never(datastore.create(&key(1), record("data", &clock)));
    assert_failed(created.unwrap(), ErrorKind::Backend, "outside of a Tokio runtime");
    let loaded = futures_util::FutureExt::now_or_never(datastore.load(&key(1)));
    assert_failed(loaded.unwrap(), ErrorKind::Backend, "outside of a Tokio runtime");
}
