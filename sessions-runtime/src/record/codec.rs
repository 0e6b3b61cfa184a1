//! The data bytes of a record: a format byte, then a bincode envelope around values that stay encoded.
//!
//! ```text
//! 1 | 0 created deadline lifetime [name value].. [seq queue level text value].. next_seq principal     a living session
//! 1 | 1 to until                                                                                       moved away
//! ```
//!
//! bincode is used for this envelope only. Its reader is given a limit, because without one ten hostile bytes ask for
//! more memory than there is and abort the process; and everything it reads must be used up, to the last byte.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::de::{BorrowDecode, BorrowDecoder, Decode};
use bincode::enc::write::Writer;
use bincode::enc::{Encode, Encoder};
use bincode::error::{DecodeError, EncodeError};
use bytes::Bytes;
use bytestring::ByteString;

use super::{Contents, Entries, Lifetime, Live, StoredFlash};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;

/// The version of this format. Sealed cookies hold it too.
const FORMAT: u8 = 1;

/// What a reader may claim, in bytes of the decoded form.
const LIMIT: usize = 1 << 20;

/// Room reserved before any entry was read: a number on the wire must not decide how much memory is taken.
const RESERVE: usize = 64;

const CONFIG: Configuration<LittleEndian, Varint, Limit<LIMIT>> =
    bincode::config::standard().with_limit::<LIMIT>();

const LIVE: u8 = 0;
const MOVED: u8 = 1;

/// Appends a living session to `out`.
///
/// # Errors
///
/// `TooLarge` where the record could not be read back.
pub(crate) fn encode_live(live: &Live, out: &mut Vec<u8>) -> Result<(), SessionError> {
    let size = claim(live);
    if size > LIMIT {
        return Err(SessionError::new(
            ErrorKind::TooLarge,
            "the session is larger than 1 MiB, which no record may be; keep large data elsewhere and its id here",
        ));
    }
    out.reserve(size);
    let start = out.len();
    out.push(FORMAT);
    bincode::encode_into_std_write(LiveEnvelope(live), out, CONFIG).map_err(|err| {
        out.truncate(start);
        SessionError::new(ErrorKind::Encode, "the session cannot be written as a record").with_source(err)
    })?;
    Ok(())
}

/// Whether `encode_live` would write exactly these bytes: the one test of whether a session changed. Stops at the first
/// difference, and allocates nothing.
pub(crate) fn is_written_as(live: &Live, data: &[u8]) -> bool {
    let Some((&FORMAT, envelope)) = data.split_first() else {
        return false;
    };
    let mut same = Same { rest: envelope };
    bincode::encode_into_writer(LiveEnvelope(live), &mut same, CONFIG).is_ok() && same.rest.is_empty()
}

/// A writer that takes only what is there already.
struct Same<'a> {
    rest: &'a [u8],
}

impl Writer for Same<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.rest = self
            .rest
            .strip_prefix(bytes)
            .ok_or(EncodeError::Other("another byte"))?;
        Ok(())
    }
}

/// The data of a record whose session moved to another key.
pub(crate) fn encode_moved(to: StoreKey, until: Timestamp) -> Bytes {
    let mut out = Vec::with_capacity(44);
    out.push(FORMAT);
    bincode::encode_into_std_write(MovedEnvelope { to, until }, &mut out, CONFIG)
        .expect("bytes and integers always encode, and a vector takes them all");
    out.into()
}

/// Reads the data of a record. Names and values are slices of `data`.
///
/// # Errors
///
/// `Corrupt` for everything that `encode_live` and `encode_moved` of this version do not write.
pub(crate) fn decode(data: &Bytes) -> Result<Contents, SessionError> {
    let Some((&FORMAT, envelope)) = data.split_first() else {
        return Err(corrupt(DecodeError::Other("unknown format version")));
    };
    let (Envelope(contents), used) =
        bincode::borrow_decode_from_slice_with_context(envelope, CONFIG, data).map_err(corrupt)?;
    if used == envelope.len() {
        Ok(contents)
    } else {
        Err(corrupt(DecodeError::Other("bytes after the end")))
    }
}

fn corrupt(err: DecodeError) -> SessionError {
    SessionError::new(
        ErrorKind::Corrupt,
        "the session record cannot be read by this version",
    )
    .with_source(err)
}

/// What the reader's limit counts for this record; also an upper bound of its length.
fn claim(live: &Live) -> usize {
    let entries: usize = live
        .entries
        .iter()
        .map(|(name, value)| 16 + name.len() + value.len())
        .sum();
    let flashes: usize = live
        .flashes
        .iter()
        .map(|flash| 40 + flash.queue.len() + flash.level.len() + flash.text.len() + flash.value.len())
        .sum();
    64 + entries + flashes + live.principal.as_ref().map_or(0, |principal| principal.len())
}

struct LiveEnvelope<'a>(&'a Live);

