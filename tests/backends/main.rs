//! The conformance suite on every built-in backend, on the least that is one, and on wrong ones, which it must find.

#[cfg(feature = "datastore")]
mod datastore;
#[cfg(any(feature = "memcache", feature = "redis"))]
mod kit;
#[cfg(feature = "memcache")]
mod memcache;
#[cfg(any(feature = "memcache", feature = "redis"))]
mod pages;
mod plain;
#[cfg(feature = "redis")]
mod redis;
#[path = "../support/mod.rs"]
mod support;
#[cfg(any(feature = "memcache", feature = "redis"))]
mod visitors;
mod wrong;

use sessions_runtime::testing::suite::Fixture;
use sessions_runtime::{Clock, Memory, Timestamp};

/// Memory, by a clock that is moved by hand.
async fn memory() -> Fixture {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let memory = Memory::with_clock(clock.clone());
    Fixture::new(memory.clone()).with_second(memory).with_clock(clock)
}

/// A backend without optional capabilities.
async fn plain() -> Fixture {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let plain = plain::Plain(Memory::with_clock(clock.clone()));
    Fixture::new(plain.clone()).with_second(plain).with_clock(clock)
}

mod on_memory {
    sessions_runtime::backend_suite!(super::memory);
}

mod on_a_plain_backend {
    sessions_runtime::testing::backend_suite!(super::plain);
}
