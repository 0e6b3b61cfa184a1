//! The dictionary of a session: entry names and their encoded values.

use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;
use smallvec::SmallVec;

use super::names;

/// Entry names with their encoded values.
///
/// Values stay bytes until somebody asks for one, so entries that are not read survive a save byte for byte. Names and
/// values are slices of the record they came from: a clone copies references, not contents.
///
/// # Internal invariant
///
/// Sorted by name, each name once.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    list: SmallVec<[(ByteString, Bytes); 4]>,
}

impl Entries {
    /// The value of an entry.
    pub(crate) fn get(&self, name: &str) -> Option<&Bytes> {
        let at = self.position(name).ok()?;
        self.list.get(at).map(|(_, value)| value)
    }

    /// An entry with its name.
    pub(crate) fn find(&self, name: &str) -> Option<&(ByteString, Bytes)> {
        let at = self.position(name).ok()?;
        self.list.get(at)
    }

    /// Puts an entry, in place of one of the same name.
    pub(crate) fn insert(&mut self, name: ByteString, value: Bytes) {
        match self.position(&name) {
            Ok(at) => {
                if let Some(entry) = self.list.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.list.insert(at, (name, value)),
        }
    }

    /// Puts an entry; the name is copied only where it is new.
    pub(crate) fn set(&mut self, name: &str, value: Bytes) {
        match self.position(name) {
            Ok(at) => {
                if let Some(entry) = self.list.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.list.insert(at, (ByteString::from(name), value)),
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Bytes> {
        let at = self.position(name).ok()?;
        Some(self.list.remove(at).1)
    }

    /// The entries of one map-like field, sorted by key; `field` is escaped.
    pub(crate) fn parts_of(&self, field: &str) -> &[(ByteString, Bytes)] {
        let below = |name: &str| names::is_below(name, field);
        let begin = self.list.partition_point(|(name, _)| below(name));
        let rest = self.list.get(begin..).unwrap_or_default();
        let len = rest.partition_point(|(name, _)| names::is_part(name, field));
        rest.get(..len).unwrap_or_default()
    }

    /// All entries, sorted by name, as a slice.
    pub(crate) fn as_slice(&self) -> &[(ByteString, Bytes)] {
        &self.list
    }

    /// All entries, sorted by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ByteString, &Bytes)> {
        self.list.iter().map(|(name, value)| (name, value))
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes out the entries whose names are not to stay.
    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&str) -> bool) {
        self.list.retain(|(name, _)| stays(name));
    }

    /// Takes every entry out.
    pub(crate) fn clear(&mut self) {
        self.list.clear();
    }

    /// Appends an entry whose name sorts after all others, and says whether it does: what a decoder calls.
    pub(super) fn push_sorted(&mut self, name: ByteString, value: Bytes) -> bool {
        let sorted = self.list.last().is_none_or(|(last, _)| **last < *name);
        if sorted {
            self.list.push((name, value));
        }
        sorted
    }

    /// Room for `more` entries.
    pub(super) fn reserve(&mut self, more: usize) {
        self.list.reserve(more);
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.list.binary_search_by(|(entry, _)| (**entry).cmp(name))
    }
}

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
        assert_eq!(entries.get("d").map(|value| &value[..]), Some(&b"d"[..]));
        assert_eq!(entries.get("f"), None);
    }

    #[test]
    fn inserting_again_replaces_the_value() {
        let mut entries = entries(&["a", "b"]);
        entries.insert("a".into(), Bytes::from_static(b"new"));
        assert_eq!(entries.len(), 2);
        assert_eq!(entries.get("a").map(|value| &value[..]), Some(&b"new"[..]));
    }

    #[test]
    fn removed_entries_are_gone() {
        let mut entries = entries(&["a", "b", "c"]);
        assert!(entries.remove("b").is_some());
        assert!(entries.remove("b").is_none());
        assert!(!entries.is_empty());
        entries.clear();
        assert!(entries.is_empty());
    }

    #[test]
    fn unsorted_and_repeated_names_are_not_appended() {
        let mut entries = entries(&["b"]);
        assert!(!entries.push_sorted("a".into(), Bytes::new()));
        assert!(!entries.push_sorted("b".into(), Bytes::new()));
        assert!(entries.push_sorted("c".into(), Bytes::new()));
        assert_eq!(entries.len(), 2);
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
