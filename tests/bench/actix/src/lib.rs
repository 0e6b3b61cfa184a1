//! The contenders on actix-web: the bare handler, sessions-runtime on every backend, and actix-session.

mod bare;
mod contender;
mod mode;
mod ours;
mod storm;
#[cfg(feature = "peers")]
mod theirs;

pub use self::contender::Actix;
