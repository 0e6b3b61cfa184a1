use bytes::Bytes;

use super::oracle::{self, CONFIG};
use super::{
    FORMAT, LIMIT, LIVE, claim, decode as read, decode_live, encode_live, encode_moved, is_written_as,
};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::record::{Contents, Lifetime, Live, StoredFlash};

/// Reads a record, and sees to it that bincode reads the same, and so does who reads it in place.
fn decode(data: &Bytes) -> Result<Contents, SessionError> {
    let contents = read(data);
    assert_eq!(
        contents.as_ref().ok(),
        oracle::decode(data).as_ref(),
        "ours, and bincode's"
    );
    let mut live = Live::blank();
    match (&contents, decode_live(data, &mut live)) {
        (Ok(Contents::Live(expected)), Ok(())) => assert_eq!(live, *expected),
        (Ok(Contents::Moved { .. }) | Err(_), Err(err)) => {
            assert_eq!((live, err.kind()), (Live::blank(), ErrorKind::Corrupt));
        }
        (_, outcome) => panic!("{outcome:?} in place"),
    }
    if let Ok(contents) = &contents {
        let written = match contents {
            Contents::Live(live) => encoded(live),
            Contents::Moved { to, until } => encode_moved(*to, *until),
        };
        assert_eq!(written, oracle::encode(contents), "ours, and bincode's");
    }
    contents
}

fn dated(created: u64, deadline: u64) -> Live {
    let (created, deadline) = (Timestamp::from_unix(created), Timestamp::from_unix(deadline));
    Live {
        created,
        deadline,
        ..Live::blank()
    }
}

fn sample() -> Live {
    let mut live = dated(1_700_000_000, 1_702_592_000);
    live.lifetime = Lifetime::For(86_400);
    live.entries.set("cart", &[0x93, 1, 2, 3]);
    live.entries.set("user", b"\xa3ann");
    live.flashes.push(StoredFlash {
        seq: 7,
        queue: "flash".into(),
        level: "success".into(),
        text: "Saved".into(),
        value: Bytes::new(),
    });
    live.next_seq = 8;
    live.principal = Some("ann".into());
    live
}

fn encoded(live: &Live) -> Bytes {
    let mut out = Vec::new();
    encode_live(live, &mut out).unwrap();
    out.into()
}

fn refused(data: &[u8]) -> bool {
    match decode(&Bytes::copy_from_slice(data)) {
        Ok(_) => false,
        Err(err) => {
            assert_eq!(err.kind(), ErrorKind::Corrupt);
            true
        }
    }
}

/// A living record with `count` entries announced, and these bytes after the announcement.
fn announcing(count: u64, rest: &[u8]) -> Vec<u8> {
    let mut out = vec![FORMAT];
    bincode::encode_into_std_write((LIVE, 0u64, 0u64, 0u8, count), &mut out, CONFIG).unwrap();
    out.extend_from_slice(rest);
    out
}

#[test]
fn records_come_back_as_they_were_written() {
    let live = sample();
    assert_eq!(decode(&encoded(&live)).unwrap(), Contents::Live(live));
    let empty = dated(0, u64::MAX);
    assert_eq!(decode(&encoded(&empty)).unwrap(), Contents::Live(empty));
    let (to, until) = (StoreKey::from_bytes([9; 32]), Timestamp::from_unix(u64::MAX));
    assert_eq!(
        decode(&encode_moved(to, until)).unwrap(),
        Contents::Moved { to, until }
    );
}

/// Frozen: lines are only ever added to the file.
#[test]
fn frozen_vectors_are_written_and_read_as_ever() {
    let moved = Contents::Moved {
        to: StoreKey::from_bytes(std::array::from_fn(|at| u8::try_from(at).unwrap())),
        until: Timestamp::from_unix(1_700_000_060),
    };
    let empty = dated(1, 2);
    let mut browser = dated(1, u64::MAX);
    browser.lifetime = Lifetime::Browser;
    let known = [
        ("live", Contents::Live(sample())),
        ("empty", Contents::Live(empty)),
        ("moved", moved),
        ("browser", Contents::Live(browser)),
    ];
    let mut seen = 0;
    for line in include_str!("vectors.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let (name, hex) = line.split_once(' ').unwrap();
        let (_, contents) = known.iter().find(|(known, _)| *known == name).unwrap();
        let data: Bytes = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect();
        assert_eq!(&decode(&data).unwrap(), contents, "{name}");
        let written = match contents {
            Contents::Live(live) => encoded(live),
            Contents::Moved { to, until } => encode_moved(*to, *until),
        };
        assert_eq!(written, data, "{name}");
        seen += 1;
    }
    assert_eq!(seen, known.len());
}

