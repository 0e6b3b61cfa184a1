//! The codec of single values: `MessagePack` with named fields and the human-readable flag.
//!
//! Named fields let a struct gain, lose and reorder fields between deploys. The human-readable flag makes flattened and
//! tagged types that hold an `IpAddr` or a `Uuid` read back; without it they are written, but cannot be read.

use std::any::type_name;
use std::io::{ErrorKind as ErrorKindIo, Write};
use std::marker::PhantomData;

use bytes::Bytes;
use rmp_serde::config::{DefaultConfig, HumanReadableConfig, StructMapConfig};
use rmp_serde::decode::{Error as DecodeError, ReadRefReader};
use rmp_serde::encode::Error as EncodeError;
use rmp_serde::{Deserializer, Serializer};
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::error::{ErrorKind, SessionError};

/// How deep a value may nest, so that hostile bytes cannot exhaust the stack.
const MAX_DEPTH: usize = 64;

/// The codec's writer, for values that are encoded one behind another.
pub(crate) type Encoder<W> = Serializer<W, HumanReadableConfig<StructMapConfig<DefaultConfig>>>;

/// The codec's reader.
pub(crate) type Decoder<'de> = Deserializer<ReadRefReader<'de, [u8]>, HumanReadableConfig<DefaultConfig>>;

/// A writer onto `out`.
pub(crate) fn encoder<W: Write>(out: W) -> Encoder<W> {
    Serializer::new(out).with_struct_map().with_human_readable()
}

/// A reader of one value.
pub(crate) fn decoder(bytes: &[u8]) -> Decoder<'_> {
    let mut decoder = Deserializer::from_read_ref(bytes).with_human_readable();
    decoder.set_max_depth(MAX_DEPTH);
    decoder
}

/// An encoded value. Most fit on the stack, and whoever keeps one allocates its exact size.
pub(crate) type Encoded = SmallVec<[u8; 128]>;

/// Encodes a value.
///
/// # Errors
///
/// `Encode` where the value's own `Serialize` fails.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Encoded, SessionError> {
    let mut serializer = encoder(Encoded::new());
    match value.serialize(&mut serializer) {
        Ok(()) => Ok(serializer.into_inner()),
        Err(err) => Err(unwritable::<T>(&err)),
    }
}

/// Encodes a value, for whoever keeps it.
///
/// # Errors
///
/// As [`encode`].
pub(crate) fn encode_kept<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, SessionError> {
    encode(value).map(|bytes| Bytes::copy_from_slice(&bytes))
}

/// Decodes a value. Integers convert where they fit; everything else must have the type it was written with.
///
/// # Errors
///
/// `Type`, also for bytes after the end of the value.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, SessionError> {
    read(PhantomData, bytes).map_err(unreadable::<T>)
}

/// Decodes a value by its seed; the error says why not, without the value.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(seed: S, bytes: &'de [u8]) -> Result<S::Value, String> {
    let mut decoder = decoder(bytes);
    let value = seed.deserialize(&mut decoder).map_err(|err| reason(&err))?;
    if !is_one_scalar(bytes) {
        finish(&mut decoder)?;
    }
    Ok(value)
}

/// Whether these bytes are one number, text or other scalar to their last byte, by the length it begins with: then
/// nothing can be left after it was read. `false` says nothing.
fn is_one_scalar(bytes: &[u8]) -> bool {
    let length = match *bytes {
        [0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff, ..] => 1,
        [short @ 0xa0..=0xbf, ..] => 1 + usize::from(short & 0x1f),
        [0xd9, length, ..] => 2 + usize::from(length),
        [0xcc | 0xd0, ..] => 2,
        [0xcd | 0xd1, ..] => 3,
        [0xca | 0xce | 0xd2, ..] => 5,
        [0xcb | 0xcf | 0xd3, ..] => 9,
        _ => return false,
    };
    length == bytes.len()
}

/// Checks that a value was read to its last byte.
pub(crate) fn finish(decoder: &mut Decoder<'_>) -> Result<(), String> {
    // The reader that borrows, and so spares a buffer for each value, does not say what is left: a further value does.
    match IgnoredAny::deserialize(decoder) {
        Err(DecodeError::InvalidMarkerRead(err)) if err.kind() == ErrorKindIo::UnexpectedEof => Ok(()),
        _ => Err("bytes after its end".into()),
    }
}

