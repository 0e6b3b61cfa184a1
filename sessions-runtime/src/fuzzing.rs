//! Where bytes from outside first meet our code, as functions for fuzzers (`tests/fuzz`). Compiled for them and for the
//! tests, which replay the corpus that fuzzing left behind.
//!
//! Each takes any bytes, and panics where something is broken that must hold for all of them.

#![allow(clippy::missing_panics_doc, reason = "to panic is what a fuzzer waits for")]

use std::sync::LazyLock;

use bytes::Bytes;

use crate::clock::Timestamp;
use crate::cookie;
use crate::entropy;
use crate::record::{Contents, decode, encode_live, encode_moved, is_written_as};
use crate::seal::{KeyRing, Purpose, Refused, Sealer};
use crate::secret::SecretKey;

const NOW: Timestamp = Timestamp::from_unix(1_700_000_000);

/// A signing one, and an encrypting one where it is compiled in.
static SEALERS: LazyLock<Vec<Sealer>> = LazyLock::new(|| {
    let secret = SecretKey::from_bytes(b"v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t").expect("a fit secret");
    let versions: &[bool] = if cfg!(feature = "encryption") {
        &[false, true]
    } else {
        &[false]
    };
    let sealer =
        |&encrypt| KeyRing::new(&secret, &[], encrypt).sealer(Purpose::Session, "securecookie", "session");
    versions.iter().map(sealer).collect()
});

/// One `Cookie` header: the scanner finds the values that splitting at each `;` finds, for the first names in there.
pub fn cookie_header(header: &[u8]) {
    let pairs = header
        .split(|&octet| octet == b';')
        .enumerate()
        .filter_map(|(at, part)| {
            let part = if at == 0 {
                part
            } else {
                part.strip_prefix(b" ").unwrap_or(part)
            };
            let equals = part
                .iter()
                .position(|&octet| octet == b'=')
                .filter(|&equals| equals > 0)?;
            Some((&part[..equals], &part[equals + 1..]))
        });
    let names = pairs.clone().filter_map(|(name, _)| str::from_utf8(name).ok());
    for name in names.take(8).chain(["session"]) {
        let expected = pairs
            .clone()
            .filter_map(|(found, value)| (found == name.as_bytes()).then_some(value));
        assert!(
            cookie::values(header, name).eq(expected),
            "the scanner and the plain splitter differ"
        );
    }
}

fn sealed(sealer: &Sealer, data: &[u8]) -> String {
    let mut draft = sealer.draft(NOW, None, entropy::system).expect("random bytes");
    draft.buffer().extend_from_slice(data);
    let mut text = String::new();
    let frame = sealer.seal(draft).expect("any bytes can be sealed");
    frame.append_to(&mut text);
    text
}

/// A cookie value. As it is, it is no sealed text; sealed, it comes back, and no change of the text opens.
pub fn sealed_text(data: &[u8]) {
    for sealer in &*SEALERS {
        assert!(
            sealer.open(data, NOW).is_err(),
            "a text opens that was never sealed"
        );
        let text = sealed(sealer, data);
        match sealer.open(text.as_bytes(), NOW) {
            Ok(opened) => assert_eq!(opened.payload, data),
            // Longer than any cookie: refused unread.
            Err(refused) => assert!(refused == Refused::Malformed && text.len() > 8_192),
        }
        let mut changed = text.into_bytes();
        let (at, by) = (pick(data, 31) % changed.len(), pick(data, 37) % 255 + 1);
        changed[at] = changed[at].wrapping_add(u8::try_from(by).unwrap_or(1));
        assert!(sealer.open(&changed, NOW).is_err(), "a changed text opens");
        changed.truncate(at);
        assert!(sealer.open(&changed, NOW).is_err(), "a shortened text opens");
    }
}

/// The data of a record: what is read can be written, and reads back as the same.
pub fn record(data: &[u8]) {
    let Ok(contents) = decode(&Bytes::copy_from_slice(data)) else {
        return;
    };
    let written = match &contents {
        Contents::Live(live) => {
            let mut written = Vec::new();
            encode_live(live, &mut written).expect("what was read is within the limits");
            assert!(is_written_as(live, &written));
            written.into()
        }
        Contents::Moved { to, until } => encode_moved(*to, *until),
    };
    assert!(
        decode(&written).is_ok_and(|again| again == contents),
        "a record reads back as another one"
    );
}

/// What was received from a memcached: however it is cut on its way, the same replies are read.
#[cfg(feature = "memcache")]
pub fn memcached_reply(data: &[u8]) {
    crate::backend::memcache::fuzzing::replies(data);
}

/// The answer to the questions that a new connection to memcached begins with.
#[cfg(feature = "memcache")]
pub fn memcached_greeting(data: &[u8]) {
    crate::backend::memcache::fuzzing::greeting(data);
}

/// A number that depends on all of the data, so that the fuzzer chooses what is changed.
fn pick(data: &[u8], factor: usize) -> usize {
    data.iter().fold(factor, |sum, &octet| {
        sum.wrapping_mul(factor).wrapping_add(usize::from(octet))
    })
}

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The files that fuzzing left behind.
    pub(super) fn corpus(target: &str) -> Vec<PathBuf> {
        let place = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/fuzz/corpus")
            .join(target);
        let files: Vec<PathBuf> = fs::read_dir(&place)
            .expect("the corpus is part of the repository")
            .map(|file| file.expect("a readable directory").path())
            .collect();
        assert!(
            files.len() > 10,
            "{} has {} files only",
            place.display(),
            files.len()
        );
        files
    }

    /// Runs a function on every file of a corpus, and on shortened and changed copies of each.
    fn replay(target: &str, run: fn(&[u8])) {
        for path in corpus(target) {
            let data = fs::read(path).expect("a readable file");
            run(&data);
            for at in 0..data.len().min(64) {
                run(&data[..at]);
                let mut changed = data.clone();
                changed[at] ^= 0x81;
                run(&changed);
            }
        }
    }

    /// S32
    #[test]
    fn hostile_cookie_headers_are_split_as_by_hand() {
        replay("cookie_header", super::cookie_header);
    }

    /// S40, S47
    #[test]
    fn hostile_cookie_values_never_open() {
        replay("sealed_text", super::sealed_text);
    }

    /// S47, S48, T59
    #[test]
    fn hostile_records_are_refused_or_read_back_the_same() {
        replay("record", super::record);
    }

    /// S47, S48, V28
    #[cfg(feature = "memcache")]
    #[test]
    fn hostile_replies_of_memcached_are_cut_at_the_same_places_however_they_arrive() {
        replay("memcached_reply", super::memcached_reply);
    }

    /// S47
    #[cfg(feature = "memcache")]
    #[test]
    fn hostile_greetings_of_memcached_are_read_whole_or_refused() {
        replay("memcached_greeting", super::memcached_greeting);
    }
}
