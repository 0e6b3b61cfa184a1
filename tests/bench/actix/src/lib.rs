//! The contenders on actix-web: the bare handler, sessions-runtime on every backend, actix-session, and floors.

mod bare;
mod contender;
mod floor;
mod mode;
mod ours;
mod storm;
#[cfg(feature = "peers")]
mod theirs;

pub use self::contender::Actix;
