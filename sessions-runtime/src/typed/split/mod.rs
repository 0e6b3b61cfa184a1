//! A typed value as the entries it is stored in.
//!
//! The serializer decides what is map-like, not the derive: only it sees through aliases, newtypes and other crates' maps,
//! and it alone knows what a field is called in the end. The derive says which fields are to stay whole, by those names.

mod field;
mod key;
mod refuse;
mod top;

use rmp_serde::encode::Error as EncodeError;
use serde::Serialize;

use super::{Defined, Storable};
use crate::error::SessionError;
use crate::record::{Entries, names};
use crate::value;

/// The entries of one value: names and encoded values one behind another, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    buffer: Vec<u8>,
    parts: Vec<Part>,
}

/// Where one entry lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    begin: usize,
    /// Where the name ends and the value begins.
    middle: usize,
    end: usize,
    /// It says that a map-like field is there.
    map: bool,
}

/// One entry of a split value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a [u8],
    /// It says that a map-like field is there.
    pub(crate) map: bool,
}

impl Split {
    /// Takes a value apart.
    ///
    /// # Errors
    ///
    /// `Encode` where the value's own `Serialize` fails.
    pub(crate) fn of<T: Storable + Defined>(value: &T) -> Result<Self, SessionError> {
        let mut splitter = Splitter {
            split: Self::default(),
            whole: T::DATA.whole,
            refused: false,
        };
        match value.serialize(top::Top(&mut splitter)) {
            Ok(()) => Ok(splitter.split),
            Err(_) if splitter.refused => {
                let mut split = Self::default();
                split
                    .put(names::WHOLE, value)
                    .map_err(|err| value::unwritable::<T>(&err))?;
                Ok(split)
            }
            Err(err) => Err(value::unwritable::<T>(&err)),
        }
    }

    /// The entries, in the order in which they were written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.parts.iter().map(|part| {
            let name = self.buffer.get(part.begin..part.middle).unwrap_or_default();
            Entry {
                // Only texts are written as names.
                name: std::str::from_utf8(name).unwrap_or_default(),
                value: self.buffer.get(part.middle..part.end).unwrap_or_default(),
                map: part.map,
            }
        })
    }

    /// The entries, sorted by name.
    pub(crate) fn sorted(&self) -> Vec<Entry<'_>> {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_by_key(|entry| entry.name);
        entries
    }

    /// Puts the entries of one field, as far as they are not there, into a dictionary; `field` is escaped.
    pub(crate) fn give(&self, field: &str, entries: &mut Entries) {
        for Entry { name, value, .. } in self.iter() {
            if (name == field || names::is_part(name, field)) && entries.get(name).is_none() {
                entries.set(name, value);
            }
        }
    }

    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), EncodeError> {
        let begin = self.buffer.len();
        self.buffer.extend_from_slice(name.as_bytes());
        self.put_value(begin, value)
    }

    /// Writes the value of the entry whose name begins at `begin` and ends here.
    fn put_value<T: Serialize + ?Sized>(&mut self, begin: usize, value: &T) -> Result<(), EncodeError> {
        let middle = self.buffer.len();
        value.serialize(&mut value::encoder(&mut self.buffer))?;
        self.end(begin, middle, false);
        Ok(())
    }

    /// Room for `more` entries, as far as a claim can be believed.
    fn reserve(&mut self, more: usize) {
        self.parts.reserve(more.min(64));
    }

    /// Notes the entry whose name begins at `begin` and whose value begins at `middle`, and which ends here.
    fn end(&mut self, begin: usize, middle: usize, map: bool) {
        self.parts.push(Part {
            begin,
            middle,
            end: self.buffer.len(),
            map,
        });
    }
}

/// A split under way.
struct Splitter {
    split: Split,
    /// The fields that stay one entry each, by their escaped names.
    whole: &'static [&'static str],
    /// What is being serialised cannot be split here: it has no fields, or keys that are no texts.
    refused: bool,
}

impl Splitter {
    /// The error that ends a serialisation which cannot be split; it is never shown.
    fn refuse(&mut self) -> EncodeError {
        self.refused = true;
        EncodeError::Syntax(String::new())
    }

    /// Where the next name begins.
    fn position(&self) -> usize {
        self.split.buffer.len()
    }

    fn push(&mut self, text: &str) {
        self.split.buffer.extend_from_slice(text.as_bytes());
    }

    /// Writes the field whose name begins at `begin` and ends here: one entry, or several where it is a map.
    fn field<T: Serialize + ?Sized>(&mut self, begin: usize, value: &T) -> Result<(), EncodeError> {
        let name = self.split.buffer.get(begin..).unwrap_or_default();
        if self.whole.iter().any(|whole| whole.as_bytes() == name) {
            return self.split.put_value(begin, value);
        }
        let (middle, parts) = (self.split.buffer.len(), self.split.parts.len());
        match value.serialize(field::Field {
            splitter: self,
            begin,
            middle,
        }) {
            Err(_) if self.refused => {
                self.refused = false;
                self.split.buffer.truncate(middle);
                self.split.parts.truncate(parts);
                self.split.put_value(begin, value)
            }
            Err(err) => Err(err),
            Ok(()) => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
