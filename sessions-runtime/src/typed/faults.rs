//! Entries that a type cannot read: left out, logged once, and left where they are.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use bytestring::ByteString;

use crate::record::{Entries, names};

/// How many findings are remembered as told; a program has about as many as fields that changed their type.
const REMEMBERED: usize = 1_024;

/// What a name that cannot be read covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// One entry.
    Entry,
    /// A field with the entries of all its keys.
    Field,
    /// The same, but only because the field is there under another name too.
    Alias,
}

/// What is left out of one value.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    list: Vec<(ByteString, Reach)>,
}

impl Faults {
    /// Leaves an entry or a field out of what is read.
    pub(super) fn add(&mut self, name: &str, reach: Reach, entries: &mut Entries) {
        entries.retain(|entry| !covers(name, reach, entry));
        self.list.push((name.into(), reach));
    }

    /// Whether an entry holds what this version cannot read, and another version perhaps can.
    pub(super) fn protect(&self, entry: &str) -> bool {
        let mut unreadable = self.list.iter().filter(|(_, reach)| *reach != Reach::Alias);
        unreadable.any(|(name, reach)| covers(name, *reach, entry))
    }

    pub(super) fn has(&self, name: &str, reach: Reach) -> bool {
        self.list
            .iter()
            .any(|(other, its)| **other == *name && *its == reach)
    }

    /// Notes that a value could not be read at all.
    pub(super) fn add_all(&mut self, entries: &Entries) {
        self.list
            .extend(entries.iter().map(|(name, _)| (name.into(), Reach::Entry)));
    }

    /// Logs each field once in the life of the process: after a deploy every visitor brings the same.
    pub(super) fn tell(&self, session: &str, type_name: &'static str) {
        for (name, _) in self.list.iter().filter(|(_, reach)| *reach != Reach::Alias) {
            let (field, _) = names::split(name);
            if is_news(type_name, field) {
                // Names may come from a request, and must not forge lines in the log (S59).
                tracing::warn!(
                    session = %session,
                    field = ?field,
                    "a stored field is not what `{type_name}` can read: it is left out or has its default, and stays \
                     stored until it is changed; this is told once"
                );
            }
        }
    }
}

fn covers(name: &str, reach: Reach, entry: &str) -> bool {
    name == entry || reach != Reach::Entry && names::is_part(entry, name)
}

fn is_news(type_name: &'static str, field: &str) -> bool {
    static TOLD: Mutex<BTreeSet<(&'static str, String)>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.len() < REMEMBERED && told.insert((type_name, field.to_owned()))
}
