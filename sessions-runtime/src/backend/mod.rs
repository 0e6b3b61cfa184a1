//! What a server must do to keep sessions.

#[cfg(any(feature = "memcache", feature = "redis"))]
mod backoff;
mod contract;
#[cfg(feature = "datastore")]
mod datastore;
#[cfg(feature = "memcache")]
pub(crate) mod memcache;
mod memory;
mod name;
#[cfg(any(feature = "datastore", feature = "memcache", feature = "redis"))]
mod per_thread;
mod record;
#[cfg(feature = "redis")]
mod redis;

pub use contract::{Backend, BackendFuture};
#[cfg(feature = "datastore")]
pub use datastore::{Datastore, DatastoreBuilder, Synchronous};
#[cfg(feature = "memcache")]
pub use memcache::{Memcache, MemcacheBuilder};
pub use memory::Memory;
pub use name::BackendName;
pub use record::{
    Acquire, Capabilities, Create, Delete, LockToken, NewRecord, Record, Replace, Touch, Version,
};
#[cfg(feature = "redis")]
pub use redis::{Redis, RedisBuilder};
