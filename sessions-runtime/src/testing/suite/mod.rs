//! The conformance suite for backends: what every [`Backend`](crate::Backend) promises, case by case.
//!
//! [`backend_suite!`](crate::backend_suite) turns each case into a test of its own, so that a failing point is named by
//! the test runner; [`CASES`] is the same list for a runner of your own; and each case is a plain function in a module of
//! its topic. All of them take a [`Fixture`]: one backend, and what the tests may do with it.
//!
//! | module | what it pins |
//! |---|---|
//! | [`records`] | the five calls, one after the other: who may write what, and that bytes come back |
//! | [`expiry`] | when a record ends: never late, never early, at every length of life |
//! | [`versions`] | that a version never comes back |
//! | [`races`] | the five calls, many at once: exactly one wins |
//! | [`outages`] | dropped calls, oversize, a server that is not there |
//! | [`principals`], [`purging`], [`locks`] | the declared capabilities; where one is not declared, that the call says so |
//! | [`overlaps`], [`lives`], [`handles`] | whole sessions over real HTTP on this backend: no lost update, no resurrection |
//! | [`lifetimes`] | when whole sessions end: idle, absolute, of a browser, remembered; never served afterwards |
//!
//! # Limitations
//!
//! What only the backend's own tests can show is not here: schema migrations, reconnecting after a dropped connection,
//! time-outs of a server that hangs, two prefixes on one server.
//!
//! # Examples
//!
//! A single case, without the macro:
//!
//! ```
//! use sessions_runtime::Memory;
//! use sessions_runtime::testing::suite::{Fixture, records, run};
//!
//! let passed = run(async || Fixture::new(Memory::new()), records::create_keeps_a_live_record);
//! assert_eq!(passed.err(), None);
//! ```

mod cases;
mod fault;
mod fixture;
mod kit;
mod site;
mod together;

pub mod expiry;
pub mod handles;
pub mod lifetimes;
pub mod lives;
pub mod locks;
pub mod outages;
pub mod overlaps;
pub mod principals;
pub mod purging;
pub mod races;
pub mod records;
pub mod versions;

pub use self::cases::{CASES, Case};
pub use self::fault::{Fault, run};
pub use self::fixture::Fixture;
#[doc(hidden)]
pub use self::together::Together;
