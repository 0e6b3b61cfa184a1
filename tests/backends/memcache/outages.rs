//! A server that is gone, restarted, or does not answer: errors in bounded time, no repetition, and recovery by itself.

use std::time::{Duration, Instant};

use actix_web::rt::spawn;
use futures_util::future::join_all;
use sessions_runtime::{Backend, ErrorKind, Memcache};
use tokio::task::yield_now;

use super::console::Console;
use super::wire::Wire;
use super::{connect_to, create, key, load, memcached, nowhere, record, text, told};
use crate::kit::timed;
use crate::support::logs;

/// How long a call may take that is refused without a try.
const AT_ONCE: Duration = Duration::from_millis(100);
/// How long it may take until a server that is back is used again, or a call has failed. Half a second is what the
/// settings allow; the rest is for a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(2);

/// Waits until the server is used again.
async fn recovery(backend: &Memcache) -> Duration {
    let begin = Instant::now();
    while backend.load(&key(255)).await.is_err() {
        assert!(begin.elapsed() < SOON, "it does not recover by itself");
        yield_now().await;
    }
    begin.elapsed()
}

/// R12, S62
#[actix_web::test]
async fn a_server_that_is_not_there_is_left_alone_for_a_while() {
    let backend = connect_to(&nowhere());
    let refused = backend.load(&key(1)).await.expect_err("nothing listens");
    assert!(refused.is_unavailable());
    let again = backend.load(&key(1)).await.expect_err("nothing listens");
    assert!(again.is_unavailable());
    assert!(!told(&refused).contains("back-off"), "{}", told(&refused));
    assert!(told(&again).contains("back-off"), "{}", told(&again));
    assert!(
        told(&again).contains("refused"),
        "the cause stays known: {}",
        told(&again)
    );
}

/// R4, R15
#[actix_web::test]
async fn a_killed_server_is_used_again_when_it_is_back_and_has_forgotten_its_sessions() {
    let mut server = memcached(&[]);
    let backend = connect_to(&server.address());
    create(&backend, &key(1), record("before")).await;
    server.kill();
    for _ in 0..50 {
        let (answer, took) = timed(backend.load(&key(1))).await;
        assert_eq!(answer, Err(ErrorKind::Unavailable));
        assert!(took < SOON, "{took:?}");
    }
    server.restart();
    recovery(&backend).await;
    assert_eq!(text(&backend, &key(1)).await, None);
    create(&backend, &key(1), record("after")).await;
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("after"));
}

#[actix_web::test]
async fn a_restart_between_two_calls_is_no_error() {
    let mut server = memcached(&[]);
    let backend = connect_to(&server.address());
    for round in 0..5 {
        create(&backend, &key(1), record(round.to_string())).await;
        server.restart();
        // The end of the connection has arrived before the next call is sent.
        yield_now().await;
        assert_eq!(text(&backend, &key(1)).await, None);
    }
}

/// R5, R12, S62
#[actix_web::test]
async fn a_frozen_server_fails_calls_in_bounded_time_and_then_at_once() {
    let server = memcached(&[]);
    let limit = Duration::from_millis(200);
    let backend = Memcache::builder()
        .server(server.address())
        .reply_timeout(limit)
        .build();
    let backend = backend.expect("fit settings");
    let version = create(&backend, &key(1), record("kept")).await;
    server.freeze();
    let calls = (0..100_u8).map(|number| {
        let backend = backend.clone();
        spawn(async move {
            if number % 2 == 0 {
                timed(backend.load(&key(1))).await.1
            } else {
                let (answer, took) = timed(backend.replace(&key(1), version, record("changed"))).await;
                assert_eq!(answer, Err(ErrorKind::Unavailable));
                took
            }
        })
    });
    for took in join_all(calls).await {
        let took = took.expect("no panic");
        assert!(took >= limit && took < SOON, "{took:?}");
    }
    let (answer, took) = timed(backend.load(&key(1))).await;
    assert_eq!(answer, Err(ErrorKind::Unavailable));
    assert!(took < AT_ONCE, "while it is left alone: {took:?}");
    // Each try is one more time-out, with the back-off in between.
    for _ in 0..3 {
        let (answer, took) = timed(async {
            loop {
                match backend.load(&key(1)).await {
                    Err(err) if told(&err).contains("back-off") => yield_now().await,
                    other => return other,
                }
            }
        })
        .await;
        assert_eq!(answer, Err(ErrorKind::Unavailable));
        assert!(took < SOON, "{took:?}");
    }
    server.thaw();
    recovery(&backend).await;
    // What was sent before the freeze was answered to nobody; it took place once, or not at all.
    let present = load(&backend, &key(1)).await.expect("a record");
    assert!(present.data == "kept" || present.data == "changed");
    assert!(
        Console::new(&server.address()).stats()["cmd_set"] <= 51,
        "a command was repeated"
    );
}

