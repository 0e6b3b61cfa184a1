//! A map's key as text; keys of other kinds are refused.

use rmp_serde::encode::Error as EncodeError;
use serde::ser::{Serialize, Serializer};

use super::Splitter;
use super::refuse::{Never, refuse};
use crate::record::names;

/// Writes a key into the name of an entry.
pub(super) struct Key<'s> {
    pub(super) splitter: &'s mut Splitter,
    /// Whether the key begins the name, and so must not contain the separator.
    pub(super) first: bool,
}

impl Key<'_> {
    fn write(self, key: &str) {
        let Self { splitter, first } = self;
        if first {
            names::escape_into(key, &mut |text| splitter.push(text));
        } else {
            splitter.push(key);
        }
    }

    fn refuse(self) -> EncodeError {
        self.splitter.refuse()
    }
}

impl Serializer for Key<'_> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_str(self, key: &str) -> Result<(), EncodeError> {
        self.write(key);
        Ok(())
    }

    fn serialize_char(self, key: char) -> Result<(), EncodeError> {
        self.write(key.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.write(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        key: &T,
    ) -> Result<(), EncodeError> {
        key.serialize(self)
    }

    refuse!(structs);
    refuse!(maps);
    refuse!(others);
}
