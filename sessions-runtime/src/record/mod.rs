//! What one session holds, and how it becomes the data bytes of a record.
//!
//! A record is either alive, or says where the session moved to when its id was renewed. Backends never look inside.

mod changes;
mod codec;
mod entries;
pub(crate) mod names;
mod places;
mod wire;

use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;

use crate::clock::Timestamp;
use crate::id::StoreKey;

pub(crate) use changes::{Change, Changes};
pub(crate) use codec::{decode, decode_live, encode_live, encode_moved, is_written_as};
pub(crate) use entries::{Entries, Iter};

/// One flash message in a record.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredFlash {
    /// Its place in the order of all messages of this session; never used twice.
    pub(crate) seq: u64,
    pub(crate) queue: ByteString,
    pub(crate) level: ByteString,
    /// The rendered text, so that a page layout can show a message whose type it does not know.
    pub(crate) text: ByteString,
    /// The encoded typed message; empty where the message is only a text.
    pub(crate) value: Bytes,
}

/// What the cookie's `Max-Age` follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// The settings of the session.
    Configured,
    /// No `Max-Age`: the cookie ends with the browser.
    Browser,
    /// This many seconds, as `remember_for` asked.
    For(u64),
}

/// The contents of a living session.
///
/// # Internal invariant
///
/// `flashes` is sorted by `seq`, no `seq` occurs twice, and all are below `next_seq`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) created: Timestamp,
    /// The absolute end. It lies in the data, so that touching a record can never lengthen its life.
    pub(crate) deadline: Timestamp,
    pub(crate) lifetime: Lifetime,
    pub(crate) entries: Entries,
    pub(crate) flashes: Vec<StoredFlash>,
    pub(crate) next_seq: u64,
    pub(crate) principal: Option<ByteString>,
}

impl Live {
    /// A session with nothing in it, not yet dated.
    pub(crate) fn blank() -> Self {
        Self {
            created: Timestamp::from_unix(0),
            deadline: Timestamp::from_unix(0),
            lifetime: Lifetime::Configured,
            entries: Entries::default(),
            flashes: Vec::new(),
            next_seq: 0,
            principal: None,
        }
    }

    /// Whether there is nothing in it that would be worth a record.
    pub(crate) fn is_blank(&self) -> bool {
        self.entries.is_empty() && self.flashes.is_empty() && self.principal.is_none()
    }
}

/// What the data of a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    Live(Live),
    /// The id was renewed: the session now lies under `to`, and the old id opens it until the moment `until`.
    Moved {
        to: StoreKey,
        until: Timestamp,
    },
}

/// Shows sizes only: texts and values are the user's.
impl fmt::Debug for StoredFlash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFlash")
            .field("seq", &self.seq)
            .field("queue", &self.queue)
            .field("text_len", &self.text.len())
            .field("value_len", &self.value.len())
            .finish_non_exhaustive()
    }
}

/// Shows no value and not who the session belongs to.
impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("created", &self.created)
            .field("deadline", &self.deadline)
            .field("lifetime", &self.lifetime)
            .field("entries", &self.entries)
            .field("flashes", &self.flashes)
            .field("next_seq", &self.next_seq)
            .field("has_principal", &self.principal.is_some())
            .finish()
    }
}
