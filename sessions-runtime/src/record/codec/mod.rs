//! The data bytes of a record: a format byte, then an envelope around values that stay encoded.
//!
//! ```text
//! 1 | 0 created deadline lifetime [name value].. [seq queue level text value].. next_seq principal     a living session
//! 1 | 1 to until                                                                                       moved away
//! ```
//!
//! The envelope is what bincode 2 writes with its standard configuration, byte for byte. It is written and read by hand,
//! because this is on the way of every request, and bincode takes three times the instructions; the tests let both work on
//! the same records, whole and damaged. Numbers up to 250 are one byte; 251, 252 and 253 announce two, four and eight
//! bytes, the lowest first. Texts, bytes and lists begin with their length.

mod read;
mod write;

pub(crate) use read::{decode, decode_live};
pub(crate) use write::{encode_live, encode_moved, is_written_as};

use super::Live;

/// The version of this format. Sealed cookies hold it too.
const FORMAT: u8 = 1;

const LIVE: u8 = 0;
const MOVED: u8 = 1;

/// What a record may [claim](claim).
const LIMIT: usize = 1 << 20;

/// Up to this length no record claims more than the limit: an entry has at least two bytes, a flash message five.
const SURELY_WITHIN: usize = LIMIT / 16 - 64;

/// The memory that a record takes when it is read, roughly; also an upper bound of its length.
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

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
