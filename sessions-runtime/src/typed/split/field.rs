//! A field that is a map: one entry for each of its keys. Other values are refused, and written as they are.

use rmp_serde::encode::Error as EncodeError;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Splitter;
use super::key::Key;
use super::refuse::{Never, refuse};
use crate::record::names;

/// `MessagePack`'s map of no entries.
const EMPTY_MAP: u8 = 0x80;

/// Takes a map apart, through newtypes. The field's name lies between `begin` and `middle`.
pub(super) struct Field<'s> {
    pub(super) splitter: &'s mut Splitter,
    pub(super) begin: usize,
    pub(super) middle: usize,
}

impl Field<'_> {
    fn refuse(self) -> EncodeError {
        self.splitter.refuse()
    }
}

/// The entries of a map-like field.
pub(super) struct Parts<'s> {
    splitter: &'s mut Splitter,
    /// The field's name in the buffer.
    field: std::ops::Range<usize>,
    /// Where the name of the present entry begins.
    begin: usize,
}

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.begin = self.splitter.position();
        self.splitter.split.buffer.extend_from_within(self.field.clone());
        self.splitter.push(names::SEPARATOR.encode_utf8(&mut [0; 4]));
        key.serialize(Key {
            splitter: &mut *self.splitter,
            first: false,
        })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.splitter.split.put_value(self.begin, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl<'s> Serializer for Field<'s> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Parts<'s>;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    /// The entry of the field itself says that the field is there, also when the map is empty.
    ///
    /// A map of unknown length is a struct with flattened fields, which belong together.
    fn serialize_map(self, len: Option<usize>) -> Result<Parts<'s>, EncodeError> {
        let Some(len) = len else {
            return Err(self.refuse());
        };
        let Self {
            splitter,
            begin,
            middle,
        } = self;
        splitter.split.reserve(len + 1);
        splitter.split.buffer.push(EMPTY_MAP);
        splitter.split.end(begin, middle, true);
        Ok(Parts {
            splitter,
            field: begin..middle,
            begin: 0,
        })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    refuse!(texts);
    refuse!(structs);
    refuse!(others);
}