/// Pitfall 8
#[test]
fn untouched_values_survive_byte_for_byte_without_a_copy() {
    // Not MessagePack at all: nobody looks inside.
    let mut live = sample();
    live.entries.set("odd", &[0xc1, 0xff, 0x00]);
    let data = encoded(&live);
    let Contents::Live(read) = decode(&data).unwrap() else {
        panic!("moved")
    };
    let odd = read.entries.get("odd").unwrap();
    assert!(data.as_ptr_range().contains(&odd.as_ptr()));
    assert_eq!(encoded(&read), data);
}

/// Pitfall 3
#[test]
fn trailing_and_missing_bytes_are_refused() {
    for data in [
        encoded(&sample()),
        encode_moved(StoreKey::from_bytes([1; 32]), Timestamp::from_unix(5)),
    ] {
        let mut longer = data.to_vec();
        longer.push(0);
        assert!(refused(&longer));
        for end in 0..data.len() {
            assert!(refused(&data[..end]), "cut at {end}");
        }
    }
}

/// Pitfall 4
#[test]
fn other_format_versions_are_refused() {
    let mut data = encoded(&sample()).to_vec();
    for version in (0..=u8::MAX).filter(|version| *version != FORMAT) {
        data[0] = version;
        assert!(refused(&data), "version {version}");
    }
}

