//! What the measured programs share: their command line, one request in a loop, tasks at once, statistics.

#[cfg(feature = "stats_alloc")]
pub mod allocations;
pub mod command;
mod disk;
mod gate;
pub mod numbers;
mod program;
pub mod rows;
pub mod tasks;
mod wall;

pub use self::disk::{fsync, fsyncs};
pub use self::gate::Gate;
pub use self::program::{COOKIE_OF_BARE, Program, Requests, Work};
