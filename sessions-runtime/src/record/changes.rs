//! What a typed value changes in a dictionary, entry by entry.

use bytes::Bytes;
use bytestring::ByteString;

use super::Entries;

/// What becomes of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Set(Bytes),
    /// Put, if nothing is there.
    Ensure(Bytes),
    Remove,
}

/// Changes of a dictionary, at most one an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) list: Vec<(ByteString, Change)>,
}

impl Changes {
    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes effect on a dictionary.
    pub(crate) fn apply(&self, entries: &mut Entries) {
        let mut changes: Vec<(&str, Option<&[u8]>)> = self
            .list
            .iter()
            .filter_map(|(name, change)| match change {
                Change::Ensure(_) if entries.get(name).is_some() => None,
                Change::Set(value) | Change::Ensure(value) => Some((&**name, Some(&**value))),
                Change::Remove => Some((&**name, None)),
            })
            .collect();
        changes.sort_unstable_by_key(|(name, _)| *name);
        entries.merge(changes.into_iter());
    }
}
