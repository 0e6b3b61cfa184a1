//! Floors: what a session cannot do without, done by the same libraries, and nothing of a session.

#[cfg(feature = "redis")]
pub(crate) mod redis;
pub(crate) mod sealed;
