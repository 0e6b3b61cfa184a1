//! The contenders on axum: the bare handler, and tower-sessions in memory and on SQLite.

mod bare;
mod contender;
mod in_process;
mod sqlite;
mod storm;
mod work;

pub use self::contender::Tower;
pub use self::sqlite::{Synchronous, pool};