/// S48, V21
/// Pitfall 1: a length of 2^63 must not be believed.
#[test]
fn announced_lengths_do_not_decide_what_is_allocated() {
    assert!(refused(&announcing(u64::MAX, &[])));
    assert!(refused(&announcing(
        1,
        &[253, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
    )));
    assert!(refused(&announcing(1 << 20, &[0; 64])));
    let entries_then_flashes = [0, 253, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    assert!(refused(&announcing(0, &entries_then_flashes[1..])));
}

/// S47
#[test]
fn mutated_records_never_panic() {
    let data = encoded(&sample());
    for at in 0..data.len() {
        for value in 0..=u8::MAX {
            let mut mutated = data.to_vec();
            mutated[at] = value;
            // What is read must at least be writable again; most is refused.
            if let Ok(Contents::Live(live)) = decode(&mutated.into()) {
                encoded(&live);
            }
        }
    }
}

#[test]
fn unsorted_entries_and_flashes_are_refused() {
    let unsorted = [
        1, b'b', 0, 1, b'a', 0, /* flashes, next_seq, principal */ 0, 0, 0,
    ];
    assert!(refused(&announcing(2, &unsorted)));
    let twice = [1, b'a', 0, 1, b'a', 0, 0, 0, 0];
    assert!(refused(&announcing(2, &twice)));
    let good = [1, b'a', 0, 1, b'b', 0, 0, 0, 0];
    assert!(!refused(&announcing(2, &good)));
    let flash_beyond_next_seq = [1, 5, 0, 0, 0, 0, /* next_seq */ 5, 0];
    assert!(refused(&announcing(0, &flash_beyond_next_seq)));
    let not_utf8 = [1, 0xff, 0, 0, 0, 0];
    assert!(refused(&announcing(1, &not_utf8)));
}

/// V34
#[test]
fn a_record_that_could_not_be_read_back_is_not_written() {
    let mut live = sample();
    live.entries.set("big", &vec![0; LIMIT - 1_000]);
    assert!(decode(&encoded(&live)).is_ok());
    live.entries.set("bigger", &vec![0; 1_000]);
    let mut out = vec![1, 2, 3];
    assert_eq!(
        encode_live(&live, &mut out).unwrap_err().kind(),
        ErrorKind::TooLarge
    );
    assert_eq!(out, [1, 2, 3]);
    // Many small entries count for more than their bytes.
    let mut many = sample();
    let names: Vec<String> = (0..70_000).map(|at| format!("{at:05}")).collect();
    many.entries
        .merge(names.iter().map(|name| (&**name, Some(&b""[..]))));
    assert_eq!(
        encode_live(&many, &mut out).unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

/// V34
/// Each part counts with its length, and an entry and a message with what they take beside it.
#[test]
fn a_claim_is_the_sum_of_all_parts() {
    let mut live = dated(1, 2);
    assert_eq!(claim(&live), 64);
    live.entries.set("abc", &[0; 10]);
    assert_eq!(claim(&live), 64 + 16 + 3 + 10);
    live.entries.set("d", b"");
    assert_eq!(claim(&live), 64 + 2 * 16 + 3 + 10 + 1);
    live.flashes.push(StoredFlash {
        seq: 7,
        queue: "q".repeat(100).into(),
        level: "l".repeat(1_000).into(),
        text: "t".repeat(10_000).into(),
        value: vec![0; 100_000].into(),
    });
    assert_eq!(claim(&live), 64 + 2 * 16 + 14 + 40 + 111_100);
    live.principal = Some("ann".into());
    assert_eq!(claim(&live), 64 + 2 * 16 + 14 + 40 + 111_100 + 3);
}

/// V34, S48
#[test]
fn what_may_just_be_written_can_just_be_read() {
    let mut live = dated(1, 2);
    let fits = LIMIT - 64 - 16 - 3;
    live.entries.set("big", &vec![7; fits]);
    assert_eq!(claim(&live), LIMIT);
    assert!(decode(&encoded(&live)).is_ok());
    live.entries.set("big", &vec![7; fits + 1]);
    assert!(encode_live(&live, &mut Vec::new()).is_err());
    // From elsewhere: far shorter than the limit, but it would take more memory.
    let many: Vec<u8> = (0..70_000)
        .flat_map(|at| [&[5][..], format!("{at:05}").as_bytes(), &[0]].concat())
        .chain([0, 0, 0])
        .collect();
    let head = [FORMAT, LIVE, 1, 2, 0, 252];
    let data = [&head[..], &70_000_u32.to_le_bytes(), &many].concat();
    assert!(data.len() < LIMIT / 2 && refused(&data));
    // The same with fewer of them is a record.
    let data = [&head[..], &1_000_u32.to_le_bytes(), &many[..7_000], &[0, 0, 0]].concat();
    assert!(!refused(&data));
}

#[test]
fn numbers_of_every_width_come_back() {
    for number in [
        0,
        250,
        251,
        252,
        0xffff,
        0x1_0000,
        0xffff_ffff,
        0x1_0000_0000,
        u64::MAX,
    ] {
        let live = dated(number, number);
        assert!(
            decode(&encoded(&live)).is_ok_and(|read| read == Contents::Live(live)),
            "{number}"
        );
    }
    for len in [250, 251, 0xffff, 0x1_0000] {
        let mut live = sample();
        live.entries.set("long", &vec![7; len]);
        assert!(
            decode(&encoded(&live)).is_ok_and(|read| read == Contents::Live(live)),
            "{len} bytes"
        );
    }
}

#[test]
fn names_are_any_text() {
    let mut live = sample();
    live.entries.set("größe", b"\x01");
    live.entries.set("名前", b"\x02");
    assert!(decode(&encoded(&live)).is_ok_and(|read| read == Contents::Live(live)));
}

#[test]
fn messages_keep_their_order_or_are_refused() {
    let mut live = sample();
    for seq in [8, 20] {
        let first = live.flashes[0].clone();
        live.flashes.push(StoredFlash { seq, ..first });
    }
    live.next_seq = 21;
    assert!(decode(&encoded(&live)).is_ok_and(|read| read == Contents::Live(live.clone())));
    for seq in [8, 7] {
        live.flashes[2].seq = seq;
        assert!(refused(&encoded(&live)), "after 7 and 8: {seq}");
    }
}

#[test]
fn only_the_very_bytes_count_as_unchanged() {
    let live = sample();
    let data = encoded(&live);
    assert!(is_written_as(&live, &data));
    for at in 0..data.len() {
        let mut other = data.to_vec();
        other[at] ^= 1;
        assert!(!is_written_as(&live, &other), "byte {at}");
        assert!(!is_written_as(&live, &data[..at]), "the first {at} bytes");
    }
    assert!(!is_written_as(&live, &[&data[..], &[0]].concat()));
    let mut changed = live.clone();
    changed.next_seq += 1;
    assert!(!is_written_as(&changed, &data));
}
