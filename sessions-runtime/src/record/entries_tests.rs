use std::collections::BTreeMap;

use super::*;
use crate::record::places::FEW;

fn entries(names: &[&str]) -> Entries {
    let mut entries = Entries::default();
    for name in names {
        entries.set(name, name.as_bytes());
    }
    entries
}

/// Entries as another process reads them, from a record that has more around them.
fn read_back(entries: &Entries) -> Entries {
    let mut written = vec![7];
    entries.write(&mut written);
    let len = written.len();
    written.extend_from_slice(b"behind");
    let data = Bytes::from(written);
    let mut reader = Reader { rest: &data[1..] };
    let read = Entries::read(&mut reader, &data).unwrap();
    assert_eq!(reader.rest.len(), data.len() - len);
    read
}

fn names(entries: &Entries) -> Vec<&str> {
    entries.iter().map(|(name, _)| name).collect()
}

#[test]
fn entries_are_sorted_whatever_the_order_of_insertion() {
    let entries = entries(&["c", "a", "e", "b", "d", "a"]);
    assert_eq!(names(&entries), ["a", "b", "c", "d", "e"]);
    assert_eq!(entries.len(), 5);
    assert_eq!(entries.get("d"), Some(&b"d"[..]));
    assert_eq!(entries.get("f"), None);
}

#[test]
fn setting_again_replaces_the_value() {
    let mut entries = entries(&["a", "b"]);
    entries.set("a", b"new");
    assert_eq!(entries.len(), 2);
    assert_eq!(entries.get("a"), Some(&b"new"[..]));
    assert_eq!(entries.find("b"), Some(("b", &b"b"[..])));
    assert_eq!(entries.find("c"), None);
}

#[test]
fn removed_entries_are_gone() {
    let mut entries = entries(&["a", "b", "c"]);
    assert!(entries.remove("b"));
    assert!(!entries.remove("b"));
    assert_eq!(names(&entries), ["a", "c"]);
    entries.retain(|name| name != "a");
    assert_eq!(names(&entries), ["c"]);
    assert!(!entries.is_empty());
    entries.clear();
    assert!(entries.is_empty() && entries == Entries::default());
}

/// C5: changed means that the bytes differ, however they came to be there.
#[test]
fn entries_are_equal_where_their_bytes_are() {
    let (one, other) = (entries(&["a", "b"]), entries(&["b", "a"]));
    assert!(one == other && one == read_back(&other));
    let mut changed = one.clone();
    assert!(changed.set("b", b"new") && !changed.set("b", b"new"));
    assert!(changed != one && one.get("b") == Some(&b"b"[..]));
    assert!(changed.set("b", b"b") && !changed.set("a", b"a"));
    assert!(changed == one);
    assert!(one != entries(&["a"]) && one != entries(&["a", "c"]));
}

/// With few and with many of them, which are looked for in different ways.
#[test]
fn entries_do_what_a_map_does() {
    for len in [0, 1, 2, FEW - 1, FEW, FEW + 1, 3 * FEW] {
        let all: Vec<String> = (0..len).map(|at| format!("{:03}", at * 7 % 101)).collect();
        let mut map = BTreeMap::new();
        let mut built = Entries::default();
        for name in &all {
            let value = name.repeat(1 + map.len() * 9);
            built.set(name, value.as_bytes());
            map.insert(name.clone(), value);
        }
        let same = |entries: &Entries, map: &BTreeMap<String, String>| {
            let pairs = map.iter().map(|(name, value)| (&**name, value.as_bytes()));
            assert!(entries.iter().eq(pairs), "{len}");
            assert_eq!(entries.len(), map.len());
            assert_eq!(entries.places.are_kept(), map.len() > FEW);
            assert!(entries.places == Places::of(&entries.packed, map.len()));
            for at in 0..102 {
                let name = format!("{at:03}");
                let value = map.get(&name).map(String::as_bytes);
                assert_eq!(entries.get(&name), value, "{name} of {len}");
                assert_eq!(entries.shared(&name).as_deref(), value, "{name} of {len}");
                assert_eq!(entries.find(&name), value.map(|value| (&*name, value)));
            }
        };
        same(&built, &map);
        let read = read_back(&built);
        same(&read, &map);
        let (mut longer, mut lengthened) = (read.clone(), map.clone());
        for name in &all {
            let value = name.repeat(30);
            longer.set(name, value.as_bytes());
            lengthened.insert(name.clone(), value);
            same(&longer, &lengthened);
        }
        for name in &all {
            let (mut fewer, mut map) = (read.clone(), map.clone());
            assert!(fewer.remove(name));
            map.remove(name);
            same(&fewer, &map);
            fewer.set(name, b"again");
            map.insert(name.clone(), "again".into());
            same(&fewer, &map);
        }
        same(&read, &map);
    }
}

#[test]
fn many_changes_at_once_are_those_one_by_one() {
    let present = entries(&["b", "d", "f", "h", "j"]);
    let changes: [(&str, Option<&[u8]>); 8] = [
        ("a", Some(b"1")),
        ("b", None),
        ("c", None),
        ("d", Some(b"2")),
        ("g", Some(b"3")),
        ("j", None),
        ("k", Some(b"4")),
        ("l", None),
    ];
    for len in 0..=changes.len() {
        let mut at_once = present.clone();
        at_once.merge(changes[..len].iter().copied());
        let mut one_by_one = present.clone();
        for (name, value) in &changes[..len] {
            match value {
                Some(value) => one_by_one.set(name, value),
                None => one_by_one.remove(name),
            };
        }
        assert!(at_once == one_by_one, "{len}");
        assert_eq!(at_once.len(), one_by_one.len());
    }
}

/// Whoever has the same entries has the same bytes, or an unread session would count as changed.
#[test]
fn wider_numbers_than_needed_are_not_kept() {
    let wide = Bytes::from_static(&[1, 251, 1, 0, b'a', 252, 1, 0, 0, 0, b'a', 9]);
    let mut reader = Reader { rest: &wide };
    let read = Entries::read(&mut reader, &wide).unwrap();
    assert!(read == entries(&["a"]) && read.len() == 1);
    assert_eq!(reader.rest, [9]);
}

#[test]
fn the_parts_of_a_field_are_its_own() {
    let few = [
        "i",
        "items",
        "items\u{1}x",
        "items\u{1f}",
        "items\u{1f}a",
        "items\u{1f}b\u{1f}",
        "items ",
        "itemsx",
        "z",
    ];
    let others: Vec<String> = (0..2 * FEW).map(|at| format!("other{at}")).collect();
    let many = few.into_iter().chain(others.iter().map(|name| &**name)).collect();
    for all in [few.to_vec(), many] {
        let entries = entries(&all);
        let parts = |field| {
            let names = entries.parts_of(field).map(|(name, _)| name);
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            parts("items"),
            ["items\u{1f}", "items\u{1f}a", "items\u{1f}b\u{1f}"]
        );
        assert!(!entries.parts_of("items").is_empty());
        assert_eq!(
            entries.parts_of("items").first(),
            Some(("items\u{1f}", &b"items\x1f"[..]))
        );
        for field in ["i", "item", "items\u{1}x", "z", "zz", "a", ""] {
            assert_eq!(parts(field), Vec::<&str>::new(), "{field:?}");
            assert!(entries.parts_of(field).is_empty());
        }
    }
}

/// S57
#[test]
fn debug_shows_no_value() {
    let mut entries = Entries::default();
    entries.set("card", b"4111");
    assert_eq!(format!("{entries:?}"), r#"{"card": 4}"#);
}
