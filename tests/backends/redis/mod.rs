//! The backend `Redis` on real Redis: the conformance suite, and what only a server of a test's own can show.

mod commands;
mod conditions;
mod console;
mod contents;
mod outages;
mod sign_ins;

use std::time::Duration;

use sessions_runtime::testing::Server;
use sessions_runtime::testing::suite::Fixture;
use sessions_runtime::{Clock, Redis, Timestamp};

use crate::kit::{create, key, load, nowhere, record, text, told};
use crate::pages;
use crate::support::daemon::{self, Daemon};
use crate::support::gate::Gate;

/// The server that tests share, by a clock that is moved by hand.
async fn redis() -> Fixture {
    let url = format!("redis://{}", daemon::shared("REDIS_ADDR"));
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let connect = || {
        let redis = Redis::builder(&*url).clock(clock.clone()).build();
        redis.expect("REDIS_ADDR is host and port")
    };
    Fixture::new(connect())
        .with_second(connect())
        .with_unreachable(connect_to(&nowhere()))
        .with_clock(clock.clone())
}

mod on_redis {
    sessions_runtime::backend_suite!(super::redis);
}

/// A Redis of a test's own, with these options beside the usual ones. It keeps nothing on the disk.
fn redis_server(options: &[&str]) -> Daemon {
    Daemon::redis(&std::env::temp_dir(), options)
}

/// The same, for the stories that are told of every server.
fn server(options: &[&str]) -> Daemon {
    redis_server(options)
}

mod visitors {
    crate::visitors::visitors!();
}

fn prefixed(address: &str, prefix: &str) -> Redis {
    let built = Redis::builder(format!("redis://{address}"))
        .prefix(prefix)
        .build();
    built.expect("a fit prefix")
}

fn connect_to(address: &str) -> Redis {
    Redis::connect(format!("redis://{address}")).expect("an address")
}

/// For a server that writes to the disk before it answers, or reads it: a busy machine takes its time.
fn patient(address: &str) -> Redis {
    let limit = Duration::from_secs(10);
    let built = Redis::builder(format!("redis://{address}"))
        .reply_timeout(limit)
        .timeout(2 * limit)
        .build();
    built.expect("fit settings")
}

/// A server of an application.
fn site(redis: Redis) -> Server {
    pages::site("redis", redis)
}

fn site_with(redis: Redis, gate: Gate) -> Server {
    pages::site_with("redis", redis, gate)
}
