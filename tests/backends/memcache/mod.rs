//! The backend `Memcache` on real memcached: the conformance suite, and what only a test with a server of its own can show.

use std::net::TcpListener;

use sessions_runtime::Memcache;
use sessions_runtime::testing::suite::Fixture;

use crate::support::daemon;

/// The server that tests share.
async fn memcache() -> Fixture {
    let address = daemon::shared("MEMCACHED_ADDR");
    let connect = || Memcache::connect([&address]).expect("MEMCACHED_ADDR is host and port");
    Fixture::new(connect())
        .with_second(connect())
        .with_unreachable(nowhere())
}

/// A port on which nothing listens.
fn nowhere() -> Memcache {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    Memcache::connect([free.expect("a free port").to_string()]).expect("an address")
}

mod on_memcached {
    sessions_runtime::backend_suite!(super::memcache);
}
