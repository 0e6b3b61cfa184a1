//! The first level of a value: a struct's fields, or a map's entries. Other shapes are refused, and stored whole.

use rmp_serde::encode::Error as EncodeError;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::Splitter;
use super::key::Key;
use super::refuse::{Never, refuse};
use crate::record::names;

/// Takes a struct or a map apart, through newtypes.
pub(super) struct Top<'s>(pub(super) &'s mut Splitter);

impl Top<'_> {
    fn refuse(self) -> EncodeError {
        self.0.refuse()
    }
}

/// The fields of a struct; those of one with flattened fields come as a map.
pub(super) struct Fields<'s> {
    splitter: &'s mut Splitter,
    /// Where the name of the present entry begins.
    begin: usize,
}

impl<'s> Fields<'s> {
    fn of(splitter: &'s mut Splitter, len: usize) -> Self {
        splitter.split.reserve(len);
        Self { splitter, begin: 0 }
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let begin = self.splitter.position();
        names::escape_into(name, &mut |text| self.splitter.push(text));
        self.splitter.field(begin, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.begin = self.splitter.position();
        key.serialize(Key {
            splitter: &mut *self.splitter,
            first: true,
        })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.splitter.field(self.begin, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl<'s> Serializer for Top<'s> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Fields<'s>;
    type SerializeStruct = Fields<'s>;
    type SerializeStructVariant = Never;

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Fields<'s>, EncodeError> {
        Ok(Fields::of(self.0, len))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Fields<'s>, EncodeError> {
        Ok(Fields::of(self.0, len.unwrap_or_default()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    refuse!(texts);
    refuse!(others);
}
