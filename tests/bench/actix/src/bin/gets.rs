//! Gets of memcached: sessions-runtime's backend, and async-memcached.
//!
//! `gets CONTENDER SECONDS` has 32 tasks of one thread load 300 bytes each, again and again, and prints how many a second,
//! their median, 99th percentile and longest in microseconds. The server is the one at `MEMCACHED_ADDR`. CONTENDER is
//! `memcache`, whose tasks share its connections as those of a server's worker do; or `async-memcached-each`, a
//! connection for each task, which is more than a worker can have, but the client's best; or `async-memcached-one`, one
//! connection that the tasks take in turn, because the client cannot be shared.

use std::rc::Rc;
use std::time::Duration;

use async_memcached::{AsciiProtocol, Client};
use bench_harness::rows::{data, key};
use bench_harness::tasks::{Outcome, TASKS, together};
use sessions_runtime::{Backend, Create, Memcache, NewRecord, StoreKey, Timestamp};
use tokio::sync::Mutex;

#[actix_web::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [contender, seconds] = &arguments[..] else {
        panic!("usage: CONTENDER SECONDS")
    };
    let lasts = Duration::from_secs_f64(seconds.parse().expect("a number of seconds"));
    let server =
        std::env::var("MEMCACHED_ADDR").expect("MEMCACHED_ADDR is not set; `tests/bench/run` sets it");
    let outcome = match contender.as_str() {
        "memcache" => ours(&server, lasts).await,
        "async-memcached-each" => theirs(&server, TASKS, lasts).await,
        "async-memcached-one" => theirs(&server, 1, lasts).await,
        _ => panic!("no such contender: {contender}"),
    };
    outcome.print(&[]);
}

async fn ours(server: &str, lasts: Duration) -> Outcome {
    let memcache = Memcache::connect([server]).expect("an address");
    for task in 0..TASKS {
        let key = StoreKey::from_bytes(key(task));
        memcache.delete(&key, None).await.expect("a server");
        let expiry = Timestamp::from_unix(u64::from(u32::MAX));
        let record = NewRecord {
            data: data(u64::from(task)).into(),
            expiry,
            principal: None,
        };
        assert!(matches!(
            memcache.create(&key, record).await,
            Ok(Create::Created(_))
        ));
    }
    together(TASKS, lasts, async move |task, _| {
        let record = memcache
            .load(&StoreKey::from_bytes(key(task)))
            .await
            .expect("a server");
        assert_eq!(record.expect("a record").data.len(), 300);
    })
    .await
}

/// With so many connections: each task's own, or all tasks'.
async fn theirs(server: &str, connections: u32, lasts: Duration) -> Outcome {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Rc::new(Mutex::new(
            Client::new(format!("tcp://{server}")).await.expect("a server"),
        )));
    }
    // As long as the keys of sessions-runtime.
    let name = |task: u32| format!("bench:{:x}{:026x}", u128::from_be_bytes([7; 16]), task);
    for task in 0..TASKS {
        let mut client = clients[0].lock().await;
        client
            .set(name(task), data(u64::from(task)).as_str(), None, None)
            .await
            .expect("a server");
    }
    together(TASKS, lasts, async move |task, _| {
        let mut client = clients[task as usize % clients.len()].lock().await;
        let value = client.get(name(task)).await.expect("a server").expect("a value");
        assert_eq!(value.data.expect("bytes").len(), 300);
    })
    .await
}
