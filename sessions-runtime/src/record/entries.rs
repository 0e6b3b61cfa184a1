//! The dictionary of a session: entry names and their encoded values.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use super::names;
use super::places::Places;
use super::wire::{self, Out, Reader, Result};

/// Up to so many changes, each writes a buffer of its own, which is faster than to pack every entry again.
const ONE_BY_ONE: usize = 4;

/// Entry names with their encoded values, in one buffer, as they are in a record.
///
/// What was read from a record stays where it is: a clone copies a reference, comparing and writing take all entries as the
/// bytes they are, and values that nobody reads survive a save byte for byte. A change writes a new buffer, once over
/// all entries; sessions are small.
///
/// # Internal invariant
///
/// `packed` holds `count` times a name and a value, each behind its length in the fewest bytes; names are UTF-8, sorted,
/// each there once. `places` are where they begin.
#[derive(Clone, Default)]
pub(crate) struct Entries {
    packed: Bytes,
    count: usize,
    places: Places,
}

impl Entries {
    /// Reads the entries of a record, which stay where they are in `data`.
    pub(super) fn read(reader: &mut Reader<'_>, data: &Bytes) -> Result<Self> {
        let count = usize::try_from(reader.number()?).map_err(|_| "more entries than bytes")?;
        let begin = reader.rest;
        let (mut last, mut loose) = (None, false);
        // A number that was only announced takes no memory: each entry is there before the next one is looked for.
        for _ in 0..count {
            let name = reader.bytes_or_loose(&mut loose)?;
            reader.bytes_or_loose(&mut loose)?;
            if !name.is_ascii() && str::from_utf8(name).is_err() {
                return Err("a name that is no text");
            }
            if last.is_some_and(|last| last >= name) {
                return Err("entry names out of order");
            }
            last = Some(name);
        }
        let as_read = begin.get(..begin.len() - reader.rest.len()).unwrap_or_default();
        if loose {
            // Written elsewhere, with numbers of more bytes than they need.
            return Ok(Packer::pack(Iter::over(as_read)));
        }
        Ok(Self::new(data.slice_ref(as_read), count))
    }

    /// Writes them as `read` reads them.
    #[inline]
    pub(super) fn write(&self, out: &mut impl Out) {
        out.number(self.count as u64);
        out.put(&self.packed);
    }

    #[inline]
    fn new(packed: Bytes, count: usize) -> Self {
        Self {
            places: Places::of(&packed, count),
            packed,
            count,
        }
    }

