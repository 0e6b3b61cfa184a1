//! What `#[derive(Flash)]` asks of a type, in traits of our own: so that what is missing is told once, in our words.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SessionError;
use crate::value;

/// What can be kept in a session as a message: every `Serialize + DeserializeOwned`.
///
/// It does not have these two as its supertraits, because the compiler would tell a missing derive once for each of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a session",
    label = "this flash message has to be serialised and read back",
    note = "derive both: `#[derive(serde::Serialize, serde::Deserialize)]`"
)]
pub trait FlashValue: Sized {
    /// The message as it is stored.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be serialised.
    fn encode(&self) -> Result<Bytes, SessionError>;

    /// The stored message.
    ///
    /// # Errors
    ///
    /// Fails when it does not decode, after a deploy for instance.
    fn decode(bytes: &[u8]) -> Result<Self, SessionError>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> FlashValue for T {
    fn encode(&self) -> Result<Bytes, SessionError> {
        value::encode_kept(self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, SessionError> {
        value::decode(bytes)
    }
}

/// What a message with `#[derive(Flash)]` shows itself by: its `Display`, derived from its texts or its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no text to show",
    label = "this flash message has neither `text` nor `Display`",
    note = "add `#[flash(text = \"..\")]` to each variant or to the struct, or implement `Display`"
)]
pub trait Shown {
    /// The text.
    fn shown(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: fmt::Display> Shown for T {
    fn shown(&self) -> String {
        self.to_string()
    }
}

/// The text of a message, called by what `#[derive(Flash)]` writes.
pub fn shown<T: Shown>(message: &T) -> String {
    message.shown()
}
