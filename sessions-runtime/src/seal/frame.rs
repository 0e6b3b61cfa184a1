//! Version 1, signed:
//! `1 | key id (4) | issued (5) | expires (5) | payload | HMAC-SHA256 (32)`, the MAC over context and frame.
//!
//! Times are seconds since 1970, big endian; zero in `expires` is none.

use hmac::Mac;

use super::Refused;
use super::keys::{Key, KeyId};
use crate::clock::Timestamp;

/// The first byte of a signed frame.
pub(super) const VERSION: u8 = 1;
/// Room for most frames, so that the buffer seldom grows.
pub(super) const ROOM: usize = 512;
/// Version and key id, which every version starts with.
pub(super) const HEAD: usize = 5;
/// Both times.
pub(super) const TIMES: usize = 10;
const MAC: usize = 32;
/// What five bytes hold: until the year 36812.
const LAST: u64 = (1 << 40) - 1;

/// Where the payload of an authentic frame lies in its buffer, and its times.
///
/// # Internal invariant
///
/// `start <= end`, and the buffer holds at least `end` bytes.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) issued: Timestamp,
    pub(super) expires: Option<Timestamp>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Writes what stands before the payload.
pub(super) fn begin(key: &Key, issued: Timestamp, expires: Option<Timestamp>) -> Vec<u8> {
    let mut frame = Vec::with_capacity(ROOM);
    frame.push(VERSION);
    frame.extend_from_slice(&key.id);
    write_times(&mut frame, issued, expires);
    frame
}

/// Appends the MAC over all of it.
pub(super) fn finish(key: &Key, frame: &mut Vec<u8>) {
    let mut mac = key.mac.clone();
    mac.update(frame);
    frame.extend_from_slice(&mac.finalize().into_bytes());
}

/// Verifies a frame of version 1, in constant time (S42).
#[inline]
pub(super) fn open(key: &Key, frame: &[u8]) -> Result<Body, Refused> {
    let (signed, tag) = frame.split_last_chunk::<MAC>().ok_or(Refused::Malformed)?;
    let (_, body) = signed.split_first_chunk::<HEAD>().ok_or(Refused::Malformed)?;
    let (times, _) = body.split_first_chunk::<TIMES>().ok_or(Refused::Malformed)?;
    let mut mac = key.mac.clone();
    mac.update(signed);
    mac.verify_slice(tag).map_err(|_| Refused::Forged)?;
    let (issued, expires) = read_times(*times);
    Ok(Body {
        issued,
        expires,
        start: HEAD + TIMES,
        end: signed.len(),
    })
}

/// Version and key id of any frame.
pub(super) fn head(frame: &[u8]) -> Option<(u8, KeyId)> {
    let [version, id @ ..] = *frame.first_chunk::<HEAD>()?;
    Some((version, id))
}

/// Times beyond five bytes become the last one there is; an end at zero becomes one, since zero says "no end".
pub(super) fn write_times(frame: &mut Vec<u8>, issued: Timestamp, expires: Option<Timestamp>) {
    let expires = expires.map_or(0, |expires| expires.unix().clamp(1, LAST));
    for time in [issued.unix().min(LAST), expires] {
        let [_, _, _, time @ ..] = time.to_be_bytes();
        frame.extend_from_slice(&time);
    }
}

/// What [`write_times`] wrote.
pub(super) fn read_times(times: [u8; TIMES]) -> (Timestamp, Option<Timestamp>) {
    let (issued, expires) = times.split_at(TIMES / 2);
    let seconds = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |seconds, byte| seconds << 8 | u64::from(*byte))
    };
    let expires = seconds(expires);
    (
        Timestamp::from_unix(seconds(issued)),
        (expires != 0).then_some(Timestamp::from_unix(expires)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(issued: u64, expires: Option<u64>) -> (u64, Option<u64>) {
        let mut bytes = Vec::new();
        write_times(
            &mut bytes,
            Timestamp::from_unix(issued),
            expires.map(Timestamp::from_unix),
        );
        let (issued, expires) = read_times(bytes.try_into().expect("ten bytes"));
        (issued.unix(), expires.map(Timestamp::unix))
    }

    #[test]
    fn times_come_back_as_written() {
        assert_eq!(round_trip(1_700_000_000, None), (1_700_000_000, None));
        assert_eq!(round_trip(0, Some(LAST)), (0, Some(LAST)));
        assert_eq!(
            round_trip(0x01_0203_0405, Some(0x0A_0B0C_0D0E)),
            (0x01_0203_0405, Some(0x0A_0B0C_0D0E))
        );
    }

    /// S31, V22
    #[test]
    fn huge_times_become_the_last_one() {
        assert_eq!(round_trip(u64::MAX, Some(u64::MAX)), (LAST, Some(LAST)));
        assert_eq!(round_trip(LAST + 1, Some(LAST + 1)), (LAST, Some(LAST)));
    }

    /// S46
    #[test]
    fn end_at_zero_is_an_end() {
        assert_eq!(round_trip(5, Some(0)), (5, Some(1)));
    }
}
