//! Handlers whose requests overlap as badly as they can: all have loaded before one saves.

mod gate;
pub(crate) mod ours;
#[cfg(feature = "peers")]
pub(crate) mod theirs;