/// S62
#[actix_web::test]
async fn the_time_of_a_call_as_a_whole_is_bounded() {
    let server = memcached(&[]);
    let limit = Duration::from_millis(150);
    let backend = Memcache::builder()
        .server(server.address())
        .timeout(limit)
        .build();
    let backend = backend.expect("fit settings");
    create(&backend, &key(1), record("kept")).await;
    server.freeze();
    let (answer, took) = timed(backend.load(&key(1))).await;
    assert_eq!(answer.map(|_| ()), Err(ErrorKind::Unavailable));
    assert!(took >= limit && took < SOON, "{took:?}");
    // The system still accepts connections for it; the question is not answered.
    let fresh = Memcache::builder()
        .server(server.address())
        .connect_timeout(limit)
        .build();
    let (answer, took) = timed(fresh.expect("fit settings").load(&key(1))).await;
    assert_eq!(answer.map(|_| ()), Err(ErrorKind::Unavailable));
    assert!(took >= limit && took < SOON, "{took:?}");
}

/// R12, C13
/// The change took place, its answer was lost: an error, and no second try.
#[actix_web::test]
async fn a_command_that_may_have_been_sent_is_not_repeated() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = connect_to(wire.address());
    let version = create(&backend, &key(1), record("before")).await;
    wire.cut();
    let err = backend
        .replace(&key(1), version, record("after"))
        .await
        .expect_err("the answer was lost");
    assert!(err.is_unavailable());
    assert_eq!(wire.count("ms"), 2);
    recovery(&backend).await;
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("after"));
    assert_eq!((wire.count("ms"), wire.connections()), (2, 2));
    assert_eq!(Console::new(&server.address()).stats()["cmd_set"], 2);
}

/// V28, R4
/// Every call that waits on a connection ends with it, also those whose command is not sent yet.
#[actix_web::test]
async fn a_connection_that_breaks_ends_all_its_calls() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = connect_to(wire.address());
    create(&backend, &key(1), record("kept")).await;
    wire.hold();
    wire.cut();
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let backend = backend.clone();
            spawn(async move { timed(backend.load(&key(1))).await.0.map(|_| ()) })
        })
        .collect();
    wire.sees("mg", 64).await;
    wire.release();
    for answer in join_all(calls).await {
        assert_eq!(answer.expect("no panic"), Err(ErrorKind::Unavailable));
    }
    recovery(&backend).await;
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("kept"));
}

/// R11, S62
#[actix_web::test]
async fn too_many_waiting_calls_are_refused_as_busy() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = Memcache::builder().server(wire.address()).max_pending(8).build();
    let backend = backend.expect("fit settings");
    create(&backend, &key(1), record("kept")).await;
    wire.hold();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let backend = backend.clone();
            spawn(async move { text(&backend, &key(1)).await })
        })
        .collect();
    wire.sees("mg", 8).await;
    let (answer, took) = timed(backend.load(&key(1))).await;
    assert_eq!(answer.map(|_| ()), Err(ErrorKind::Busy));
    assert!(took < AT_ONCE, "{took:?}");
    wire.release();
    for answer in join_all(calls).await {
        assert_eq!(answer.expect("no panic").as_deref(), Some("kept"));
    }
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("kept"));
}

/// S57, S58
#[actix_web::test]
async fn an_outage_is_logged_once_and_so_is_its_end() {
    let log = logs::capture();
    let mut server = memcached(&[]);
    let (backend, mark, name) = (connect_to(&server.address()), log.mark(), server.address());
    let lines = |text: &str| {
        let lines = log.lines(mark, &name).into_iter();
        lines.filter(|line| line.contains(text)).count()
    };
    create(&backend, &key(7), record("confidential")).await;
    assert_eq!(lines("memcached"), 0);
    for outages in 1..3 {
        server.kill();
        for _ in 0..20 {
            assert!(backend.load(&key(7)).await.is_err());
        }
        assert_eq!(
            (lines("memcached fails"), lines("memcached answers again")),
            (outages, outages - 1)
        );
        server.restart();
        recovery(&backend).await;
        assert_eq!(
            (lines("memcached fails"), lines("memcached answers again")),
            (outages, outages)
        );
    }
    let all = log.since(mark);
    assert!(!all.contains("confidential") && !all.contains("BwcHBwcHBwcH"));
}
