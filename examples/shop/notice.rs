//! What the shop tells its visitors, once, on the next page.

use serde::{Deserialize, Serialize};
use sessions_runtime::{Flash, Session, SessionError};

/// A message: its level and its text stand beside it, and the compiler checks what the text mentions.
#[derive(Serialize, Deserialize, Flash)]
#[flash(queue = "shop", level = "info")]
pub(crate) enum Notice {
    #[flash(level = "success", text = "Welcome, {0}")]
    Welcome(String),
    #[flash(level = "error", text = "Please enter a name of 1 to 40 characters")]
    BadName,
    #[flash(text = "You have been signed out")]
    SignedOut,
    #[flash(level = "success", text = "Added {0} to your cart")]
    Added(String),
    #[flash(text = "Removed {0} from your cart")]
    Removed(String),
}

/// Leaves a message for the next page. One too many is left out: it is not worth the order that it tells of.
pub(crate) fn tell(session: &Session, notice: Notice) -> Result<(), SessionError> {
    match session.add_flash(notice) {
        Err(err) if err.is_too_large() => Ok(()),
        added => added,
    }
}
