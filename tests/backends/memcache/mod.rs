//! The backend `Memcache` on real memcached: the conformance suite, and what only a server of a test's own can show.

mod commands;
mod console;
mod contents;
mod lifetimes;
mod limits;
mod outages;
mod pages;
mod pipelining;
mod puppet;
mod runtimes;
mod sharing;
mod sign_ins;
mod strangers;
mod wire;

use std::net::TcpListener;
use std::time::Duration;

use sessions_runtime::testing::suite::Fixture;
use sessions_runtime::{Backend, Clock, Create, Memcache, NewRecord, Record, StoreKey, Timestamp, Version};

use crate::support::daemon::{self, Daemon};

/// The server that tests share.
async fn memcache() -> Fixture {
    let address = daemon::shared("MEMCACHED_ADDR");
    let connect = || Memcache::connect([&address]).expect("MEMCACHED_ADDR is host and port");
    Fixture::new(connect())
        .with_second(connect())
        .with_unreachable(connect_to(&nowhere()))
}

mod on_memcached {
    sessions_runtime::backend_suite!(super::memcache);
}

/// A memcached of a test's own, with these options beside the usual ones.
fn memcached(options: &[&str]) -> Daemon {
    let usual = [
        "memcached",
        "-l",
        "127.0.0.1",
        "-p",
        "{port}",
        "-U",
        "0",
        "-u",
        "nobody",
    ];
    Daemon::start(&[&usual[..], options].concat())
}

fn connect_to(address: &str) -> Memcache {
    Memcache::connect([address]).expect("an address")
}

/// An address at which nothing listens.
fn nowhere() -> String {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.expect("a free port").to_string()
}

fn key(number: u8) -> StoreKey {
    StoreKey::from_bytes([number; 32])
}

fn after(seconds: u64) -> Timestamp {
    Clock::system().now().after(Duration::from_secs(seconds))
}

/// A record that lives for an hour.
fn record(data: impl Into<Vec<u8>>) -> NewRecord {
    NewRecord {
        data: data.into().into(),
        expiry: after(3_600),
        principal: None,
    }
}

async fn create(backend: &Memcache, key: &StoreKey, record: NewRecord) -> Version {
    match backend.create(key, record).await.expect("the server answers") {
        Create::Created(version) => version,
        Create::Exists => panic!("the key is taken"),
    }
}

async fn load(backend: &Memcache, key: &StoreKey) -> Option<Record> {
    backend.load(key).await.expect("the server answers")
}

/// What a key has, as text.
async fn text(backend: &Memcache, key: &StoreKey) -> Option<String> {
    let record = load(backend, key).await?;
    Some(String::from_utf8(record.data.to_vec()).expect("text"))
}

/// An error with all its causes.
fn told(err: &(dyn std::error::Error + 'static)) -> String {
    let mut text = err.to_string();
    let mut cause = err.source();
    while let Some(err) = cause {
        text.push_str(": ");
        text.push_str(&err.to_string());
        cause = err.source();
    }
    text
}
