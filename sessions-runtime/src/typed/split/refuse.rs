//! The methods of a serializer that takes only some shapes: all others end the serialisation at once.

use rmp_serde::encode::Error as EncodeError;
use serde::ser::Impossible;

/// What a shape that is refused would be written with.
pub(super) type Never = Impossible<(), EncodeError>;

/// Writes methods of a `Serializer` whose type has a method `refuse(self) -> EncodeError`.
macro_rules! refuse {
    ($($method:ident: $ty:ty),* $(,)?) => {
        $(fn $method(self, _: $ty) -> Result<(), EncodeError> { Err(self.refuse()) })*
    };
    (texts) => {
        refuse!(serialize_str: &str, serialize_char: char);

        fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), EncodeError> {
            Err(self.refuse())
        }

        // Without formatting it first.
        fn collect_str<T: std::fmt::Display + ?Sized>(self, _: &T) -> Result<(), EncodeError> {
            Err(self.refuse())
        }
    };
    (structs) => {
        fn serialize_struct(self, _: &'static str, _: usize) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }
    };
    (maps) => {
        fn serialize_map(self, _: Option<usize>) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }
    };
    (others) => {
        refuse!(
            serialize_bool: bool,
            serialize_i8: i8,
            serialize_i16: i16,
            serialize_i32: i32,
            serialize_i64: i64,
            serialize_i128: i128,
            serialize_u8: u8,
            serialize_u16: u16,
            serialize_u32: u32,
            serialize_u64: u64,
            serialize_u128: u128,
            serialize_f32: f32,
            serialize_f64: f64,
            serialize_bytes: &[u8],
            serialize_unit_struct: &'static str,
        );

        fn serialize_none(self) -> Result<(), EncodeError> {
            Err(self.refuse())
        }

        fn serialize_unit(self) -> Result<(), EncodeError> {
            Err(self.refuse())
        }

        fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), EncodeError> {
            Err(self.refuse())
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<(), EncodeError> {
            Err(self.refuse())
        }

        fn serialize_seq(self, _: Option<usize>) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }

        fn serialize_tuple(self, _: usize) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }

        fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Never, EncodeError> {
            Err(self.refuse())
        }
    };
}
pub(super) use refuse;
