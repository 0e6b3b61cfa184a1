//! Entries as they lie in a record: one buffer, and where in it each name and each value is.

use bytes::Bytes;
use bytestring::ByteString;
use smallvec::SmallVec;

/// Up to so many entries are looked through one by one, which is faster than a binary search.
const FEW: usize = 8;

/// Entries within the buffer they were read from.
///
/// # Internal invariant
///
/// Spans lie within `source`, names are UTF-8, sorted, each there once.
#[derive(Clone, Default)]
pub(super) struct Packed {
    source: Bytes,
    spans: SmallVec<[Span; 4]>,
}

/// One entry. Records are limited to a size that 32 bits hold.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Span {
    name: (u32, u32),
    value: (u32, u32),
}

impl Packed {
    /// No entries yet, and room for `more`, of a record that `source` is.
    pub(super) fn within(source: &Bytes, more: usize) -> Self {
        Self {
            source: source.clone(),
            spans: SmallVec::with_capacity(more),
        }
    }

    /// Appends an entry whose name sorts after all others, and says whether it does. Both are slices of the source.
    pub(super) fn push(&mut self, name: &[u8], value: &[u8]) -> bool {
        let sorted = self.spans.last().is_none_or(|last| self.slice(last.name) < name);
        let (Some(name), Some(value)) = (self.span(name), self.span(value)) else {
            return false;
        };
        self.spans.push(Span { name, value });
        sorted
    }

    /// The bytes of the entries, and of what else is in the record.
    pub(super) fn room(&self) -> usize {
        self.source.len()
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.find(name).map(|span| self.slice(span.value))
    }

    pub(super) fn shared(&self, name: &str) -> Option<Bytes> {
        self.find(name).map(|span| self.share(span.value))
    }

    /// Name and value of an entry by its place.
    pub(super) fn pair(&self, at: usize) -> Option<(&[u8], &[u8])> {
        let span = self.spans.get(at)?;
        Some((self.slice(span.name), self.slice(span.value)))
    }

    /// The same entries, each with a reference to the buffer.
    pub(super) fn unpack(&self) -> Vec<(ByteString, Bytes)> {
        let entry = |span: &Span| {
            // Checked when the record was read.
            let name = ByteString::try_from(self.share(span.name)).unwrap_or_default();
            (name, self.share(span.value))
        };
        self.spans.iter().map(entry).collect()
    }

    /// Whether these are the same bytes of the same buffer, so that nothing has to be compared.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.source.as_ptr() == other.source.as_ptr() && self.spans == other.spans
    }

    fn find(&self, name: &str) -> Option<&Span> {
        let name = name.as_bytes();
        if self.spans.len() <= FEW {
            return self.spans.iter().find(|span| self.slice(span.name) == name);
        }
        let at = self
            .spans
            .binary_search_by(|span| self.slice(span.name).cmp(name));
        self.spans.get(at.ok()?)
    }

    fn span(&self, part: &[u8]) -> Option<(u32, u32)> {
        let start = part.as_ptr().addr().checked_sub(self.source.as_ptr().addr())?;
        Some((u32::try_from(start).ok()?, u32::try_from(part.len()).ok()?))
    }

    fn slice(&self, (start, len): (u32, u32)) -> &[u8] {
        let start = start as usize;
        self.source.get(start..start + len as usize).unwrap_or_default()
    }

    fn share(&self, span: (u32, u32)) -> Bytes {
        self.source.slice_ref(self.slice(span))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Entries;
    use super::*;

    /// Entries of one letter each, which is name and value.
    fn packed(names: &str) -> Packed {
        let source = Bytes::copy_from_slice(names.as_bytes());
        let mut packed = Packed::within(&source, 1);
        for letter in source.chunks(1) {
            assert!(packed.push(letter, letter));
        }
        packed
    }

    #[test]
    fn few_and_many_entries_are_found() {
        for names in ["", "b", "bd", "bdfhjlnp", "bdfhjlnpr"] {
            let packed = packed(names);
            assert_eq!(packed.len(), names.len());
            for letter in 'a'..='s' {
                let name = letter.to_string();
                let value = names.contains(letter).then_some(name.as_bytes());
                assert_eq!(packed.get(&name), value, "{name} in {names}");
                assert_eq!(packed.shared(&name).as_deref(), value, "{name} in {names}");
            }
            assert_eq!(packed.get("bd"), None);
        }
    }

    #[test]
    fn unsorted_and_repeated_names_are_told() {
        let source = Bytes::from_static(b"abc");
        let mut packed = Packed::within(&source, 0);
        assert!(packed.push(&source[1..2], &source[..0]));
        assert!(!packed.clone().push(&source[..1], &source[..0]));
        assert!(!packed.clone().push(&source[1..2], &source[..0]));
        assert!(packed.push(&source[2..], &source[..0]));
    }

    #[test]
    fn a_change_leaves_the_other_entries_as_they_were() {
        let before = Entries::packed(packed("acd"));
        let mut after = before.clone();
        assert!(before == after);
        after.insert("b".into(), Bytes::from_static(b"new"));
        assert!(after.remove("d") && !after.remove("d"));
        let pairs: Vec<_> = after.pairs().collect();
        assert_eq!(pairs, [(&b"a"[..], &b"a"[..]), (b"b", b"new"), (b"c", b"c")]);
        assert!(before != after);
        assert_eq!(before.get("d"), Some(&b"d"[..]));
    }

    /// C5: changed means that the bytes differ, however they came to be there.
    #[test]
    fn packed_and_listed_entries_are_equal_where_their_bytes_are() {
        let packed_ones = Entries::packed(packed("ab"));
        let mut listed = Entries::default();
        for name in ["b", "a"] {
            listed.insert(name.into(), Bytes::copy_from_slice(name.as_bytes()));
        }
        assert!(packed_ones == listed);
        assert!(packed_ones == Entries::packed(packed("ab")));
        assert!(packed_ones != Entries::packed(packed("ac")));
        assert!(packed_ones != Entries::packed(packed("a")));
        assert_eq!(packed_ones.as_slice(), listed.as_slice());
    }
}
