//! What lies under a key: `1 | version (8) | expiry (8) | data`, numbers big endian. The scripts read it too.
//!
//! One string, because reading it is then one `GET`, and a hash of three fields takes twice the memory.

use std::time::Duration;

use bytes::Bytes;

use crate::backend::{NewRecord, Record, Version};
use crate::clock::Timestamp;

/// The first byte.
const FORMAT: u8 = 1;
const HEAD: usize = 17;

/// How long Redis keeps a record beyond its expiry: machines whose clocks are apart, and clocks that tests move by hand,
/// decide by the expiry in the record, never by what Redis happens to have removed already.
const MARGIN: Duration = Duration::from_secs(60);

/// The longest life that Redis is told, in seconds: a century, far from where its milliseconds overflow.
const LONGEST: u64 = 100 * 365 * 86_400;

/// The bytes of a record.
pub(super) fn write(version: Version, record: &NewRecord) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + record.data.len());
    bytes.push(FORMAT);
    bytes.extend_from_slice(&version.get().to_be_bytes());
    bytes.extend_from_slice(&moment(record.expiry));
    bytes.extend_from_slice(&record.data);
    bytes
}

/// A moment as it is stored. The scripts read numbers as floating-point ones, whose whole part is exact up to 2^53: what
/// lies beyond is for ever either way.
pub(super) fn moment(moment: Timestamp) -> [u8; 8] {
    moment.unix().min(1 << 53).to_be_bytes()
}

/// The record in these bytes; `None` for what was not written here.
pub(super) fn read(bytes: Vec<u8>) -> Option<Record> {
    let (&format, rest) = bytes.split_first()?;
    let (version, rest) = rest.split_first_chunk()?;
    let (expiry, _) = rest.split_first_chunk()?;
    let (version, expiry) = (u64::from_be_bytes(*version), u64::from_be_bytes(*expiry));
    if format != FORMAT {
        return None;
    }
    Some(Record {
        data: Bytes::from(bytes).slice(HEAD..),
        version: Version::new(version),
        expiry: Timestamp::from_unix(expiry),
        principal: None,
    })
}

/// For how many milliseconds Redis shall keep a record: never less than it lives, and never zero, which Redis refuses.
pub(super) fn keep(expiry: Timestamp, now: Timestamp) -> u64 {
    let life = expiry.since(now).as_secs().saturating_add(1).min(LONGEST);
    (life + MARGIN.as_secs()) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(data: &'static [u8], expiry: u64) -> NewRecord {
        NewRecord {
            data: Bytes::from_static(data),
            expiry: Timestamp::from_unix(expiry),
            principal: None,
        }
    }

    #[test]
    fn records_come_back_as_they_were_written() {
        for data in [&b""[..], b"\0", b"data"] {
            let read = read(write(Version::new(u64::MAX), &record(data, 1_800_000_000))).expect("a record");
            assert_eq!(read.data, data);
            assert_eq!(read.version.get(), u64::MAX);
            assert_eq!(read.expiry.unix(), 1_800_000_000);
        }
    }

    /// Frozen: another layout signs out every visitor at the next deploy.
    #[test]
    fn the_layout_is_this() {
        let bytes = write(Version::new(0x0102_0304_0506_0708), &record(b"data", 0x0a0b));
        assert_eq!(
            bytes,
            b"\x01\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\0\0\0\x0a\x0bdata"
        );
    }

    #[test]
    fn other_values_are_no_records() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"\x01234567812345678"[..16].as_ref(),
            b"\x0212345678123456789",
        ] {
            assert!(read(bytes.to_vec()).is_none(), "{bytes:?}");
        }
    }

    /// R13
    #[test]
    fn lives_are_never_zero_and_never_overflow() {
        let at = Timestamp::from_unix;
        assert_eq!(keep(at(100), at(100)), 61_000);
        assert_eq!(keep(at(50), at(100)), 61_000);
        assert_eq!(keep(at(130), at(100)), 91_000);
        let longest = keep(at(u64::MAX), at(0));
        assert!(i64::try_from(longest).is_ok_and(|longest| longest < i64::MAX / 2));
    }
}
