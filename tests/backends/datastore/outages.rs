//! A full disk, and files that go away while they are open.

use std::sync::mpsc::channel;
use std::time::Duration;

use actix_web::rt::System;
use futures_util::future::{join, join_all};
use sessions_runtime::testing::Client;
use sessions_runtime::{Backend, Create, ErrorKind, Replace};

use super::kit::{assert_failed, builder, by_hand, clock, create, datastore, key, load, record};
use super::locked::{COOKIE, serve_with};
use crate::support::place::Place;

/// R9, T54
#[actix_web::test]
async fn a_full_file_refuses_what_is_new_and_keeps_what_it_has() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = builder(&path, &clock).max_size(256 * 1_024).open().unwrap();
    let mut kept = Vec::new();
    let full = loop {
        let key = key(u32::try_from(kept.len()).unwrap());
        match datastore.create(&key, record([5; 3_000], &clock)).await {
            Ok(Create::Created(version)) => kept.push((key, version)),
            Ok(Create::Exists) => panic!("the key is new"),
            Err(err) => break err,
        }
        assert!(kept.len() < 256, "256 KiB hold no 256 records of 3 KB");
    };
    assert_failed::<()>(Err(full), ErrorKind::Unavailable, "raise `max_size`");

    let (first, version) = kept[0];
    assert_eq!(load(&datastore, &first).await.unwrap().data, [5; 3_000][..]);
    let shorter = datastore
        .replace(&first, version, record("shorter", &clock))
        .await;
    assert!(matches!(shorter, Ok(Replace::Replaced(_))), "{shorter:?}");
    for (key, _) in &kept[1..] {
        datastore.delete(key, None).await.unwrap();
    }
    create(&datastore, &key(1_000), record([6; 3_000], &clock)).await;
}

/// One record that does not fit undoes the transaction, with which the others have nothing to do.
#[actix_web::test]
async fn a_record_that_does_not_fit_fails_alone() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = builder(&path, &clock).max_size(256 * 1_024).open().unwrap();
    // What is queued while the lock is held by somebody else becomes one transaction.
    let other = by_hand(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let size = |number| if number == 7 { 400_000 } else { 10 };
    let keys: Vec<_> = (0..16).map(key).collect();
    let records = keys
        .iter()
        .zip(0..)
        .map(|(key, number)| datastore.create(key, record(vec![5; size(number)], &clock)));
    let (answers, ()) = join(join_all(records), async {
        other.execute_batch("ROLLBACK").unwrap();
    })
    .await;
    for (number, answer) in answers.into_iter().enumerate() {
        match number {
            7 => assert_failed(answer, ErrorKind::Unavailable, "`max_size`"),
            _ => assert!(matches!(answer, Ok(Create::Created(_))), "{answer:?}"),
        }
        assert_eq!(load(&datastore, &keys[number]).await.is_some(), number != 7);
    }
}

/// R9, R3
#[actix_web::test]
async fn a_deleted_file_is_an_outage_and_signs_nobody_out() {
    for deleted in ["sessions.db", "sessions.db-wal"] {
        let (place, clock) = (Place::new(), clock());
        let server = serve_with(datastore(&place.file("sessions.db"), &clock), &clock);
        let client = Client::new(&server).with_clock(clock.clone());
        client.get("/set/user/ann").send().await;
        let id = client.cookie(COOKIE);
        assert!(id.is_some());

        // Kept beside, as an operator does who looks what happens.
        std::fs::rename(place.file(deleted), place.file("aside")).unwrap();
        let lost = client.get("/set/user/ben").send().await;
        assert_eq!((lost.status.as_u16(), lost.text().as_str()), (503, ""));
        assert!(lost.set_cookies().is_empty());
        let lost = client.get("/get/user").send().await;
        assert_eq!(
            (lost.status.as_u16(), lost.header("retry-after")),
            (503, Some("1"))
        );
        assert_eq!(
            Client::new(&server).get("/set/user/cleo").send().await.status,
            503
        );
        assert!(!place.file(deleted).exists(), "no new file in silence");

        std::fs::rename(place.file("aside"), place.file(deleted)).unwrap();
        assert_eq!(client.get("/get/user").send().await.text(), "ann");
        assert_eq!(client.get("/set/user/dora").send().await.status, 200);
        assert_eq!(client.cookie(COOKIE), id);
    }
}

/// R9
#[actix_web::test]
async fn nothing_is_written_for_long_into_a_deleted_file() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    create(&datastore, &key(1), record("data", &clock)).await;
    assert!(load(&datastore, &key(1)).await.is_some());
    std::fs::remove_file(&path).unwrap();
    assert_failed(
        datastore.touch(&key(1), clock.now()).await,
        ErrorKind::Unavailable,
        "not at its path",
    );
    assert_failed(
        datastore.load(&key(1)).await,
        ErrorKind::Unavailable,
        "not at its path",
    );
    assert_failed(
        datastore.keys_of("ann").await,
        ErrorKind::Unavailable,
        "not at its path",
    );
    assert_failed(
        datastore.purge_expired(1).await,
        ErrorKind::Unavailable,
        "not at its path",
    );
}

/// R9
/// Somebody reads only: the writer looks by itself.
#[actix_web::test]
async fn a_deleted_file_is_noticed_without_a_write() {
    let (place, clock) = (Place::new(), clock());
    let path = place.file("sessions.db");
    let datastore = datastore(&path, &clock);
    create(&datastore, &key(1), record("data", &clock)).await;
    std::fs::remove_file(&path).unwrap();
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while datastore.load(&key(1)).await.is_ok() {
        assert!(
            std::time::Instant::now() < end,
            "it is still read after twenty seconds"
        );
        tokio::task::yield_now().await;
    }
}

/// R9
/// Another file in its place is not ours, nor is the log beside it: neither the writer nor a reader touches them, also
/// not as the last one who closes the old file, which removes its log otherwise.
#[actix_web::test]
async fn other_files_in_their_place_are_left_alone() {
    for reader_is_last in [false, true] {
        let (place, clock) = (Place::new(), clock());
        let path = place.file("sessions.db");
        let datastore = datastore(&path, &clock);
        create(&datastore, &key(1), record("data", &clock)).await;
        let (ends, end) = channel::<()>();
        let (reads, read) = channel();
        let reader = reader_is_last.then(|| {
            let datastore = datastore.clone();
            std::thread::spawn(move || {
                assert!(System::new().block_on(load(&datastore, &key(1))).is_some());
                drop(datastore);
                reads.send(()).unwrap();
                end.iter().for_each(drop);
            })
        });
        if reader.is_some() {
            read.recv().unwrap();
        }
        for (file, text) in [
            ("sessions.db", "another file"),
            ("sessions.db-wal", "another log"),
        ] {
            std::fs::write(place.file("aside"), text).unwrap();
            std::fs::rename(place.file("aside"), place.file(file)).unwrap();
        }
        assert_failed(
            datastore.create(&key(3), record("new", &clock)).await,
            ErrorKind::Unavailable,
            "not at its path",
        );
        assert_failed(
            datastore.load(&key(1)).await,
            ErrorKind::Unavailable,
            "not at its path",
        );
        drop(datastore);
        drop(ends);
        if let Some(reader) = reader {
            reader.join().unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "another file");
        assert_eq!(
            std::fs::read_to_string(place.file("sessions.db-wal")).unwrap(),
            "another log"
        );
    }
}