/// The error of a value that its own `Serialize` refuses.
pub(crate) fn unwritable<T: ?Sized>(err: &EncodeError) -> SessionError {
    let message = format!("a `{}` cannot be written as a session value", type_name::<T>());
    let cause = match err {
        // Whatever the type's own `Serialize` says; it may quote the value, which must not get into a log.
        EncodeError::Syntax(_) => "its own `Serialize` failed".to_owned(),
        other => other.to_string(),
    };
    SessionError::new(ErrorKind::Encode, message).with_source(cause)
}

fn unreadable<T>(cause: String) -> SessionError {
    let message = format!(
        "the stored value is not a `{}`; read it as the type it was written with",
        type_name::<T>()
    );
    SessionError::new(ErrorKind::Type, message).with_source(cause)
}

/// What went wrong, without the value: serde quotes what it found in front of `, expected`.
pub(crate) fn reason(err: &DecodeError) -> String {
    match err {
        DecodeError::Syntax(text) | DecodeError::Uncategorized(text) => without_value(text),
        other => other.to_string(),
    }
}

/// What serde says, as far as it does not quote the value.
pub(crate) fn without_value(text: &str) -> String {
    if let Some((_, expected)) = text.rsplit_once(", expected ") {
        format!("expected {expected}")
    } else if text.starts_with("missing field ") {
        text.to_owned()
    } else {
        "its own `Deserialize` refused it".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::error::Error as _;
    use std::fmt::Debug;
    use std::net::IpAddr;

    use serde::Deserialize;

    use super::*;

    fn kind<T: DeserializeOwned + Debug>(bytes: &[u8]) -> ErrorKind {
        decode::<T>(bytes).unwrap_err().kind()
    }

    #[track_caller]
    fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
        assert_eq!(&decode::<T>(&encode(value).unwrap()).unwrap(), value);
    }

    /// S48, V21
    /// Pitfall 1
    #[test]
    fn ten_hostile_bytes_are_an_error() {
        for length in [
            &[0xdb_u8, 0xff, 0xff, 0xff, 0xff][..],
            &[0xc6, 0xff, 0xff, 0xff, 0xff],
            &[0xdd, 0xff, 0xff, 0xff, 0xff],
        ] {
            let hostile = [length, &[0; 5]].concat();
            assert_eq!(kind::<String>(&hostile), ErrorKind::Type);
            assert_eq!(kind::<Vec<u64>>(&hostile), ErrorKind::Type);
            assert_eq!(kind::<serde_json::Value>(&hostile), ErrorKind::Type);
        }
    }

    /// S47
    /// Pitfall 2
    #[test]
    fn deep_nesting_is_an_error() {
        #[derive(Debug, Deserialize)]
        struct Nested(#[expect(dead_code, reason = "only its depth matters")] Vec<Nested>);
        let nested = vec![0x91; 100_000];
        assert_eq!(kind::<serde_json::Value>(&nested), ErrorKind::Type);
        assert_eq!(kind::<Nested>(&nested), ErrorKind::Type);
    }

    /// Pitfall 5
    #[test]
    fn wrong_types_are_errors_and_integers_convert_where_they_fit() {
        let number = encode(&42_u64).unwrap();
        assert_eq!(kind::<String>(&number), ErrorKind::Type);
        assert_eq!(kind::<bool>(&number), ErrorKind::Type);
        assert_eq!(decode::<i32>(&number).unwrap(), 42);
        assert_eq!(kind::<i32>(&encode(&u64::MAX).unwrap()), ErrorKind::Type);
        assert_eq!(kind::<u64>(&encode("42").unwrap()), ErrorKind::Type);
    }

    #[test]
    fn trailing_bytes_are_an_error() {
        assert_eq!(kind::<u64>(&[1, 1]), ErrorKind::Type);
        assert_eq!(kind::<u64>(&[]), ErrorKind::Type);
        let scalars: [&[u8]; 12] = [
            &[0x7f],
            &[0xff],
            &[0xc0],
            &[0xc3],
            &[0xcc, 200],
            &[0xcd, 1, 0],
            &[0xce, 0, 1, 0, 0],
            &[0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0],
            &[0xd3, 0xff, 0, 0, 0, 0, 0, 0, 0],
            &[0xa2, b'h', b'i'],
            &[0xd9, 2, b'h', b'i'],
            &[0xda, 0, 2, b'h', b'i'],
        ];
        for scalar in scalars {
            assert!(decode::<serde_json::Value>(scalar).is_ok(), "{scalar:x?}");
            let longer = [scalar, &[0]].concat();
            assert_eq!(kind::<serde_json::Value>(&longer), ErrorKind::Type, "{longer:x?}");
            let shorter = &scalar[..scalar.len() - 1];
            assert_eq!(
                kind::<serde_json::Value>(shorter),
                ErrorKind::Type,
                "{shorter:x?}"
            );
        }
    }

    /// Pitfall 6
    #[test]
    fn types_may_change_between_deploys() {
        #[derive(Serialize)]
        struct Old {
            name: &'static str,
            count: u32,
            gone: bool,
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct New {
            #[serde(default)]
            added: Vec<u8>,
            count: u32,
            name: String,
        }
        #[derive(Serialize)]
        enum OldKind {
            B(u8),
        }
        #[derive(Debug, PartialEq, Deserialize)]
        enum NewKind {
            A,
            B(u8),
        }
        let old = encode(&Old {
            name: "pen",
            count: 3,
            gone: true,
        })
        .unwrap();
        assert_eq!(
            decode::<New>(&old).unwrap(),
            New {
                added: vec![],
                count: 3,
                name: "pen".into()
            }
        );
        assert_eq!(
            decode::<NewKind>(&encode(&OldKind::B(7)).unwrap()).unwrap(),
            NewKind::B(7)
        );
        assert_eq!(decode::<NewKind>(&encode("A").unwrap()).unwrap(), NewKind::A);
    }

    /// Pitfall 7
    #[test]
    fn unusual_shapes_round_trip() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Flat {
            #[serde(skip_serializing_if = "Option::is_none", default)]
            note: Option<String>,
            #[serde(flatten)]
            rest: Inner,
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Inner {
            from: IpAddr,
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        enum Tagged {
            Seen { from: IpAddr },
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(untagged)]
        enum Untagged {
            From(IpAddr),
            Text(String),
        }
        let from = IpAddr::from([127, 0, 0, 1]);
        round_trips(&Flat {
            note: None,
            rest: Inner { from },
        });
        round_trips(&Flat {
            note: Some("x".into()),
            rest: Inner { from },
        });
        round_trips(&Tagged::Seen { from });
        round_trips(&Untagged::From(from));
        round_trips(&Untagged::Text("y".into()));
        round_trips(&serde_json::json!({"a": [1, null, {"b": 2.5}], "c": "d"}));
        round_trips(&u128::MAX);
        round_trips(&BTreeMap::from([
            ((1_u8, "a".to_owned()), true),
            ((2, "b".to_owned()), false),
        ]));
        // Documented: MessagePack has one nil.
        let lost = decode::<Option<Option<u8>>>(&encode(&Some(None::<u8>)).unwrap()).unwrap();
        assert_eq!(lost, None);
    }

    /// S57
    #[test]
    fn errors_do_not_quote_the_value() {
        #[derive(Debug, Deserialize)]
        enum Closed {
            One,
        }
        let secret = encode("hunter2, expected nothing").unwrap();
        for err in [
            decode::<u64>(&secret).unwrap_err(),
            decode::<IpAddr>(&secret).unwrap_err(),
        ] {
            let whole = format!("{err:?}");
            assert!(!whole.contains("hunter2"), "{whole}");
            assert!(err.source().is_some());
        }
        let err = decode::<Closed>(&encode("hunter2").unwrap()).unwrap_err();
        assert!(!format!("{err:?} {:?}", Closed::One).contains("hunter2"));
    }

    #[test]
    fn a_failing_serialize_is_an_error() {
        struct Failing;
        impl Serialize for Failing {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("hunter2"))
            }
        }
        let err = encode(&Failing).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Encode);
        assert!(!format!("{err:?}").contains("hunter2"));
    }
}
