//! One field: its own entry, and the entries of its keys where it is map-like.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::key::Key;
use super::{Found, JoinError};
use crate::record::{Iter, names};
use crate::value;

/// What is stored of a field.
#[derive(Clone)]
pub(super) struct Field<'a> {
    pub(super) own: Option<(&'a str, &'a [u8])>,
    pub(super) parts: Iter<'a>,
    pub(super) found: &'a Found<'a>,
}

impl<'a> Field<'a> {
    /// The field's name, escaped.
    pub(super) fn name(&self) -> &'a str {
        match (self.own, self.parts.first()) {
            (Some((name, _)), _) => name,
            (None, Some((part, _))) => names::split(part).0,
            (None, None) => names::WHOLE,
        }
    }

    /// Decodes the field, and says where it failed.
    pub(super) fn read<S: DeserializeSeed<'a>>(self, seed: S) -> Result<S::Value, JoinError> {
        match self.own {
            Some((name, own)) if self.parts.is_empty() => {
                value::read(seed, own).map_err(|reason| self.found.refuse(name, reason))
            }
            _ => {
                let (name, found) = (self.name(), self.found);
                seed.deserialize(self).inspect_err(|_| found.blame_field(name))
            }
        }
    }

    fn parts(&self) -> Parts<'a> {
        Parts {
            rest: self.parts.clone(),
            value: None,
            found: self.found,
        }
    }
}

impl<'de> Deserializer<'de> for Field<'de> {
    type Error = JoinError;

    /// A map: what the own entry has, which an earlier version may have written whole, and the parts over it.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JoinError> {
        let parts = self.parts();
        let Some((name, own)) = self.own else {
            return visitor.visit_map(Alone(parts));
        };
        let mut decoder = value::decoder(own);
        let result = decoder.deserialize_map(Overlay { visitor, parts });
        match result {
            Ok(value) => match value::finish(&mut decoder) {
                Ok(()) => Ok(value),
                Err(reason) => Err(self.found.refuse(name, reason)),
            },
            Err(err) => {
                let reason = value::reason(&err);
                if self.found.entered.get() {
                    return Err(JoinError::Refused(reason));
                }
                Err(self.found.refuse(name, reason))
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JoinError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JoinError> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JoinError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier
    }
}

/// The entries of a field's keys.
struct Parts<'a> {
    rest: Iter<'a>,
    value: Option<(&'a str, &'a [u8])>,
    found: &'a Found<'a>,
}

impl<'a> Parts<'a> {
    fn key<K: DeserializeSeed<'a>, E: Error>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        let Some(part) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(part);
        let (_, key) = names::split(part.0);
        let key = seed.deserialize(Key::new(key.unwrap_or_default()));
        key.map(Some).inspect_err(|_| self.found.blame(part.0))
    }

    fn value<V: DeserializeSeed<'a>, E: Error>(&mut self, seed: V) -> Result<V::Value, E> {
        let (name, value) = self
            .value
            .take()
            .ok_or_else(|| E::custom("a value before its key"))?;
        value::read(seed, value).map_err(|reason| E::custom(self.found.refuse(name, reason)))
    }
}

/// Only parts.
struct Alone<'a>(Parts<'a>);

impl<'de> MapAccess<'de> for Alone<'de> {
    type Error = JoinError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, JoinError> {
        self.0.key(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JoinError> {
        self.0.value(seed)
    }
}

/// Shows a visitor a map, and parts behind its entries.
struct Overlay<'a, V> {
    visitor: V,
    parts: Parts<'a>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Overlay<'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, first: A) -> Result<V::Value, A::Error> {
        self.parts.found.entered.set(true);
        self.visitor.visit_map(Chain {
            first: Some(first),
            parts: self.parts,
        })
    }
}

/// The entries of a map, then parts.
struct Chain<'a, A> {
    first: Option<A>,
    parts: Parts<'a>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Chain<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        // A seed is used up also by a map that has no key left, so the map's size has to tell.
        if let Some(first) = self.first.as_mut().filter(|first| first.size_hint() != Some(0)) {
            return first.next_key_seed(seed);
        }
        self.first = None;
        self.parts.key(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match &mut self.first {
            Some(first) => first.next_value_seed(seed),
            None => self.parts.value(seed),
        }
    }
}