impl Encode for LiveEnvelope<'_> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let Live {
            created,
            deadline,
            lifetime,
            entries,
            flashes,
            next_seq,
            principal,
        } = self.0;
        LIVE.encode(encoder)?;
        created.unix().encode(encoder)?;
        deadline.unix().encode(encoder)?;
        match lifetime {
            Lifetime::Configured => 0u8.encode(encoder)?,
            Lifetime::Browser => 1u8.encode(encoder)?,
            Lifetime::For(seconds) => (2u8, seconds).encode(encoder)?,
        }
        (entries.len() as u64).encode(encoder)?;
        for (name, value) in entries.iter() {
            (**name).encode(encoder)?;
            (**value).encode(encoder)?;
        }
        (flashes.len() as u64).encode(encoder)?;
        for flash in flashes {
            flash.seq.encode(encoder)?;
            (*flash.queue).encode(encoder)?;
            (*flash.level).encode(encoder)?;
            (*flash.text).encode(encoder)?;
            (*flash.value).encode(encoder)?;
        }
        next_seq.encode(encoder)?;
        match principal {
            None => 0u8.encode(encoder),
            Some(principal) => (1u8, &**principal).encode(encoder),
        }
    }
}

struct MovedEnvelope {
    to: StoreKey,
    until: Timestamp,
}

impl Encode for MovedEnvelope {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        MOVED.encode(encoder)?;
        self.to.as_bytes().encode(encoder)?;
        self.until.unix().encode(encoder)
    }
}

/// `Contents` as it is read; the context is the buffer that names and values become slices of.
struct Envelope(Contents);

impl<'de, 'data> BorrowDecode<'de, &'data Bytes> for Envelope {
    fn borrow_decode<D: BorrowDecoder<'de, Context = &'data Bytes>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        match u8::decode(decoder)? {
            LIVE => live(decoder).map(Contents::Live).map(Self),
            MOVED => {
                let to = StoreKey::from_bytes(<[u8; 32]>::decode(decoder)?);
                let until = Timestamp::from_unix(u64::decode(decoder)?);
                Ok(Self(Contents::Moved { to, until }))
            }
            _ => Err(DecodeError::Other("unknown kind of record")),
        }
    }
}

fn live<'de, 'data, D: BorrowDecoder<'de, Context = &'data Bytes>>(
    decoder: &mut D,
) -> Result<Live, DecodeError> {
    let created = Timestamp::from_unix(u64::decode(decoder)?);
    let deadline = Timestamp::from_unix(u64::decode(decoder)?);
    let lifetime = match u8::decode(decoder)? {
        0 => Lifetime::Configured,
        1 => Lifetime::Browser,
        2 => Lifetime::For(u64::decode(decoder)?),
        _ => return Err(DecodeError::Other("unknown lifetime")),
    };
    let entries = entries(decoder)?;
    let flashes = flashes(decoder)?;
    let next_seq = u64::decode(decoder)?;
    if flashes.last().is_some_and(|last| last.seq >= next_seq) {
        return Err(DecodeError::Other("flash messages from the future"));
    }
    let principal = match u8::decode(decoder)? {
        0 => None,
        1 => Some(text(decoder)?),
        _ => return Err(DecodeError::Other("unknown principal")),
    };
    Ok(Live {
        created,
        deadline,
        lifetime,
        entries,
        flashes,
        next_seq,
        principal,
    })
}

fn entries<'de, 'data, D: BorrowDecoder<'de, Context = &'data Bytes>>(
    decoder: &mut D,
) -> Result<Entries, DecodeError> {
    let count = u64::decode(decoder)?;
    let mut entries = Entries::default();
    entries.reserve(usize::try_from(count).unwrap_or(RESERVE).min(RESERVE));
    for _ in 0..count {
        let (name, value) = (text(decoder)?, slice(decoder)?);
        if !entries.push_sorted(name, value) {
            return Err(DecodeError::Other("entry names out of order"));
        }
    }
    Ok(entries)
}

fn flashes<'de, 'data, D: BorrowDecoder<'de, Context = &'data Bytes>>(
    decoder: &mut D,
) -> Result<Vec<StoredFlash>, DecodeError> {
    let count = u64::decode(decoder)?;
    let mut flashes: Vec<StoredFlash> =
        Vec::with_capacity(usize::try_from(count).unwrap_or(RESERVE).min(RESERVE));
    for _ in 0..count {
        let flash = StoredFlash {
            seq: u64::decode(decoder)?,
            queue: text(decoder)?,
            level: text(decoder)?,
            text: text(decoder)?,
            value: slice(decoder)?,
        };
        if flashes.last().is_some_and(|last| last.seq >= flash.seq) {
            return Err(DecodeError::Other("flash messages out of order"));
        }
        flashes.push(flash);
    }
    Ok(flashes)
}

/// The next length-prefixed bytes, as a slice of the record's buffer.
fn slice<'de, 'data, D: BorrowDecoder<'de, Context = &'data Bytes>>(
    decoder: &mut D,
) -> Result<Bytes, DecodeError> {
    let slice = <&'de [u8]>::borrow_decode(decoder)?;
    Ok(decoder.context().slice_ref(slice))
}

fn text<'de, 'data, D: BorrowDecoder<'de, Context = &'data Bytes>>(
    decoder: &mut D,
) -> Result<ByteString, DecodeError> {
    ByteString::try_from(slice(decoder)?).map_err(|inner| DecodeError::Utf8 { inner })
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
