//! Random bytes from the operating system.

#[cfg(any(feature = "datastore", feature = "encryption", feature = "redis"))]
mod ahead;

#[cfg(any(feature = "datastore", feature = "encryption", feature = "redis"))]
pub(crate) use ahead::public;

use crate::error::{ErrorKind, SessionError};

/// Fills a buffer with random bytes. A function pointer, so that a test can put a failing one in its place (S2).
pub(crate) type Entropy = fn(&mut [u8]) -> Result<(), SessionError>;

/// The operating system's generator. A failure is an error, never a weaker source.
pub(crate) fn system(buffer: &mut [u8]) -> Result<(), SessionError> {
    getrandom::fill(buffer).map_err(|err| {
        SessionError::new(
            ErrorKind::Entropy,
            "the operating system's random generator failed",
        )
        .with_source(err)
    })
}
