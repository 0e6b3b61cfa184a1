//! Reading the data of a record: what was written here, and nothing else.
//!
//! Nothing that is read decides how much memory is taken, before as many bytes were there; and everything must be used up,
//! to the last byte.

use bytes::Bytes;
use bytestring::ByteString;

use super::{FORMAT, LIMIT, LIVE, MOVED, SURELY_WITHIN, claim};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::record::wire::{Reader, Result};
use crate::record::{Contents, Entries, Lifetime, Live, StoredFlash};

/// Room reserved before any message was read: a number on the wire must not decide how much memory is taken.
const RESERVE: u64 = 64;

/// What follows the entries of most sessions: no message, no message before, no principal. So it is in a blank one.
const NOTHING_ELSE: [u8; 3] = [0; 3];

/// Reads the data of a record. Names and values stay where they are in `data`.
///
/// # Errors
///
/// `Corrupt` for everything that `encode_live` and `encode_moved` of this version do not write.
pub(crate) fn decode(data: &Bytes) -> std::result::Result<Contents, SessionError> {
    let mut live = Live::blank();
    match contents(data, &mut live) {
        Ok(other) => Ok(other.unwrap_or(Contents::Live(live))),
        Err(why) => Err(corrupt(why)),
    }
}

/// Reads the data of a record that is alive into a blank `live`, where it stays. What is no such record leaves it blank.
///
/// # Errors
///
/// As [`decode`], and for a session that moved.
pub(crate) fn decode_live(data: &Bytes, live: &mut Live) -> std::result::Result<(), SessionError> {
    match contents(data, live) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(corrupt("a session that moved")),
        Err(why) => {
            *live = Live::blank();
            Err(corrupt(why))
        }
    }
}

#[cold]
fn corrupt(why: &'static str) -> SessionError {
    SessionError::new(
        ErrorKind::Corrupt,
        "the session record cannot be read by this version",
    )
    .with_source(why)
}

/// What a record says, if it does not say what it holds: that is put into `alive`.
fn contents(data: &Bytes, alive: &mut Live) -> Result<Option<Contents>> {
    if data.len() > LIMIT {
        return Err("larger than any record");
    }
    let mut reader = Reader { rest: data };
    if reader.byte()? != FORMAT {
        return Err("unknown format version");
    }
    let other = match reader.byte()? {
        LIVE => {
            live(&mut reader, data, alive)?;
            None
        }
        MOVED => Some(Contents::Moved {
            to: StoreKey::from_bytes(*reader.array()?),
            until: time(&mut reader)?,
        }),
        _ => return Err("unknown kind of record"),
    };
    if !reader.rest.is_empty() {
        return Err("bytes after the end");
    }
    Ok(other)
}

/// Reads what a session holds into a blank one.
fn live(reader: &mut Reader<'_>, data: &Bytes, live: &mut Live) -> Result<()> {
    live.created = time(reader)?;
    live.deadline = time(reader)?;
    live.lifetime = match reader.byte()? {
        0 => Lifetime::Configured,
        1 => Lifetime::Browser,
        2 => Lifetime::For(reader.number()?),
        _ => return Err("unknown lifetime"),
    };
    live.entries = Entries::read(reader, data)?;
    if reader.rest == NOTHING_ELSE {
        reader.rest = &[];
        return within(data, live);
    }
    live.flashes = flashes(reader, data)?;
    live.next_seq = reader.number()?;
    live.principal = match reader.byte()? {
        0 => None,
        1 => Some(text(reader, data)?),
        _ => return Err("unknown principal"),
    };
    if live.flashes.last().is_some_and(|last| last.seq >= live.next_seq) {
        return Err("flash messages from the future");
    }
    within(data, live)
}

#[inline]
fn within(data: &Bytes, live: &Live) -> Result<()> {
    if data.len() > SURELY_WITHIN && claim(live) > LIMIT {
        return Err("larger than any record");
    }
    Ok(())
}

fn flashes(reader: &mut Reader<'_>, data: &Bytes) -> Result<Vec<StoredFlash>> {
    let count = reader.number()?;
    let mut flashes: Vec<StoredFlash> = Vec::with_capacity(room(count));
    for _ in 0..count {
        let flash = StoredFlash {
            seq: reader.number()?,
            queue: text(reader, data)?,
            level: text(reader, data)?,
            text: text(reader, data)?,
            value: data.slice_ref(reader.bytes()?),
        };
        if flashes.last().is_some_and(|last| last.seq >= flash.seq) {
            return Err("flash messages out of order");
        }
        flashes.push(flash);
    }
    Ok(flashes)
}

fn room(count: u64) -> usize {
    usize::try_from(count.min(RESERVE)).unwrap_or_default()
}

fn time(reader: &mut Reader<'_>) -> Result<Timestamp> {
    reader.number().map(Timestamp::from_unix)
}

fn text(reader: &mut Reader<'_>, data: &Bytes) -> Result<ByteString> {
    ByteString::try_from(data.slice_ref(reader.bytes()?)).map_err(|_| "a text that is none")
}
