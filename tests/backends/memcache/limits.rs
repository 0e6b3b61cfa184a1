//! Records that are too large, and servers that are full.

use std::error::Error;

use sessions_runtime::{Backend, Create, Delete, ErrorKind, Memcache, Replace};

use super::console::Console;
use super::wire::Wire;
use super::{connect_to, create, key, load, memcached, record, text, told};

/// An item limit of two KiB, which needs small pages.
const TINY: &[&str] = &["-I", "2k", "-o", "slab_chunk_max=1024"];

/// R13, R19, V34
#[actix_web::test]
async fn more_than_an_item_holds_is_refused_before_anything_is_sent() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = connect_to(wire.address());
    let version = create(&backend, &key(1), record("kept")).await;
    let large = record(vec![b'x'; 1_100_000]);
    let errors = [
        backend.create(&key(2), large.clone()).await.expect_err("1.1 MB"),
        backend
            .replace(&key(1), version, large)
            .await
            .expect_err("1.1 MB"),
    ];
    for err in errors {
        assert_eq!(err.kind(), ErrorKind::TooLarge);
        let told = told(&err);
        assert!(
            told.contains("1100") && told.contains("1048576") && told.contains("max_item_size"),
            "{told}"
        );
    }
    assert_eq!(wire.count("ms"), 1, "nothing was sent");
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("kept"));
}

/// R13
/// The limit is neither too high, which would delete records, nor wastefully low.
#[actix_web::test]
async fn the_largest_item_is_stored() {
    let server = memcached(&[]);
    let backend = connect_to(&server.address());
    let largest = 1_048_576 - 64 - "sessions:".len() - 43;
    let data = vec![b'x'; largest];
    let version = create(&backend, &key(1), record(data.clone())).await;
    assert!(
        load(&backend, &key(1))
            .await
            .is_some_and(|record| record.data == data)
    );
    let err = backend
        .replace(&key(1), version, record(vec![b'x'; largest + 1]))
        .await;
    assert!(err.expect_err("a byte more").is_too_large());
    let Ok(Replace::Replaced(_)) = backend.replace(&key(1), version, record(data)).await else {
        panic!("the largest item is replaced");
    };
}

/// R13
/// A server that gets more than it takes deletes what it has under that key, whatever version was named. So it is asked
/// for its limit first.
#[actix_web::test]
async fn a_servers_own_limit_counts_and_a_refused_record_stays_what_it_was() {
    let server = memcached(TINY);
    let backend = connect_to(&server.address());
    let version = create(&backend, &key(1), record("kept")).await;
    let err = backend.replace(&key(1), version, record(vec![b'x'; 4_000])).await;
    assert!(err.expect_err("larger than the server takes").is_too_large());
    let kept = load(&backend, &key(1)).await.expect("a record");
    assert_eq!((kept.data, kept.version), ("kept".into(), version));
    let Ok(Create::Created(_)) = backend.create(&key(2), record(vec![b'x'; 1_000])).await else {
        panic!("what fits is stored");
    };
}

/// R13
/// Also the very first call, which is written down before the server was asked.
#[actix_web::test]
async fn what_waits_for_a_connection_is_measured_when_there_is_one() {
    let server = memcached(TINY);
    let version = create(&connect_to(&server.address()), &key(1), record("kept")).await;
    let wire = Wire::to(server.address());
    let backend = connect_to(wire.address());
    let (small, large) = (record("new"), record(vec![b'x'; 4_000]));
    let (first, second, third, fourth) = futures_util::future::join4(
        backend.create(&key(2), small.clone()),
        backend.replace(&key(1), version, large.clone()),
        backend.create(&key(3), large),
        backend.create(&key(4), small),
    )
    .await;
    assert!(matches!(first, Ok(Create::Created(_))) && matches!(fourth, Ok(Create::Created(_))));
    assert!(second.expect_err("too large").is_too_large() && third.expect_err("too large").is_too_large());
    assert_eq!(wire.count("ms"), 2);
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("kept"));
    assert_eq!(text(&backend, &key(2)).await.as_deref(), Some("new"));
    assert_eq!(text(&backend, &key(4)).await.as_deref(), Some("new"));
}

/// R13
/// `SERVER_ERROR out of memory` is an error, with the cure.
#[actix_web::test]
async fn a_full_server_that_may_not_evict_is_an_error() {
    let server = memcached(&["-M", "-m", "2"]);
    let backend = connect_to(&server.address());
    let mut refused = None;
    for number in 0..200 {
        match backend.create(&key(number), record(vec![number; 20_000])).await {
            Ok(answer) => assert!(matches!(answer, Create::Created(_))),
            Err(err) => {
                refused = Some((number, err));
                break;
            }
        }
    }
    let (number, err) = refused.expect("2 MB are full");
    assert_eq!(err.kind(), ErrorKind::Unavailable);
    assert!(
        told(&err).contains("-M") && told(&err).contains("out of memory"),
        "{}",
        told(&err)
    );
    assert_eq!(load(&backend, &key(number)).await, None);
    // The connection is in step: everything else goes on.
    assert!(
        load(&backend, &key(0))
            .await
            .is_some_and(|record| record.data == vec![0; 20_000])
    );
    assert_eq!(backend.delete(&key(0), None).await.ok(), Some(Delete::Deleted));
    assert_eq!(Console::new(&server.address()).stats()["curr_connections"], 2);
}

/// R2
#[actix_web::test]
async fn a_server_without_versions_is_refused_with_the_cure() {
    let server = memcached(&["-C"]);
    let backend = connect_to(&server.address());
    let err = backend
        .create(&key(1), record("new"))
        .await
        .expect_err("no versions, no sessions");
    assert_eq!(err.kind(), ErrorKind::Backend);
    assert!(told(&err).contains("`-C`"), "{}", told(&err));
    assert_eq!(Console::new(&server.address()).stats()["cmd_set"], 0);
}

#[test]
fn wrong_settings_are_all_told_at_once() {
    let wrong = Memcache::builder()
        .servers(["127.0.0.1:99999", "cache", "CACHE:11211", ""])
        .prefix("my shop")
        .timeout(std::time::Duration::ZERO)
        .connections(0)
        .max_item_size(0);
    let err = wrong.build().expect_err("nothing is right");
    assert!(err.is_configuration() && err.source().is_none());
    let problems = err.problems().join("\n");
    for part in [
        "99999",
        "twice",
        "prefix",
        "`timeout`",
        "`connections`",
        "max_item_size",
    ] {
        assert!(problems.contains(part), "{part}: {problems}");
    }
    let long = Memcache::builder()
        .server("cache")
        .prefix("p".repeat(202))
        .build();
    assert!(
        long.expect_err("longer than a key")
            .problems()
            .join("")
            .contains("250")
    );
    assert!(
        Memcache::builder()
            .server("cache")
            .prefix("p".repeat(201))
            .build()
            .is_ok()
    );
}
