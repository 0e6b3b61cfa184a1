//! A typed value from the entries it is stored in. Only what the type asks for is decoded.

mod error;
mod field;
mod key;

use std::cell::Cell;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

pub(super) use self::error::JoinError;
use self::field::Field;
use self::key::Key;
use super::faults::Reach;
use crate::record::{Entries, Iter, names};

/// One try to read a value.
pub(super) struct Join<'a> {
    pub(super) entries: &'a Entries,
    pub(super) found: &'a Found<'a>,
}

/// What a try came upon.
#[derive(Default)]
pub(super) struct Found<'a> {
    /// The field that was read last.
    pub(super) last: Cell<Option<&'a str>>,
    /// What cannot be read: an entry, or a whole field.
    pub(super) blamed: Cell<Option<(&'a str, Reach)>>,
    /// Whether the own entry of the present field is a map.
    entered: Cell<bool>,
    /// The names that the type asks for, where it is a struct.
    pub(super) fields: Cell<&'static [&'static str]>,
}

impl<'a> Found<'a> {
    /// Notes an entry that cannot be decoded; the innermost one counts.
    fn blame(&self, name: &'a str) {
        if self.blamed.get().is_none() {
            self.blamed.set(Some((name, Reach::Entry)));
        }
    }

    /// Notes a field that is not what the type wants, although each of its entries can be decoded.
    fn blame_field(&self, name: &'a str) {
        if self.blamed.get().is_none() {
            self.blamed.set(Some((name, Reach::Field)));
        }
    }

    /// The error for an entry that cannot be decoded.
    fn refuse(&self, name: &'a str, reason: String) -> JoinError {
        self.blame(name);
        JoinError::Refused(reason)
    }
}

impl<'a> Join<'a> {
    /// What is stored of a field, by its escaped name.
    fn field(&self, name: &str) -> Option<Field<'a>> {
        let own = self.entries.find(name);
        let parts = self.entries.parts_of(name);
        (own.is_some() || !parts.is_empty()).then_some(Field {
            own,
            parts,
            found: self.found,
        })
    }
}

impl<'de> Deserializer<'de> for Join<'de> {
    type Error = JoinError;

    /// All fields: of a map, of a struct with flattened fields, of a tagged enum.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JoinError> {
        let fields = All {
            rest: self.entries.iter(),
            value: None,
            join: self,
        };
        visitor.visit_map(fields)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JoinError> {
        self.deserialize_any(visitor)
    }

    /// Only the fields that the struct has, so that entries beside them neither disturb it nor cost anything.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JoinError> {
        self.found.fields.set(fields);
        let mut fields = Fields {
            rest: fields.iter(),
            next: None,
            value: None,
            join: self,
        };
        fields.next = fields.find();
        if fields.next.is_none() {
            return Err(JoinError::Absent);
        }
        visitor.visit_map(fields)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JoinError> {
        visitor.visit_newtype_struct(self)
    }

    /// Other types are stored whole, so nothing here is theirs.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, JoinError> {
        Err(JoinError::Absent)
    }

    fn deserialize_option<V: Visitor<'de>>(self, _: V) -> Result<V::Value, JoinError> {
        Err(JoinError::Absent)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _: V) -> Result<V::Value, JoinError> {
        Err(JoinError::Absent)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct identifier ignored_any
    }
}

/// The fields of a struct, as far as they are stored.
struct Fields<'a> {
    join: Join<'a>,
    rest: std::slice::Iter<'static, &'static str>,
    next: Option<(&'static str, Field<'a>)>,
    value: Option<Field<'a>>,
}

impl<'a> Fields<'a> {
    fn find(&mut self) -> Option<(&'static str, Field<'a>)> {
        let join = &self.join;
        self.rest
            .find_map(|name| join.field(&names::escape(name)).map(|field| (*name, field)))
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = JoinError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, JoinError> {
        let Some((name, field)) = self.next.take() else {
            return Ok(None);
        };
        self.next = self.find();
        self.join.found.last.set(Some(field.name()));
        self.value = Some(field);
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JoinError> {
        self.value.take().ok_or(JoinError::Absent)?.read(seed)
    }
}

/// Every field that is stored, sorted by name.
struct All<'a> {
    join: Join<'a>,
    rest: Iter<'a>,
    value: Option<Field<'a>>,
}

impl<'a> All<'a> {
    /// The next field. One whose own entry is missing comes with its first part.
    fn find(&mut self) -> Option<Field<'a>> {
        let entries = self.join.entries;
        loop {
            let (entry, _) = self.rest.next()?;
            let (name, key) = names::split(entry);
            let comes_here = key.is_none()
                || entries.get(name).is_none()
                    && entries
                        .parts_of(name)
                        .first()
                        .is_some_and(|(first, _)| first == entry);
            if comes_here
                && entry != names::WHOLE
                && let Some(field) = self.join.field(name)
            {
                return Some(field);
            }
        }
    }
}

impl<'de> MapAccess<'de> for All<'de> {
    type Error = JoinError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, JoinError> {
        let Some(field) = self.find() else {
            return Ok(None);
        };
        let (name, found) = (field.name(), self.join.found);
        found.last.set(Some(name));
        self.value = Some(field);
        let key = seed.deserialize(Key::new(&names::unescape(name)));
        key.map(Some).inspect_err(|_: &JoinError| found.blame_field(name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JoinError> {
        self.value.take().ok_or(JoinError::Absent)?.read(seed)
    }
}
