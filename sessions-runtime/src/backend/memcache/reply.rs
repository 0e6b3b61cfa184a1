//! What memcached answers: one reply at the front of what was received, read without copying.

use std::ops::Range;

use memchr::memchr;

/// No status line is longer: a key is not part of it, and each flag has at most twenty digits.
const LONGEST_LINE: usize = 1_024;

/// The first word of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// `VA`: the item, with its data.
    Value,
    /// `HD`: done.
    Done,
    /// `EN`: nothing there, to `mg`.
    Missing,
    /// `NS`: not stored, because there is an item.
    NotStored,
    /// `EX`: the item has another version.
    Exists,
    /// `NF`: nothing there, to `ms` and `md`.
    NotFound,
    /// The server refuses, or fails.
    Refused(Refusal),
}

/// An error of the server's own. It names no command, so it belongs to the oldest one that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `SERVER_ERROR out of memory ..`
    OutOfMemory,
    /// `SERVER_ERROR object too large ..`
    TooLarge,
    /// Any other `SERVER_ERROR`.
    Server,
    /// `CLIENT_ERROR unauthenticated`
    Unauthenticated,
    /// Any other `CLIENT_ERROR`.
    Client,
    /// `ERROR`: it does not know the command.
    Unknown,
}

impl Refusal {
    /// Whether the server and this side may disagree about where the next reply begins: it took a part of a command for
    /// another one.
    pub(super) fn breaks_step(self) -> bool {
        matches!(self, Self::Unauthenticated | Self::Client | Self::Unknown)
    }
}

/// Where a reply lies in the buffer, and what its first line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: Status,
    /// What the command was marked with; errors of the server have none.
    pub(super) opaque: Option<u64>,
    pub(super) version: Option<u64>,
    /// Seconds until the item expires; `None` where it does not, or was not asked for.
    pub(super) left: Option<u64>,
    /// Somebody invalidated the item without deleting it.
    pub(super) stale: bool,
    pub(super) data: Range<usize>,
    /// How many bytes the whole reply takes.
    pub(super) length: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Whole(Head),
    /// The reply goes on; the buffer must hold at least so many bytes in all.
    Partial(usize),
}

/// Bytes that are no reply. What follows them cannot be trusted either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// Not what memcached says.
    Foreign,
    /// A line without an end.
    Endless,
    /// An item longer than any that is written here.
    Oversize,
}

/// Reads the reply at the front of a buffer. Items with more than `limit` bytes are refused by their first line, before
/// any room is made for them.
pub(super) fn parse(buffer: &[u8], limit: usize) -> Result<Progress, Malformed> {
    let Some(end) = memchr(b'\n', &buffer[..buffer.len().min(LONGEST_LINE)]) else {
        return if buffer.len() < LONGEST_LINE {
            Ok(Progress::Partial(buffer.len() + 1))
        } else {
            Err(Malformed::Endless)
        };
    };
    let line = buffer[..end].strip_suffix(b"\r").ok_or(Malformed::Foreign)?;
    let mut head = Head {
        status: Status::Done,
        opaque: None,
        version: None,
        left: None,
        stale: false,
        data: 0..0,
        length: end + 1,
    };
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    head.status = match words.next().unwrap_or_default() {
        b"VA" => {
            let size = words.next().and_then(number).ok_or(Malformed::Foreign)?;
            let size = usize::try_from(size)
                .ok()
                .filter(|size| *size <= limit)
                .ok_or(Malformed::Oversize)?;
            head.data = end + 1..end + 1 + size;
            head.length = head.data.end + 2;
            Status::Value
        }
        b"HD" => Status::Done,
        b"EN" => Status::Missing,
        b"NS" => Status::NotStored,
        b"EX" => Status::Exists,
        b"NF" => Status::NotFound,
        _ => {
            head.status = Status::Refused(refusal(line).ok_or(Malformed::Foreign)?);
            return Ok(Progress::Whole(head));
        }
    };
    for word in words {
        read_flag(&mut head, word)?;
    }
    if head.status == Status::Value {
        if buffer.len() < head.length {
            return Ok(Progress::Partial(head.length));
        }
        if buffer[head.data.end..head.length] != *b"\r\n" {
            return Err(Malformed::Foreign);
        }
    }
    Ok(Progress::Whole(head))
}

/// Flags that were not asked for may come with a later version, and are passed over.
fn read_flag(head: &mut Head, word: &[u8]) -> Result<(), Malformed> {
    let Some((flag, token)) = word.split_first() else {
        return Ok(());
    };
    match flag {
        b'O' => head.opaque = Some(number(token).ok_or(Malformed::Foreign)?),
        b'c' => head.version = Some(number(token).ok_or(Malformed::Foreign)?),
        b't' if token != b"-1" => head.left = Some(number(token).ok_or(Malformed::Foreign)?),
        b'X' => head.stale = true,
        _ => {}
    }
    Ok(())
}

fn refusal(line: &[u8]) -> Option<Refusal> {
    if line == b"ERROR" {
        return Some(Refusal::Unknown);
    }
    if let Some(text) = line.strip_prefix(b"SERVER_ERROR") {
        return Some(match text {
            _ if text.starts_with(b" out of memory") => Refusal::OutOfMemory,
            _ if text.starts_with(b" object too large") => Refusal::TooLarge,
            _ => Refusal::Server,
        });
    }
    let text = line.strip_prefix(b"CLIENT_ERROR")?;
    Some(if text.starts_with(b" unauthenticated") {
        Refusal::Unauthenticated
    } else {
        Refusal::Client
    })
}

/// Digits and nothing else; `None` also beyond 64 bits.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
