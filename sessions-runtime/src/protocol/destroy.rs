//! Ending a session for good.

use super::held::{ATTEMPTS, Held, contended};
use crate::backend::{Backend, Delete};
use crate::clock::Timestamp;
use crate::error::SessionError;

/// Deletes the session, wherever it moved meanwhile. That it is gone already is success.
///
/// The delete names the version that was loaded: deleting blindly would remove a `moved` record and leave the session it
/// points to alive, after its user signed out.
///
/// # Errors
///
/// A failing backend, which is not tried again; `Busy` after many conflicts.
pub(crate) async fn destroy(
    backend: &dyn Backend,
    mut held: Held,
    now: Timestamp,
) -> Result<(), SessionError> {
    for _ in 0..ATTEMPTS {
        match backend.delete(&held.key, Some(held.version)).await? {
            Delete::Deleted | Delete::Gone => return Ok(()),
            Delete::Conflict => {}
        }
        let Some(fresh) = held.refresh(backend, now).await? else {
            return Ok(());
        };
        held = fresh;
    }
    Err(contended())
}
