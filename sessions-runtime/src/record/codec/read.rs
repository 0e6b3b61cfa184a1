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

/// Reads the data of a record. Names and values stay where they are in `data`.
///
/// # Errors
///
/// `Corrupt` for everything that `encode_live` and `encode_moved` of this version do not write.
pub(crate) fn decode(data: &Bytes) -> std::result::Result<Contents, SessionError> {
    contents(data).map_err(|why| {
        SessionError::new(
            ErrorKind::Corrupt,
            "the session record cannot be read by this version",
        )
        .with_source(why)
    })
}

fn contents(data: &Bytes) -> Result<Contents> {
    if data.len() > LIMIT {
        return Err("larger than any record");
    }
    let mut reader = Reader { rest: data };
    if reader.byte()? != FORMAT {
        return Err("unknown format version");
    }
    let contents = match reader.byte()? {
        LIVE => Contents::Live(live(&mut reader, data)?),
        MOVED => Contents::Moved {
            to: StoreKey::from_bytes(*reader.array()?),
            until: time(&mut reader)?,
        },
        _ => return Err("unknown kind of record"),
    };
    if !reader.rest.is_empty() {
        return Err("bytes after the end");
    }
    Ok(contents)
}

fn live(reader: &mut Reader<'_>, data: &Bytes) -> Result<Live> {
    let live = Live {
        created: time(reader)?,
        deadline: time(reader)?,
        lifetime: match reader.byte()? {
            0 => Lifetime::Configured,
            1 => Lifetime::Browser,
            2 => Lifetime::For(reader.number()?),
            _ => return Err("unknown lifetime"),
        },
        entries: Entries::read(reader, data)?,
        flashes: flashes(reader, data)?,
        next_seq: reader.number()?,
        principal: match reader.byte()? {
            0 => None,
            1 => Some(text(reader, data)?),
            _ => return Err("unknown principal"),
        },
    };
    if live.flashes.last().is_some_and(|last| last.seq >= live.next_seq) {
        return Err("flash messages from the future");
    }
    if data.len() > SURELY_WITHIN && claim(&live) > LIMIT {
        return Err("larger than any record");
    }
    Ok(live)
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
