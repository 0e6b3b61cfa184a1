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
        for (name, change) in &self.list {
            match change {
                Change::Set(value) => entries.insert(name.clone(), value.clone()),
                Change::Ensure(value) if entries.get(name).is_none() => {
                    entries.insert(name.clone(), value.clone());
                }
                Change::Ensure(_) => {}
                Change::Remove => {
                    entries.remove(name);
                }
            }
        }
    }
}
