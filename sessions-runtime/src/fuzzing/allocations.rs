//! How much memory bytes from outside can make us take: for every input of the corpora, and for copies with other lengths
//! in them, a multiple of what was received and a constant. A number on the wire never decides alone.
//!
//! Counted on this thread, all that was ever allocated, also what was given back at once.

use std::collections::BTreeMap;
use std::fs;

use bytes::Bytes;

use super::tests::corpus;
use super::{NOW, SEALERS, sealed};
use crate::cookie;
use crate::record::decode;
use crate::value;

/// How many bytes are allocated while something is read.
fn allocated<R>(read: impl FnOnce() -> R) -> u64 {
    let mut outcome = None;
    let info = allocation_counter::measure(|| outcome = Some(read()));
    // What was read is given back outside of what is counted.
    drop(outcome);
    info.bytes_total
}

/// Reads every input of a corpus and many like it; each may allocate `factor` bytes for one received, and `constant`.
fn bounded(target: &str, factor: u64, constant: u64, read: impl Fn(&[u8]) -> u64) {
    let check = |data: &[u8]| {
        let (taken, limit) = (read(data), factor * data.len() as u64 + constant);
        assert!(
            taken <= limit,
            "{taken} bytes for {} received: {}",
            data.len(),
            data.escape_ascii()
        );
    };
    for path in corpus(target) {
        let data = fs::read(path).expect("a readable file");
        check(&data);
        for at in 0..data.len().min(32) {
            check(&data[..at]);
            // Lengths of one, two, four and eight bytes, in the spellings of every format that is read here.
            for lie in [
                &[0x7f][..],
                &[0xfa],
                b"\xfb\xff\xff",
                b"\xfc\xff\xff\xff\x7f",
                b"\xfd\xff\xff\xff\xff\xff\xff\xff\x7f",
                b"\xdd\xff\xff\xff\xff",
                b"\xdf\xff\xff\xff\xff",
                b"\xdb\xff\xff\xff\xff",
                b"999999999999",
            ] {
                let mut changed = data.clone();
                let end = (at + lie.len()).min(changed.len());
                changed.splice(at..end, lie.iter().copied());
                check(&changed);
            }
        }
    }
}

/// S48
#[test]
fn a_cookie_header_is_read_without_memory() {
    bounded("cookie_header", 0, 0, |data| {
        allocated(|| cookie::values(data, "session").map(<[u8]>::len).sum::<usize>())
    });
}

/// S48, V21
/// Texts have no lengths in them that could lie; what is authentic, and the same text as a stranger's, are opened.
#[test]
fn opening_a_seal_takes_its_own_length_and_a_constant() {
    let longest = vec![b'A'; 1 << 20];
    for sealer in &*SEALERS {
        assert_eq!(
            allocated(|| sealer.open(&longest, NOW).is_err()),
            0,
            "refused unread"
        );
        for path in corpus("sealed_text") {
            let data = fs::read(path).expect("a readable file");
            let text = sealed(sealer, &data);
            for received in [&data[..], text.as_bytes(), &text.as_bytes()[..text.len() - 1]] {
                let (taken, limit) = (
                    allocated(|| sealer.open(received, NOW)),
                    received.len() as u64 + 512,
                );
                assert!(taken <= limit, "{taken} bytes for {} received", received.len());
            }
        }
    }
}

/// S48, V21, V23
/// A message takes 136 bytes beside its five on the wire, and a list that grows is copied; an entry takes its place only.
#[test]
fn a_record_takes_a_multiple_of_its_length_and_a_constant() {
    bounded("record", 128, 16_384, |data| {
        let data = Bytes::copy_from_slice(data);
        allocated(|| decode(&data))
    });
    // A number of bytes that no record has: refused by that alone, with an error of a few words.
    let mut huge = b"\x01\x00\x01\x02\x00\xfc\xff\xff\x03\x00".to_vec();
    huge.extend((0..262_143_u32).flat_map(|at| [&[6], format!("{at:06}").as_bytes(), &[0]].concat()));
    let huge = Bytes::from(huge);
    assert!(
        huge.len() > 1 << 20 && allocated(|| decode(&huge)) < 512,
        "refused unread"
    );
}

/// S48
#[cfg(feature = "memcache")]
#[test]
fn replies_of_memcached_are_read_without_memory() {
    use crate::backend::memcache::fuzzing;

    bounded("memcached_reply", 0, 0, |data| allocated(|| fuzzing::count(data)));
    // The version of a server that is too old is told.
    bounded("memcached_greeting", 0, 96, |data| {
        allocated(|| fuzzing::greets(data))
    });
}

/// S48, V21
/// Of a list, serde reserves at most a mebibyte before it has read any of it.
#[test]
fn a_value_takes_a_multiple_of_its_length_and_a_constant() {
    const RESERVED: u64 = 1 << 20;
    const SMALL: u64 = 4_096;
    let headers = [
        &b"\xdd\xff\xff\xff\xff"[..],
        b"\xdc\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xde\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xda\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xc9\xff\xff\xff\xff\x01",
    ];
    for header in headers {
        for rest in [&b""[..], b"\x01", b"\xa1a\x01", b"\x93\x01\x02\x03"] {
            let data = [header, rest].concat();
            let limits = [
                (allocated(|| value::decode::<Vec<u64>>(&data)), RESERVED + SMALL),
                (allocated(|| value::decode::<Vec<u8>>(&data)), RESERVED + SMALL),
                (allocated(|| value::decode::<String>(&data)), SMALL),
                (allocated(|| value::decode::<BTreeMap<String, u64>>(&data)), SMALL),
                (
                    allocated(|| value::decode::<serde_json::Value>(&data)),
                    RESERVED + SMALL,
                ),
                (allocated(|| value::decode::<(u8, u8)>(&data)), SMALL),
            ];
            for (taken, limit) in limits {
                assert!(taken <= limit, "{taken} bytes for {}", data.escape_ascii());
            }
        }
    }
}

/// What counts here does count.
#[test]
fn allocations_of_this_thread_are_counted() {
    assert_eq!(allocated(|| 7), 0);
    assert_eq!(allocated(|| Vec::<u8>::with_capacity(12_345)), 12_345);
}
