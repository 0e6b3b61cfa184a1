//! bincode's own reading and writing of records: what ours is compared with.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::de::{BorrowDecode, BorrowDecoder, Decode};
use bincode::enc::{Encode, Encoder};
use bincode::error::{DecodeError, EncodeError};
use bytes::Bytes;

use super::{FORMAT, LIMIT, LIVE, MOVED, claim};
use crate::clock::Timestamp;
use crate::id::StoreKey;
use crate::record::{Contents, Entries, Lifetime, Live, StoredFlash};

pub(super) const CONFIG: Configuration<LittleEndian, Varint, Limit<LIMIT>> =
    bincode::config::standard().with_limit::<LIMIT>();

/// What bincode writes.
pub(super) fn encode(contents: &Contents) -> Vec<u8> {
    let mut out = vec![FORMAT];
    let written = match contents {
        Contents::Live(live) => bincode::encode_into_std_write(LiveEnvelope(live), &mut out, CONFIG),
        Contents::Moved { to, until } => {
            let (to, until) = (*to, *until);
            bincode::encode_into_std_write(MovedEnvelope { to, until }, &mut out, CONFIG)
        }
    };
    written.expect("bytes and integers always encode, and a vector takes them all");
    out
}

/// What bincode makes of the data of a record, with everything that has to hold beyond its shape.
pub(super) fn decode(data: &Bytes) -> Option<Contents> {
    let (&FORMAT, envelope) = data.split_first()? else {
        return None;
    };
    let read = bincode::borrow_decode_from_slice_with_context(envelope, CONFIG, data);
    let (Envelope(contents), used) = read.ok()?;
    let fits = !matches!(&contents, Contents::Live(live) if claim(live) > LIMIT);
    (used == envelope.len() && fits).then_some(contents)
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
            name.encode(encoder)?;
            value.encode(encoder)?;
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
    let mut list: Vec<(&str, Option<&[u8]>)> = Vec::new();
    for _ in 0..count {
        let name = <&'de [u8]>::borrow_decode(decoder)?;
        let value = <&'de [u8]>::borrow_decode(decoder)?;
        let name = str::from_utf8(name).map_err(|inner| DecodeError::Utf8 { inner })?;
        if list.last().is_some_and(|(last, _)| *last >= name) {
            return Err(DecodeError::Other("entry names out of order"));
        }
        list.push((name, Some(value)));
    }
    let mut entries = Entries::default();
    entries.merge(list.into_iter());
    Ok(entries)
}

fn flashes<'de, 'data, D: BorrowDecoder<'de, Context = &'data Bytes>>(
    decoder: &mut D,
) -> Result<Vec<StoredFlash>, DecodeError> {
    let count = u64::decode(decoder)?;
    let mut flashes: Vec<StoredFlash> = Vec::new();
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
) -> Result<bytestring::ByteString, DecodeError> {
    bytestring::ByteString::try_from(slice(decoder)?).map_err(|inner| DecodeError::Utf8 { inner })
}
