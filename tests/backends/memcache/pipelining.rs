//! Many calls on one connection: they travel together, and each gets its own answer, whoever of the others has gone.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use actix_web::rt::spawn;
use futures_util::future::join_all;
use sessions_runtime::{Backend, Memcache};
use tokio::task::yield_now;

use super::wire::Wire;
use super::{create, key, load, memcached, record, text};

/// On a wire that holds answers for long.
fn patient(wire: &Wire) -> Memcache {
    let (long, builder) = (
        Duration::from_secs(30),
        Memcache::builder().server(wire.address()),
    );
    let built = builder.reply_timeout(long).timeout(long).build();
    built.expect("fit settings")
}

#[actix_web::test]
async fn calls_of_a_thread_share_one_connection_and_none_waits_for_another() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = patient(&wire);
    for number in 0..32 {
        create(&backend, &key(number), record(format!("data {number}"))).await;
    }
    wire.hold();
    let calls: Vec<_> = (0..32)
        .map(|number| {
            let backend = backend.clone();
            spawn(async move { text(&backend, &key(number)).await })
        })
        .collect();
    // All are on the way, and not one was answered.
    wire.sees("mg", 32).await;
    wire.release();
    for (number, answer) in join_all(calls).await.into_iter().enumerate() {
        assert_eq!(answer.expect("no panic"), Some(format!("data {number}")));
    }
    assert_eq!(wire.connections(), 1);
}

/// V28, C13
/// Hundreds of calls that are dropped at every point, amid calls that are not.
#[actix_web::test]
async fn dropped_calls_never_shift_answers() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = patient(&wire);
    for number in 0..40 {
        create(&backend, &key(number), record(format!("data {number}"))).await;
    }
    let users = (0..40_u8).map(|number| {
        let backend = backend.clone();
        spawn(async move {
            for round in 0..50_u8 {
                let other = key((number + round) % 40);
                let call = async { (backend.load(&other).await, backend.load(&key(200)).await) };
                cut(call, usize::from(round) % 6).await;
                assert_eq!(text(&backend, &key(number)).await, Some(format!("data {number}")));
            }
        })
    });
    for user in join_all(users).await {
        user.expect("each user read nothing but their own data");
    }
    assert_eq!(
        wire.connections(),
        1,
        "answers that nobody wants are read and thrown away"
    );
}

/// V28
#[actix_web::test]
async fn answers_that_nobody_waits_for_meet_nobody_else() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = patient(&wire);
    create(&backend, &key(1), record("ann's")).await;
    create(&backend, &key(2), record("ben's")).await;
    wire.hold();
    let before = wire.count("mg");
    let abandoned: Vec<_> = (0..200)
        .map(|_| {
            let backend = backend.clone();
            spawn(async move { load(&backend, &key(1)).await })
        })
        .collect();
    wire.sees("mg", before + 200).await;
    for call in abandoned {
        call.abort();
    }
    let (other, missing) = (backend.clone(), backend.clone());
    let other = spawn(async move { text(&other, &key(2)).await });
    let missing = spawn(async move { text(&missing, &key(3)).await });
    wire.sees("mg", before + 202).await;
    wire.release();
    assert_eq!(other.await.expect("no panic").as_deref(), Some("ben's"));
    assert_eq!(missing.await.expect("no panic"), None);
    assert_eq!(wire.connections(), 1);
}

/// A call that was sent with one that is dropped takes place all the same, and so does the dropped one, or it does not.
#[actix_web::test]
async fn a_dropped_change_took_place_or_it_did_not() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = patient(&wire);
    let mut version = create(&backend, &key(1), record("0")).await;
    for round in 1..100_usize {
        let next = round.to_string();
        cut(backend.replace(&key(1), version, record(next.clone())), round % 5).await;
        let present = load(&backend, &key(1)).await.expect("a record");
        assert_eq!(present.data == next, present.version != version, "in part");
        version = present.version;
    }
}

#[actix_web::test]
async fn more_connections_are_used_in_turn() {
    let server = memcached(&[]);
    let wire = Wire::to(server.address());
    let backend = Memcache::builder().server(wire.address()).connections(3).build();
    let backend = backend.expect("fit settings");
    for number in 0..30 {
        create(&backend, &key(number), record(format!("data {number}"))).await;
    }
    for number in 0..30 {
        assert_eq!(text(&backend, &key(number)).await, Some(format!("data {number}")));
    }
    assert_eq!(wire.connections(), 3);
}

/// Lets a call run up to a number of polls, and drops it.
async fn cut<T>(call: impl Future<Output = T>, polls: usize) {
    let mut call = pin!(call);
    for _ in 0..polls {
        if poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await {
            return;
        }
        yield_now().await;
    }
}
