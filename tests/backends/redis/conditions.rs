//! A server that is there, and in a condition in which it cannot do what it is asked.

use sessions_runtime::{Backend, ErrorKind};
use tokio::task::yield_now;

use super::console::{self, Answer, Console};
use super::{connect_to, create, key, load, patient, record, redis_server, text, told};
use crate::support::place::Place;

/// How many connections were ever made to the server.
fn connections(console: &mut Console) -> u32 {
    let stats = console::text(console.say("INFO stats"));
    let count = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_connections_received:"));
    count.and_then(|count| count.parse().ok()).expect("a count")
}

/// R4
/// After a fail-over the old primary is a replica, and its name leads to another server: only a new connection finds that.
#[actix_web::test]
async fn a_primary_that_became_a_replica_is_left() {
    let server = redis_server(&[]);
    let backend = connect_to(&server.address());
    let mut console = Console::new(&server.address());
    let version = create(&backend, &key(1), record("before")).await;
    let before = connections(&mut console);
    load(&backend, &key(1)).await;
    assert_eq!(connections(&mut console), before, "calls share a connection");
    console.say("REPLICAOF 127.0.0.1 1");
    let err = backend.replace(&key(1), version, record("lost")).await;
    assert!(err.expect_err("a replica takes no writes").is_unavailable());
    console.say("REPLICAOF NO ONE");
    let replaced = backend.replace(&key(1), version, record("after")).await;
    replaced.expect("at once, over a new connection");
    assert_eq!(connections(&mut console), before + 1);
}

/// R2
/// Redis answers `BUSY` while a script of somebody else does not end.
#[actix_web::test]
async fn a_busy_server_is_an_error_of_its_own() {
    let server = redis_server(&["--lua-time-limit", "1"]);
    let backend = connect_to(&server.address());
    let version = create(&backend, &key(1), record("kept")).await;
    let address = server.address();
    let endless = std::thread::spawn(move || {
        Console::new(&address).ask(&[b"EVAL", b"while true do end", b"0"]);
    });
    let mut console = Console::new(&server.address());
    while !matches!(console.ask(&[b"PING"]), Answer::Error(err) if err.starts_with("BUSY")) {
        yield_now().await;
    }
    for err in [
        backend.load(&key(1)).await.map(drop),
        backend
            .replace(&key(1), version, record("changed"))
            .await
            .map(drop),
    ] {
        let err = err.expect_err("it is busy");
        assert_eq!(err.kind(), ErrorKind::Busy, "{}", told(&err));
    }
    console.say("SCRIPT KILL");
    endless.join().expect("the script was ended");
    assert_eq!(text(&backend, &key(1)).await.as_deref(), Some("kept"));
}

/// R2, R3
/// Redis answers `LOADING` while it reads its data: nobody is signed out by that.
#[actix_web::test]
async fn a_server_that_is_loading_is_unavailable_and_has_lost_nothing() {
    let place = Place::new();
    let directory = place.path().display().to_string();
    // 5 ms for each key, and a look at what clients want after each.
    let server = [
        "--dir",
        &directory,
        "--rdbcompression",
        "no",
        "--key-load-delay",
        "5000",
        "--loading-process-events-interval-bytes",
        "1024",
    ];
    let mut server = redis_server(&server);
    let backend = patient(&server.address());
    create(&backend, &key(1), record("kept")).await;
    let mut console = Console::new(&server.address());
    for number in 0..100 {
        console.say(&format!("SET other:{number} {}", "x".repeat(1_024)));
    }
    console.say("SAVE");
    server.restart();
    let mut loading = 0;
    let text = loop {
        match backend.load(&key(1)).await {
            Ok(record) => break record.expect("nothing was lost").data,
            Err(err) => {
                assert!(err.is_unavailable(), "{}", told(&err));
                loading += u32::from(told(&err).contains("LOADING"));
            }
        }
        yield_now().await;
    };
    assert_eq!(text, "kept");
    assert!(loading > 0, "the server was never asked while it was loading");
}
