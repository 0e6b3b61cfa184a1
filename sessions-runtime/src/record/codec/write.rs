//! Writing the data of a record, and asking whether it would be written as it is.

use bytes::Bytes;

use super::{FORMAT, LIMIT, LIVE, MOVED, SURELY_WITHIN, claim};
use crate::clock::Timestamp;
use crate::error::{ErrorKind, SessionError};
use crate::id::StoreKey;
use crate::record::wire::Out;
use crate::record::{Lifetime, Live};

/// Appends a living session to `out`.
///
/// # Errors
///
/// `TooLarge` where the record could not be read back; nothing is appended then.
pub(crate) fn encode_live(live: &Live, out: &mut Vec<u8>) -> Result<(), SessionError> {
    let start = out.len();
    out.reserve(64 + live.entries.room());
    live_envelope(live, out);
    if out.len() - start > SURELY_WITHIN && claim(live) > LIMIT {
        out.truncate(start);
        return Err(SessionError::new(
            ErrorKind::TooLarge,
            "the session is larger than 1 MiB, which no record may be; keep large data elsewhere and its id here",
        ));
    }
    Ok(())
}

/// Whether `encode_live` would write exactly these bytes: changed means that it would not. Allocates nothing; who writes
/// anyway compares what was written.
pub(crate) fn is_written_as(live: &Live, data: &[u8]) -> bool {
    let mut same = Same { rest: Some(data) };
    live_envelope(live, &mut same);
    same.rest.is_some_and(<[u8]>::is_empty)
}

/// The data of a record whose session moved to another key.
pub(crate) fn encode_moved(to: StoreKey, until: Timestamp) -> Bytes {
    let mut out = Vec::with_capacity(44);
    out.put(&[FORMAT, MOVED]);
    out.put(to.as_bytes());
    out.number(until.unix());
    out.into()
}

fn live_envelope(live: &Live, out: &mut impl Out) {
    let Live {
        created,
        deadline,
        lifetime,
        entries,
        flashes,
        next_seq,
        principal,
    } = live;
    out.put(&[FORMAT, LIVE]);
    out.number(created.unix());
    out.number(deadline.unix());
    match lifetime {
        Lifetime::Configured => out.put(&[0]),
        Lifetime::Browser => out.put(&[1]),
        Lifetime::For(seconds) => {
            out.put(&[2]);
            out.number(*seconds);
        }
    }
    entries.write(out);
    out.number(flashes.len() as u64);
    for flash in flashes {
        out.number(flash.seq);
        for text in [&flash.queue, &flash.level, &flash.text] {
            out.bytes(text.as_bytes());
        }
        out.bytes(&flash.value);
    }
    out.number(*next_seq);
    match principal {
        None => out.put(&[0]),
        Some(principal) => {
            out.put(&[1]);
            out.bytes(principal.as_bytes());
        }
    }
}

/// Takes only what is there already: what is left of it, or `None` after the first difference.
struct Same<'a> {
    rest: Option<&'a [u8]>,
}

impl Out for Same<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.rest = self.rest.and_then(|rest| rest.strip_prefix(bytes));
    }
}
