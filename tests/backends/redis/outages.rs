//! A server that is gone, restarted, or does not answer: errors in bounded time, no repetition, and recovery by itself.

use std::time::{Duration, Instant};

use actix_web::rt::{System, spawn};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use sessions_runtime::{Backend, Create, ErrorKind, Redis};
use tokio::task::yield_now;

use super::console::{Answer, Console};
use super::{connect_to, create, key, load, nowhere, record, redis_server, text, told};
use crate::kit::timed;

/// How long a call may take that is refused without a try.
const AT_ONCE: Duration = Duration::from_millis(20);
/// How long it may take until a server that is back is used again: the longest back-off, and an answer.
const SOON: Duration = Duration::from_secs(1);

/// Waits until the server is used again.
async fn recovery(backend: &Redis) {
    let begin = Instant::now();
    while backend.load(&key(255)).await.is_err() {
        assert!(begin.elapsed() < SOON, "it does not recover by itself");
        yield_now().await;
    }
}

/// R12, S62
#[actix_web::test]
async fn a_server_that_is_not_there_is_left_alone_for_a_while() {
    let backend = connect_to(&nowhere());
    let refused = backend.load(&key(1)).await.expect_err("nothing listens");
    let again = backend.load(&key(1)).await.expect_err("nothing listens");
    assert!(refused.is_unavailable() && again.is_unavailable());
    assert!(!told(&refused).contains("back-off"), "{}", told(&refused));
    assert!(told(&again).contains("back-off"), "{}", told(&again));
    assert!(
        told(&again).contains("refused"),
        "the cause stays known: {}",
        told(&again)
    );
}

/// R4
#[actix_web::test]
async fn a_killed_server_is_used_again_when_it_is_back() {
    let mut server = redis_server(&[]);
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
    assert_eq!(text(&backend, &key(1)).await, None, "nothing was on the disk");
    create(&backend, &key(1), record("after")).await;
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("after"));
}

#[actix_web::test]
async fn a_restart_between_two_requests_is_no_error() {
    let mut server = redis_server(&[]);
    let backend = connect_to(&server.address());
    for round in 0..5 {
        // What a request does: it loads first.
        assert!(load(&backend, &key(1)).await.is_none());
        create(&backend, &key(1), record(round.to_string())).await;
        server.restart();
    }
}

/// R5, R12, S62
#[actix_web::test]
async fn a_frozen_server_fails_calls_in_bounded_time_and_then_at_once() {
    let server = redis_server(&[]);
    let limit = Duration::from_millis(200);
    let built = Redis::builder(format!("redis://{}", server.address()))
        .reply_timeout(limit)
        .build();
    let backend = built.expect("fit settings");
    let version = create(&backend, &key(1), record("kept")).await;
    server.freeze();
    let calls = (0..100_u8).map(|number| {
        let backend = backend.clone();
        spawn(async move {
            if number % 2 == 0 {
                let (answer, took) = timed(backend.load(&key(1))).await;
                assert_eq!(answer, Err(ErrorKind::Unavailable));
                took
            } else {
                let (answer, took) = timed(backend.replace(&key(1), version, record("changed"))).await;
                assert_eq!(answer, Err(ErrorKind::Unavailable));
                took
            }
        })
    });
    for took in join_all(calls).await {
        let took = took.expect("no panic");
        assert!(took >= limit && took < 3 * limit, "{took:?}");
    }
    let (answer, took) = timed(backend.load(&key(1))).await;
    assert_eq!(answer, Err(ErrorKind::Unavailable));
    assert!(took < AT_ONCE, "while it is left alone: {took:?}");
    server.thaw();
    recovery(&backend).await;
    // What was sent before the freeze was answered to nobody; it took place once, or not at all.
    let present = load(&backend, &key(1)).await.expect("a record");
    assert!(present.data == "kept" || present.data == "changed");
}

/// S62
#[actix_web::test]
async fn the_time_of_a_call_as_a_whole_is_bounded() {
    let server = redis_server(&[]);
    let limit = Duration::from_millis(150);
    let built = Redis::builder(format!("redis://{}", server.address()))
        .timeout(limit)
        .build();
    let backend = built.expect("fit settings");
    create(&backend, &key(1), record("kept")).await;
    server.freeze();
    let (answer, took) = timed(backend.load(&key(1))).await;
    assert_eq!(answer.map(|_| ()), Err(ErrorKind::Unavailable));
    assert!(took >= limit && took < 2 * limit, "{took:?}");
    // The system still accepts connections for it; the greeting is not answered.
    let built = Redis::builder(format!("redis://{}", server.address()))
        .connect_timeout(limit)
        .build();
    let (answer, took) = timed(built.expect("fit settings").load(&key(1))).await;
    assert_eq!(answer.map(|_| ()), Err(ErrorKind::Unavailable));
    assert!(took >= limit && took < 2 * limit, "{took:?}");
}

