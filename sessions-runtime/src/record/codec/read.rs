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
use crate::record::packed::Packed;
use crate::record::{Contents, Entries, Lifetime, Live, StoredFlash};

/// Room reserved before any entry was read: a number on the wire must not decide how much memory is taken.
const RESERVE: u64 = 64;

type Result<T> = std::result::Result<T, &'static str>;

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
            until: reader.time()?,
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
        created: reader.time()?,
        deadline: reader.time()?,
        lifetime: match reader.byte()? {
            0 => Lifetime::Configured,
            1 => Lifetime::Browser,
            2 => Lifetime::For(reader.number()?),
            _ => return Err("unknown lifetime"),
        },
        entries: entries(reader, data)?,
        flashes: flashes(reader, data)?,
        next_seq: reader.number()?,
        principal: match reader.byte()? {
            0 => None,
            1 => Some(reader.text(data)?),
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

fn entries(reader: &mut Reader<'_>, data: &Bytes) -> Result<Entries> {
    let count = reader.number()?;
    let mut entries = Packed::within(data, room(count));
    for _ in 0..count {
        let (name, value) = (reader.bytes()?, reader.bytes()?);
        if !name.is_ascii() && str::from_utf8(name).is_err() {
            return Err("a name that is no text");
        }
        if !entries.push(name, value) {
            return Err("entry names out of order");
        }
    }
    Ok(Entries::packed(entries))
}

fn flashes(reader: &mut Reader<'_>, data: &Bytes) -> Result<Vec<StoredFlash>> {
    let count = reader.number()?;
    let mut flashes: Vec<StoredFlash> = Vec::with_capacity(room(count));
    for _ in 0..count {
        let flash = StoredFlash {
            seq: reader.number()?,
            queue: reader.text(data)?,
            level: reader.text(data)?,
            text: reader.text(data)?,
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

/// What is left of a record.
struct Reader<'a> {
    rest: &'a [u8],
}

const SHORT: &str = "an early end";

impl<'a> Reader<'a> {
    #[inline]
    fn byte(&mut self) -> Result<u8> {
        let (byte, rest) = self.rest.split_first().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*byte)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(SHORT)?;
        self.rest = rest;
        Ok(array)
    }

    #[inline]
    fn number(&mut self) -> Result<u64> {
        match self.byte()? {
            small @ ..=250 => Ok(u64::from(small)),
            251 => self.array().map(|bytes| u64::from(u16::from_le_bytes(*bytes))),
            252 => self.array().map(|bytes| u64::from(u32::from_le_bytes(*bytes))),
            253 => self.array().map(|bytes| u64::from_le_bytes(*bytes)),
            _ => Err("no number"),
        }
    }

    #[inline]
    fn time(&mut self) -> Result<Timestamp> {
        self.number().map(Timestamp::from_unix)
    }

    /// Bytes behind their length.
    #[inline]
    fn bytes(&mut self) -> Result<&'a [u8]> {
        let len = usize::try_from(self.number()?).map_err(|_| SHORT)?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(SHORT)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn text(&mut self, data: &Bytes) -> Result<ByteString> {
        ByteString::try_from(data.slice_ref(self.bytes()?)).map_err(|_| "a text that is none")
    }
}
