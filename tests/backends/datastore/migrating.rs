//! Several who start at once on a file that is not there yet, or is not up to date.

use std::sync::{Arc, Barrier};
use std::time::Instant;

use sessions_runtime::{Backend, Datastore, ErrorKind};

use super::kit::{
    SHORT, assert_failed, builder, by_hand, clock, create, datastore, key, number, record, wait_until,
};
use crate::support::place::Place;

/// How many start.
const STARTERS: u32 = 8;

/// Each of them has a connection of its own, as processes have, and finds the file as the others leave it.
#[test]
fn starters_at_once_all_find_one_schema() {
    for _ in 0..10 {
        let place = Place::new();
        let (path, start) = (
            place.file("sessions.db"),
            Arc::new(Barrier::new(STARTERS as usize)),
        );
        let starters: Vec<_> = (0..STARTERS)
            .map(|number| {
                let (path, start) = (path.clone(), start.clone());
                std::thread::spawn(move || {
                    start.wait();
                    let clock = clock();
                    let datastore = datastore(&path, &clock);
                    // Used at once, while others still start.
                    actix_web::rt::System::new().block_on(create(
                        &datastore,
                        &key(number),
                        record("data", &clock),
                    ));
                })
            })
            .collect();
        for starter in starters {
            starter.join().unwrap();
        }
        let connection = by_hand(&path);
        assert_eq!(
            number(&connection, "SELECT count(*) FROM sessions"),
            i64::from(STARTERS)
        );
        assert_eq!(
            number(
                &connection,
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
            ),
            2
        );
    }
}

/// Another program is in the middle of making the schema: the starter waits for it, and finds the work done or to do.
#[test]
fn a_starter_waits_for_the_one_before() {
    for finishes in [true, false] {
        let place = Place::new();
        let (path, model) = (place.file("sessions.db"), place.file("model.db"));
        drop(Datastore::open(&model).unwrap());
        let first = by_hand(&path);
        first
            .execute_batch("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE")
            .unwrap();
        let second = {
            let path = path.clone();
            std::thread::spawn(move || builder(&path, &clock()).open().map(drop))
        };
        // It has switched to the log, which it does before it waits.
        wait_until("the second one starts", || {
            std::fs::metadata(place.file("sessions.db-shm")).is_ok()
        });
        if finishes {
            for sql in schema(&model) {
                first.execute_batch(&sql).unwrap();
            }
            first.execute_batch("COMMIT").unwrap();
        } else {
            first.execute_batch("ROLLBACK").unwrap();
        }
        second.join().unwrap().unwrap();
        assert_eq!(schema(&path), schema(&model));
    }
}

/// R8
#[test]
fn a_starter_gives_up_where_the_one_before_never_ends() {
    let place = Place::new();
    let path = place.file("sessions.db");
    let first = by_hand(&path);
    first
        .execute_batch("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE")
        .unwrap();
    assert_failed(
        builder(&path, &clock()).busy_timeout(SHORT).open(),
        ErrorKind::Busy,
        "`busy_timeout`",
    );
    first.execute_batch("ROLLBACK").unwrap();
    Datastore::open(&path).unwrap();
}

/// R8
/// Where SQLite does not wait by itself: somebody reads a file that has to be switched to a log.
#[test]
fn a_starter_waits_for_readers_of_a_file_without_a_log() {
    let place = Place::new();
    let path = place.file("sessions.db");
    drop(Datastore::open(&path).unwrap());
    let reader = by_hand(&path);
    reader
        .execute_batch("PRAGMA journal_mode = DELETE; BEGIN; SELECT * FROM sessions")
        .unwrap();
    let started = Instant::now();
    assert_failed(
        builder(&path, &clock()).busy_timeout(SHORT).open(),
        ErrorKind::Busy,
        "`busy_timeout`",
    );
    assert!(started.elapsed() >= SHORT);
    reader.execute_batch("ROLLBACK").unwrap();
    Datastore::open(&path).unwrap();
}

/// Who finds everything up to date needs no lock: a start does not wait for a program that writes.
#[actix_web::test]
async fn a_start_on_a_file_that_is_up_to_date_waits_for_nobody() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let running = datastore(&path, &clock);
    create(&running, &key(1), record("data", &clock)).await;
    let writing = by_hand(&path);
    writing.execute_batch("BEGIN IMMEDIATE").unwrap();
    let second = builder(&path, &clock).busy_timeout(SHORT).open().unwrap();
    assert!(second.load(&key(1)).await.unwrap().is_some());
}

/// What makes the schema, and the marks of a file of ours.
fn schema(path: &std::path::Path) -> Vec<String> {
    let connection = by_hand(path);
    let mut all = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
        .unwrap();
    let mut sql: Vec<String> = all
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for pragma in ["application_id", "user_version"] {
        sql.push(format!(
            "PRAGMA {pragma} = {}",
            number(&connection, &format!("PRAGMA {pragma}"))
        ));
    }
    sql
}
