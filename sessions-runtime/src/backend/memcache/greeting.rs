//! What a server says about itself when a connection to it is new.
//!
//! It is asked before the first command, because a server that does not know a command takes the record after it for
//! commands, and one to which a record is too large deletes the one that was to be replaced.

use super::reply::{Malformed, number};

/// The question: three commands that every memcached knows.
pub(super) const QUESTION: &[u8] = b"version\r\nstats\r\nstats settings\r\n";
/// The answer takes some six thousand bytes.
const LONGEST: usize = 32 * 1_024;
/// The first version whose meta commands have their present form.
const OLDEST: [u32; 3] = [1, 6, 10];

/// The answer. What a server does not say is taken as usual.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    /// As far as it is too old.
    pub(super) too_old: Option<String>,
    /// The present second by the server's clock, which goes by its start and may be wrong.
    pub(super) time: Option<u64>,
    /// The largest item, `-I`.
    pub(super) item_size: Option<usize>,
    /// Whether items have versions: not with `-C`.
    pub(super) versions: bool,
    /// Whether old items make room for new ones: not with `-M`.
    pub(super) evicts: bool,
}

/// Reads the whole answer; `None` while it goes on.
pub(super) fn parse(buffer: &[u8]) -> Result<Option<Greeting>, Malformed> {
    let mut greeting = Greeting {
        too_old: None,
        time: None,
        item_size: None,
        versions: true,
        evicts: true,
    };
    let mut lines = Lines { rest: buffer };
    let Some(first) = lines.next()? else {
        return unfinished(buffer);
    };
    match first.strip_prefix(b"VERSION ") {
        Some(version) => greeting.too_old = too_old(version),
        None if is_error(first) => {}
        None => return Err(Malformed::Foreign),
    }
    let mut lists = 0;
    while lists < 2 {
        let Some(line) = lines.next()? else {
            return unfinished(buffer);
        };
        if line == b"END" || is_error(line) {
            lists += 1;
            continue;
        }
        let fact = line.strip_prefix(b"STAT ").ok_or(Malformed::Foreign)?;
        if let Some(time) = fact.strip_prefix(b"time ") {
            greeting.time = number(time);
        } else if let Some(size) = fact.strip_prefix(b"item_size_max ") {
            greeting.item_size = number(size).and_then(|size| usize::try_from(size).ok());
        } else if fact == b"cas_enabled no" {
            greeting.versions = false;
        } else if fact == b"evictions off" {
            greeting.evicts = false;
        }
    }
    if lines.rest.is_empty() {
        Ok(Some(greeting))
    } else {
        Err(Malformed::Foreign)
    }
}

fn unfinished(buffer: &[u8]) -> Result<Option<Greeting>, Malformed> {
    if buffer.len() < LONGEST {
        Ok(None)
    } else {
        Err(Malformed::Endless)
    }
}

struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let Some(end) = memchr::memchr(b'\n', self.rest) else {
            return Ok(None);
        };
        let line = self.rest[..end].strip_suffix(b"\r").ok_or(Malformed::Foreign)?;
        self.rest = &self.rest[end + 1..];
        Ok(Some(line))
    }
}

/// Proxies do not answer everything.
fn is_error(line: &[u8]) -> bool {
    line == b"ERROR" || line.starts_with(b"CLIENT_ERROR") || line.starts_with(b"SERVER_ERROR")
}

/// The version, if it is one and too old. What has no three numbers, as a proxy's, is not known to be.
fn too_old(version: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(version).ok()?;
    let mut numbers = text
        .split(['.', '-', '_', ' '])
        .map(|part| part.parse::<u32>().ok());
    let version = [numbers.next()??, numbers.next()??, numbers.next()??];
    (version < OLDEST).then(|| version.map(|number| number.to_string()).join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &[u8] = b"VERSION 1.6.18\r\nSTAT pid 1\r\nSTAT time 1800000000\r\nSTAT time_in_listen_disabled_us 0\r\nEND\r\n\
        STAT maxbytes 67108864\r\nSTAT evictions on\r\nSTAT cas_enabled yes\r\nSTAT item_size_max 1048576\r\nEND\r\n";

    #[test]
    fn the_answer_is_read_once_it_is_whole() {
        for end in 0..USUAL.len() {
            assert_eq!(parse(&USUAL[..end]), Ok(None), "{end}");
        }
        let expected = Greeting {
            too_old: None,
            time: Some(1_800_000_000),
            item_size: Some(1_048_576),
            versions: true,
            evicts: true,
        };
        assert_eq!(parse(USUAL), Ok(Some(expected)));
    }

    #[test]
    fn settings_that_matter_are_seen() {
        let answer =
            b"VERSION 1.5.22\r\nEND\r\nSTAT evictions off\r\nSTAT cas_enabled no\r\nSTAT item_size_max 2048\r\nEND\r\n";
        let expected = Greeting {
            too_old: Some("1.5.22".to_owned()),
            time: None,
            item_size: Some(2_048),
            versions: false,
            evicts: false,
        };
        assert_eq!(parse(answer), Ok(Some(expected)));
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, old) in [
            ("1.6.9", true),
            ("1.4.39-custom", true),
            ("0.9.100", true),
            ("1.6.10", false),
            ("1.6.18", false),
            ("1.10.0", false),
            ("2.0.0_dev", false),
            ("proxy", false),
            ("1.6", false),
        ] {
            assert_eq!(too_old(version.as_bytes()).is_some(), old, "{version}");
        }
    }

    #[test]
    fn a_server_need_not_tell() {
        for answer in [
            &b"VERSION x\r\nERROR\r\nERROR\r\n"[..],
            b"ERROR\r\nSERVER_ERROR no\r\nCLIENT_ERROR no\r\n",
            b"VERSION 1.6.18\r\nEND\r\nEND\r\n",
        ] {
            let expected = Greeting {
                too_old: None,
                time: None,
                item_size: None,
                versions: true,
                evicts: true,
            };
            assert_eq!(parse(answer), Ok(Some(expected)));
        }
    }

    #[test]
    fn another_server_is_not_taken_for_memcached() {
        for answer in [
            &b"-ERR unknown command 'version'\r\n"[..],
            b"HTTP/1.1 400 Bad Request\r\n",
            b"VERSION 1.6.18\n",
            b"VERSION 1.6.18\r\n+OK\r\n",
            b"VERSION 1.6.18\r\nEND\r\nHD\r\n",
            b"VERSION 1.6.18\r\nEND\r\nEND\r\nHD\r\n",
        ] {
            assert_eq!(parse(answer), Err(Malformed::Foreign));
        }
        assert_eq!(parse(&b"A".repeat(LONGEST)), Err(Malformed::Endless));
    }
}