/// V28, C13
/// Callers vanish at every point; whoever stays gets its own answer.
#[actix_web::test]
async fn dropped_calls_shift_no_answers() {
    let server = redis_server(&[]);
    let backend = connect_to(&server.address());
    for number in 0..50 {
        create(&backend, &key(number), record(number.to_string())).await;
    }
    for round in 0..20_u8 {
        for number in 0..50 {
            // Polled once, so that the command is on its way, and dropped.
            drop(backend.load(&key(number)).now_or_never());
            let backend = backend.clone();
            let abandoned = spawn(async move { load(&backend, &key(number)).await });
            for _ in 0..round % 4 {
                yield_now().await;
            }
            abandoned.abort();
        }
        let found = join_all((0..50).map(async |number| text(&backend, &key(number)).await)).await;
        for (number, found) in found.into_iter().enumerate() {
            assert_eq!(found, Some(number.to_string()));
        }
    }
}

/// S63
#[actix_web::test]
async fn scripts_are_sent_again_to_a_server_that_forgot_them() {
    let server = redis_server(&[]);
    let backend = connect_to(&server.address());
    let version = create(&backend, &key(1), record("before")).await;
    Console::new(&server.address()).say("SCRIPT FLUSH");
    let replaced = backend.replace(&key(1), version, record("after")).await;
    replaced.expect("it took place");
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("after"));
}

/// V30, R2
#[actix_web::test]
async fn refusals_of_the_server_are_errors_with_a_cure() {
    let locked = redis_server(&["--requirepass", "secret"]);
    let full = redis_server(&["--maxmemory", "100kb", "--maxmemory-policy", "noeviction"]);
    let replica = redis_server(&[
        "--replicaof",
        "127.0.0.1",
        "1",
        "--replica-serve-stale-data",
        "yes",
    ]);
    let with =
        |user: &str, server: &str| Redis::connect(format!("redis://{user}{server}")).expect("an address");
    for (backend, kind, cure) in [
        (
            with("", &locked.address()),
            ErrorKind::Backend,
            "redis://:password@host",
        ),
        (
            with(":wrong@", &locked.address()),
            ErrorKind::Backend,
            "are wrong",
        ),
        (with("", &full.address()), ErrorKind::Unavailable, "maxmemory"),
        (
            with("", &replica.address()),
            ErrorKind::Unavailable,
            "connect to the primary",
        ),
    ] {
        let err = backend
            .create(&key(1), record("data"))
            .await
            .expect_err("a refusal");
        assert_eq!(err.kind(), kind, "{}", told(&err));
        assert!(told(&err).contains(cure), "{}", told(&err));
        assert!(!told(&err).contains("wrong@") && !format!("{backend:?}").contains("wrong"));
    }
    let backend = with(":secret@", &locked.address());
    let created = backend.create(&key(1), record("data")).await;
    assert!(matches!(created, Ok(Create::Created(_))));
}

/// R2
#[actix_web::test]
async fn what_is_no_record_is_an_error_and_stays() {
    let server = redis_server(&[]);
    let backend = connect_to(&server.address());
    let mut console = Console::new(&server.address());
    let name = format!("sessions:{}", key(1).to_text());
    let version = create(&backend, &key(2), record("data")).await;
    for foreign in [
        format!("SET {name} cached"),
        format!("DEL {name}"),
        format!("LPUSH {name} queued"),
    ] {
        console.say(&foreign);
        if foreign.starts_with("DEL") {
            continue;
        }
        let errors = [
            backend.load(&key(1)).await.map(drop),
            backend.create(&key(1), record("data")).await.map(drop),
            backend.replace(&key(1), version, record("data")).await.map(drop),
            backend.touch(&key(1), record("data").expiry).await.map(drop),
            backend.delete(&key(1), None).await.map(drop),
        ];
        for err in errors {
            let err = err.expect_err("not ours");
            assert_eq!(err.kind(), ErrorKind::Backend);
            assert!(told(&err).contains("`prefix`"), "{}", told(&err));
        }
        assert_eq!(console.say(&format!("EXISTS {name}")), Answer::Number(1));
    }
}

/// V34, R13, R19
#[actix_web::test]
async fn a_record_beyond_the_limit_is_refused_before_anything_is_sent() {
    let server = redis_server(&[]);
    let backend = connect_to(&server.address());
    let err = backend
        .create(&key(1), record(vec![0; 1_100_000]))
        .await
        .expect_err("too large");
    assert!(err.is_too_large());
    assert_eq!(Console::new(&server.address()).commands(), 0);
}

#[test]
fn a_thread_may_run_one_runtime_after_another() {
    let server = redis_server(&[]);
    let backend = connect_to(&server.address());
    System::new().block_on(create(&backend, &key(1), record("kept")));
    for _ in 0..3 {
        let found = System::new().block_on(text(&backend, &key(1)));
        assert_eq!(found.as_deref(), Some("kept"));
    }
}

#[test]
fn without_a_runtime_a_call_is_an_error_and_no_panic() {
    let backend = connect_to("127.0.0.1:6379");
    let err = async { backend.load(&key(1)).await }.now_or_never();
    let err = err.expect("it ends at once").expect_err("there is no runtime");
    assert!(told(&err).contains("Tokio runtime"), "{}", told(&err));
}
