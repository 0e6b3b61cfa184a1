//! What a handler changed in a typed value, as changes of entries.

use bytes::Bytes;
use bytestring::ByteString;

use super::open::Reading;
use super::split::{Entry, Split};
use crate::record::{Change, Changes, Entries, names};

/// Compares a value as it was opened with what it has become; `stored` is what it was opened from.
///
/// Where nothing differs, nothing is changed, whatever the stored bytes look like: reading is not writing. Otherwise what
/// differs is set, and what was never stored is completed, so that a first write is a whole one and a random default stays
/// what it is; of two first writes both arrive all the same.
pub(crate) fn difference(before: &Split, after: &Split, stored: &Entries, reading: &Reading) -> Changes {
    let mut changes = Changes::default();
    if before == after {
        return changes;
    }
    let (before, after) = (before.sorted(), after.sorted());
    let find = |list: &[Entry<'_>], name: &str| list.binary_search_by_key(&name, |entry| entry.name).ok();
    let differs = |entry: &Entry<'_>| {
        let earlier = find(&before, entry.name).and_then(|at| before.get(at));
        earlier.is_none_or(|earlier| earlier.value != entry.value)
    };
    let mut removed: Vec<&str> = before.iter().map(|entry| entry.name).collect();
    removed.retain(|name| find(&after, name).is_none());
    if removed.is_empty() && !after.iter().any(differs) {
        // The same entries in another order.
        return changes;
    }
    for entry in &after {
        let now = stored.get(entry.name);
        if differs(entry) {
            changes.push(entry.name, Change::Set(Bytes::copy_from_slice(entry.value)));
            if !entry.map && names::split(entry.name).1.is_none() {
                // The field was a map once: what is left of it would be read over the new value.
                removed.extend(stored.parts_of(entry.name).map(|(name, _)| name));
            }
        } else if now.is_none() {
            changes.push(entry.name, Change::Ensure(Bytes::copy_from_slice(entry.value)));
        } else if entry.map
            && now.is_some_and(|now| *now != *entry.value)
            && !reading.faults.protect(entry.name)
        {
            // The map was stored whole once; its entries are completed here, and must not come back when they are removed.
            changes.push(entry.name, Change::Set(Bytes::copy_from_slice(entry.value)));
        }
    }
    removed.extend(taken(stored, reading));
    removed.sort_unstable();
    removed.dedup();
    for name in removed {
        if find(&after, name).is_none() {
            changes.push(name, Change::Remove);
        }
    }
    changes
}

/// The entries that the value was read from by name, also by the alias of a name.
fn taken<'a>(stored: &'a Entries, reading: &'a Reading) -> impl Iterator<Item = &'a str> {
    let fields = reading.fields.iter().flat_map(|field| {
        let field = names::escape(field);
        let own = stored.find(&field).into_iter();
        own.chain(stored.parts_of(&field))
    });
    let whole = stored.find(names::WHOLE).filter(|_| reading.whole);
    fields
        .chain(whole)
        .map(|(name, _)| name)
        .filter(|name| !reading.faults.protect(name))
}

impl Changes {
    fn push(&mut self, name: &str, change: Change) {
        self.list.push((ByteString::from(name), change));
    }
}
