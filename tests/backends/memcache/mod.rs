//! The backend `Memcache` on real memcached: the conformance suite, and what only a server of a test's own can show.

mod commands;
mod console;
mod contents;
mod lifetimes;
mod limits;
mod outages;
mod pipelining;
mod puppet;
mod runtimes;
mod sharing;
mod sign_ins;
mod strangers;
mod wire;

use sessions_runtime::Memcache;
use sessions_runtime::testing::Server;
use sessions_runtime::testing::suite::Fixture;

use crate::kit::{after, create, key, load, nowhere, record, text, told};
use crate::pages;
use crate::support::daemon::{self, Daemon};
use crate::support::gate::Gate;

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
    Daemon::memcached(options)
}

/// The same, for the stories that are told of every server.
fn server(options: &[&str]) -> Daemon {
    memcached(options)
}

mod visitors {
    crate::visitors::visitors!();
}

fn prefixed(address: &str, prefix: &str) -> Memcache {
    let built = Memcache::builder().server(address).prefix(prefix).build();
    built.expect("a fit prefix")
}

fn connect_to(address: &str) -> Memcache {
    Memcache::connect([address]).expect("an address")
}

/// A server of an application.
fn site(memcache: Memcache) -> Server {
    pages::site("memcache", memcache)
}

fn site_with(memcache: Memcache, gate: Gate) -> Server {
    pages::site_with("memcache", memcache, gate)
}
