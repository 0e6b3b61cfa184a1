//! The dictionary of a session: entry names and their encoded values.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use bytestring::ByteString;

use super::names;
use super::packed::Packed;

/// Entry names with their encoded values.
///
/// Values stay bytes until somebody asks for one, so entries that are not read survive a save byte for byte. What was
/// read from a record stays packed in that record's buffer: looking up an entry, comparing and writing need no more, and
/// a clone copies one reference. The list is made when somebody changes an entry or wants all of them; its names and
/// values are slices of the same buffer.
///
/// # Internal invariant
///
/// Sorted by name, each name once. Once there is a list, it counts, and `packed` is of the past.
#[derive(Default)]
pub(crate) struct Entries {
    packed: Packed,
    list: OnceLock<Vec<(ByteString, Bytes)>>,
}

impl Entries {
    /// Entries as they lie in a record.
    pub(super) fn packed(packed: Packed) -> Self {
        Self {
            packed,
            list: OnceLock::new(),
        }
    }

    /// The value of an entry.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        match self.list.get() {
            Some(list) => Some(&find(list, name)?.1),
            None => self.packed.get(name),
        }
    }

    /// The value of an entry, for whoever keeps it: not a copy, but a reference to the same buffer.
    pub(crate) fn shared(&self, name: &str) -> Option<Bytes> {
        match self.list.get() {
            Some(list) => Some(find(list, name)?.1.clone()),
            None => self.packed.shared(name),
        }
    }

    /// An entry with its name.
    pub(crate) fn find(&self, name: &str) -> Option<&(ByteString, Bytes)> {
        find(self.as_slice(), name)
    }

    /// Puts an entry, in place of one of the same name.
    pub(crate) fn insert(&mut self, name: ByteString, value: Bytes) {
        self.change(|list| match position(list, &name) {
            Ok(at) => {
                if let Some(entry) = list.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => list.insert(at, (name, value)),
        });
    }

    /// Puts an entry; the name is copied only where it is new.
    pub(crate) fn set(&mut self, name: &str, value: Bytes) {
        self.change(|list| match position(list, name) {
            Ok(at) => {
                if let Some(entry) = list.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => list.insert(at, (ByteString::from(name), value)),
        });
    }

    /// Takes an entry out; says whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.get(name).is_some() && self.change(|list| position(list, name).map(|at| list.remove(at)).is_ok())
    }

    /// The entries of one map-like field, sorted by key; `field` is escaped.
    pub(crate) fn parts_of(&self, field: &str) -> &[(ByteString, Bytes)] {
        let list = self.as_slice();
        let below = |name: &str| names::is_below(name, field);
        let begin = list.partition_point(|(name, _)| below(name));
        let rest = list.get(begin..).unwrap_or_default();
        let len = rest.partition_point(|(name, _)| names::is_part(name, field));
        rest.get(..len).unwrap_or_default()
    }

    /// All entries, sorted by name, as a slice.
    pub(crate) fn as_slice(&self) -> &[(ByteString, Bytes)] {
        self.list.get_or_init(|| self.packed.unpack())
    }

    /// All entries, sorted by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ByteString, &Bytes)> {
        self.as_slice().iter().map(|(name, value)| (name, value))
    }

    /// Names and values as bytes, sorted by name: what can be had without a list.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        (0..self.len()).filter_map(|at| match self.list.get() {
            Some(list) => list
                .get(at)
                .map(|(name, value)| (name.as_bytes().as_ref(), &**value)),
            None => self.packed.pair(at),
        })
    }

    /// The bytes that writing all entries takes, roughly.
    pub(super) fn room(&self) -> usize {
        match self.list.get() {
            Some(list) => list
                .iter()
                .map(|(name, value)| 8 + name.len() + value.len())
                .sum(),
            None => self.packed.room(),
        }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.list.get().map_or_else(|| self.packed.len(), Vec::len)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out the entries whose names are not to stay.
    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&str) -> bool) {
        self.change(|list| list.retain(|(name, _)| stays(name)));
    }

    /// Takes every entry out.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    fn change<R>(&mut self, change: impl FnOnce(&mut Vec<(ByteString, Bytes)>) -> R) -> R {
        let mut list = self.list.take().unwrap_or_else(|| self.packed.unpack());
        let changed = change(&mut list);
        *self = Self {
            packed: Packed::default(),
            list: OnceLock::from(list),
        };
        changed
    }
}

fn position(list: &[(ByteString, Bytes)], name: &str) -> Result<usize, usize> {
    list.binary_search_by(|(entry, _)| (**entry).cmp(name))
}

fn find<'a>(list: &'a [(ByteString, Bytes)], name: &str) -> Option<&'a (ByteString, Bytes)> {
    list.get(position(list, name).ok()?)
}

impl Clone for Entries {
    fn clone(&self) -> Self {
        match self.list.get() {
            Some(list) => Self {
                packed: Packed::default(),
                list: OnceLock::from(list.clone()),
            },
            None => Self::packed(self.packed.clone()),
        }
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        let listed = self.list.get().is_some() || other.list.get().is_some();
        (!listed && self.packed.is(&other.packed)) || self.pairs().eq(other.pairs())
    }
}

impl Eq for Entries {}

/// Shows names and sizes, never a value.
impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(name, value)| (name, value.len())))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(names: &[&'static str]) -> Entries {
        let mut entries = Entries::default();
        for name in names {
            entries.insert(ByteString::from_static(name), Bytes::from_static(name.as_bytes()));
        }
        entries
    }

    #[test]
    fn entries_are_sorted_whatever_the_order_of_insertion() {
        let entries = entries(&["c", "a", "e", "b", "d", "a"]);
        let names: Vec<_> = entries.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
        assert_eq!(entries.len(), 5);
        assert_eq!(entries.get("d"), Some(&b"d"[..]));
        assert_eq!(entries.get("f"), None);
    }

    #[test]
    fn inserting_again_replaces_the_value() {
        let mut entries = entries(&["a", "b"]);
        entries.insert("a".into(), Bytes::from_static(b"new"));
        assert_eq!(entries.len(), 2);
        assert_eq!(entries.get("a"), Some(&b"new"[..]));
    }

    #[test]
    fn removed_entries_are_gone() {
        let mut entries = entries(&["a", "b", "c"]);
        assert!(entries.remove("b"));
        assert!(!entries.remove("b"));
        assert!(!entries.is_empty());
        entries.clear();
        assert!(entries.is_empty());
    }

    #[test]
    fn the_parts_of_a_field_are_its_own() {
        let all = [
            "i",
            "items",
            "items\u{1}x",
            "items\u{1f}",
            "items\u{1f}a",
            "items\u{1f}b\u{1f}",
            "items ",
            "itemsx",
            "z",
        ];
        let entries = entries(&all);
        let parts = |field| {
            let names = entries.parts_of(field).iter().map(|(name, _)| &**name);
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            parts("items"),
            ["items\u{1f}", "items\u{1f}a", "items\u{1f}b\u{1f}"]
        );
        for field in ["i", "item", "items\u{1}x", "z", "zz", "a", ""] {
            assert_eq!(parts(field), Vec::<&str>::new(), "{field:?}");
        }
    }

    /// S57
    #[test]
    fn debug_shows_no_value() {
        let mut entries = Entries::default();
        entries.insert("card".into(), Bytes::from_static(b"4111"));
        assert_eq!(format!("{entries:?}"), r#"{"card": 4}"#);
    }
}
