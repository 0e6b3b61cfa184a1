//! What values are taken apart into, and what of two of them differs.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::Split;
use crate::record::{Change, Entries};
use crate::typed::data::codec;
use crate::typed::{Codec, Data, Defined, Reading, difference, open};

/// Defines a type without the derive, which this crate's own tests cannot use under its own name.
macro_rules! define {
    ($ty:ident $(, $whole:literal)*) => {
        impl Defined for $ty {
            const DATA: &'static Data = &Data { name: "test", whole: &[$($whole),*], ..Data::NONE };
            const CODEC: Codec<Self> = codec::<$ty>();
        }
    };
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
struct Cart {
    items: BTreeMap<String, u32>,
    note: String,
    whole: BTreeMap<String, u32>,
}
define!(Cart, "whole");

#[derive(Serialize, Deserialize, Default)]
struct Hashed {
    items: HashMap<String, u32>,
}
define!(Hashed);

#[derive(Serialize, Deserialize, Default)]
struct List(Vec<u8>);
define!(List);

#[derive(Serialize, Deserialize, Default)]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, Inner>,
}
define!(Flat);

/// Serialises as a map of unknown length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
struct Inner {
    #[serde(flatten)]
    all: BTreeMap<String, u32>,
}

fn cart(items: &[(&str, u32)], note: &str) -> Cart {
    Cart {
        items: items.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect(),
        note: note.to_owned(),
        whole: BTreeMap::from([("w".to_owned(), 1)]),
    }
}

fn split<T: Defined>(value: &T) -> Split {
    (T::CODEC.split)(value).unwrap()
}

fn stored(split: &Split) -> Entries {
    let mut entries = Entries::default();
    for entry in split.iter() {
        entries.set(entry.name, entry.value);
    }
    entries
}

fn names(split: &Split) -> Vec<String> {
    split
        .iter()
        .map(|entry| entry.name.replace('\u{1f}', "/"))
        .collect()
}

/// The format of records: names and bytes that other versions have to read.
#[test]
fn a_value_is_stored_as_ever() {
    let split = split(&cart(&[("tea", 2)], "hi"));
    let entries: Vec<_> = split.iter().map(|entry| (entry.name, entry.value)).collect();
    assert_eq!(
        entries,
        [
            ("items", &b"\x80"[..]),
            ("items\u{1f}tea", b"\x02"),
            ("note", b"\xa2hi"),
            ("whole", b"\x81\xa1w\x01"),
        ]
    );
}

#[test]
fn a_type_without_fields_is_one_entry_without_a_name() {
    assert_eq!(names(&split(&List(vec![1]))), [""]);
}

#[test]
fn a_struct_with_flattened_fields_is_one_value_within_another() {
    let inner = Inner {
        all: BTreeMap::from([("x".to_owned(), 1)]),
    };
    let flat = Flat {
        rest: BTreeMap::from([("a".to_owned(), inner.clone())]),
    };
    assert_eq!(names(&split(&flat)), ["a"]);
    let opened = open::open::<Flat>(&stored(&split(&flat)), "test");
    assert_eq!(opened.value.rest["a"], inner);
}

#[test]
fn only_what_differs_changes() {
    let before = split(&cart(&[("cup", 1), ("tea", 2)], "hi"));
    let after = split(&cart(&[("jar", 1), ("tea", 3)], "hi"));
    let changes = difference(&before, &after, &stored(&before), &Reading::default());
    let changes: Vec<_> = changes
        .list
        .iter()
        .map(|(name, change)| (&**name, change.clone()))
        .collect();
    assert_eq!(
        changes,
        [
            ("items\u{1f}jar", Change::Set(Bytes::from_static(b"\x01"))),
            ("items\u{1f}tea", Change::Set(Bytes::from_static(b"\x03"))),
            ("items\u{1f}cup", Change::Remove),
        ]
    );
}

#[test]
fn a_first_change_completes_what_was_never_stored() {
    let (before, after) = (split(&cart(&[], "")), split(&cart(&[], "hi")));
    let changes = difference(&before, &after, &Entries::default(), &Reading::default());
    let ensured: Vec<_> = changes
        .list
        .iter()
        .filter(|(_, change)| matches!(change, Change::Ensure(_)))
        .map(|(name, _)| &**name)
        .collect();
    assert_eq!(ensured, ["items", "whole"]);
}

#[test]
fn nothing_differs_in_another_order() {
    let (mut one, mut other) = (Hashed::default(), Hashed::default());
    let keys: Vec<String> = (0..32).map(|n| n.to_string()).collect();
    for (forth, back) in keys.iter().zip(keys.iter().rev()) {
        one.items.insert(forth.clone(), 1);
        other.items.insert(back.clone(), 1);
    }
    let (before, after) = (split(&one), split(&other));
    assert_ne!(before, after, "two maps have two orders");
    assert!(difference(&before, &after, &Entries::default(), &Reading::default()).is_empty());
}

#[test]
fn what_is_taken_apart_comes_back() {
    let value = cart(&[("cup", 1), ("tea\u{1f}x", 2), ("", 3)], "hi");
    let opened = open::open::<Cart>(&stored(&split(&value)), "test");
    assert_eq!(opened.value, value);
    assert_eq!(split(&opened.value), split(&value));
}