    /// The value of an entry.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.packed.get(self.place(name)?)
    }

    /// Where the value of an entry is.
    #[inline]
    fn place(&self, name: &str) -> Option<Range<usize>> {
        if self.places.are_kept() {
            return self.seek(name).value;
        }
        let mut reader = Reader { rest: &self.packed };
        loop {
            let found = reader.bytes().ok()?;
            let value = reader.bytes().ok()?;
            if found == name.as_bytes() {
                let end = self.packed.len() - reader.rest.len();
                return Some(end - value.len()..end);
            }
        }
    }

    /// The value of an entry, for whoever keeps it: not a copy, but a reference to the same buffer.
    pub(crate) fn shared(&self, name: &str) -> Option<Bytes> {
        self.place(name).map(|place| self.packed.slice(place))
    }

    /// An entry with its name.
    pub(crate) fn find(&self, name: &str) -> Option<(&str, &[u8])> {
        let found = self.seek(name);
        found
            .value
            .and_then(|_| Iter::over(self.packed.get(found.whole)?).next())
    }

    /// Puts an entry, in place of one of the same name; says whether that changed anything.
    pub(crate) fn set(&mut self, name: &str, value: &[u8]) -> bool {
        let found = self.seek(name);
        let present = found.value.clone().and_then(|place| self.packed.get(place));
        let changed = present != Some(value);
        if changed {
            self.splice(&found, Some((name, value)));
        }
        changed
    }

    /// Takes an entry out; says whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let found = self.seek(name);
        let there = found.value.is_some();
        if there {
            self.splice(&found, None);
        }
        there
    }

    /// Puts entries and takes others out, sorted by name and each named once: many of them in one pass.
    pub(crate) fn merge<'a>(&mut self, changes: impl ExactSizeIterator<Item = (&'a str, Option<&'a [u8]>)>) {
        if changes.len() <= ONE_BY_ONE {
            for (name, value) in changes {
                match value {
                    Some(value) => self.set(name, value),
                    None => self.remove(name),
                };
            }
            return;
        }
        let mut packer = Packer::default();
        let mut kept = self.iter().peekable();
        for (name, value) in changes {
            while let Some(entry) = kept.next_if(|(other, _)| *other < name) {
                packer.push(entry);
            }
            kept.next_if(|(other, _)| *other == name);
            if let Some(value) = value {
                packer.push((name, value));
            }
        }
        kept.for_each(|entry| packer.push(entry));
        *self = packer.done();
    }

    /// Puts an entry, or none, where one is or would be.
    fn splice(&mut self, found: &Found, entry: Option<(&str, &[u8])>) {
        let before = self.packed.get(..found.whole.start).unwrap_or_default();
        let after = self.packed.get(found.whole.end..).unwrap_or_default();
        let len = entry.map_or(0, |(name, value)| wire::len(name.as_bytes()) + wire::len(value));
        // Exactly as long as it will be, so that it becomes `Bytes` without a further allocation.
        let mut packed = Vec::with_capacity(before.len() + len + after.len());
        packed.put(before);
        if let Some((name, value)) = entry {
            packed.bytes(name.as_bytes());
            packed.bytes(value);
        }
        packed.put(after);
        let count = self.count + usize::from(entry.is_some()) - usize::from(found.value.is_some());
        let places = self.places.spliced(&packed, count, found.whole.clone(), len);
        *self = Self {
            packed: Bytes::from(packed),
            count,
            places,
        };
    }

    /// Takes out the entries whose names are not to stay.
    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&str) -> bool) {
        *self = Packer::pack(self.iter().filter(|(name, _)| stays(name)));
    }

    /// Takes every entry out.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All entries, sorted by name.
    pub(crate) fn iter(&self) -> Iter<'_> {
        Iter::over(&self.packed)
    }

    /// The entries of one map-like field, sorted by key; `field` is escaped.
    pub(crate) fn parts_of(&self, field: &str) -> Iter<'_> {
        let before = |name: &[u8]| {
            if names::is_below(name, field) {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        };
        let begin = self.position(before).whole.start;
        let mut rest = Iter::over(self.packed.get(begin..).unwrap_or_default());
        let parts = rest.reader.rest;
        let mut len = 0;
        while rest.next().is_some_and(|(name, _)| names::is_part(name, field)) {
            len = parts.len() - rest.reader.rest.len();
        }
        Iter::over(parts.get(..len).unwrap_or_default())
    }

    /// The bytes that writing all entries takes, roughly.
    pub(super) fn room(&self) -> usize {
        8 + self.packed.len()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn seek(&self, name: &str) -> Found {
        self.position(|other| other.cmp(name.as_bytes()))
    }

    /// The entry whose name is equal, or the place before the first one that is greater.
    fn position(&self, compare: impl Fn(&[u8]) -> Ordering) -> Found {
        let first = self.places.first(&self.packed, &compare);
        let mut reader = Reader::at(&self.packed, first);
        loop {
            let start = self.packed.len() - reader.rest.len();
            let (Ok(name), Ok(value)) = (reader.bytes(), reader.bytes()) else {
                return Found::between(self.packed.len());
            };
            match compare(name) {
                Ordering::Less => {}
                Ordering::Greater => return Found::between(start),
                Ordering::Equal => {
                    let end = self.packed.len() - reader.rest.len();
                    return Found {
                        whole: start..end,
                        value: Some(end - value.len()..end),
                    };
                }
            }
        }
    }
}

/// Packs entries, sorted by name and each there once.
#[derive(Default)]
struct Packer {
    packed: Vec<u8>,
    count: usize,
}

impl Packer {
    fn pack<'a>(entries: impl Iterator<Item = (&'a str, &'a [u8])>) -> Entries {
        let mut packer = Self::default();
        entries.for_each(|entry| packer.push(entry));
        packer.done()
    }

    fn push(&mut self, (name, value): (&str, &[u8])) {
        self.packed.bytes(name.as_bytes());
        self.packed.bytes(value);
        self.count += 1;
    }

    fn done(self) -> Entries {
        Entries::new(Bytes::from(self.packed), self.count)
    }
}

/// Where an entry is, or would be.
struct Found {
    whole: Range<usize>,
    value: Option<Range<usize>>,
}

impl Found {
    fn between(place: usize) -> Self {
        Self {
            whole: place..place,
            value: None,
        }
    }
}

/// Entries one after the other, with their names.
#[derive(Clone)]
pub(crate) struct Iter<'a> {
    reader: Reader<'a>,
}

impl<'a> Iter<'a> {
    fn over(packed: &'a [u8]) -> Self {
        Self {
            reader: Reader { rest: packed },
        }
    }

    /// The entry that comes next.
    pub(crate) fn first(&self) -> Option<(&'a str, &'a [u8])> {
        self.clone().next()
    }

    /// Whether none is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.reader.rest.is_empty()
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.reader.bytes().ok()?;
        let value = self.reader.bytes().ok()?;
        // Checked when it was read.
        Some((str::from_utf8(name).unwrap_or_default(), value))
    }
}

impl PartialEq for Entries {
    /// The same bytes; `places` follow from them.
    fn eq(&self, other: &Self) -> bool {
        self.packed == other.packed
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
#[path = "entries_tests.rs"]
mod tests;
