//! Commands as memcached reads them, and the keys they name.

use base64_simd::{Out, URL_SAFE_NO_PAD};

use super::life::Life;
use crate::id::StoreKey;

/// The longest key that memcached takes.
pub(super) const LONGEST_KEY: usize = 250;
/// A hash as text.
const HASH: usize = 43;
/// What marks the key of a lock. No record's key ends with it: a hash has no colon.
const LOCK: &str = ":lock";

/// The key of an item: the prefix, a colon, and a hash; safe bytes only, whatever the cookie was (S55).
pub(super) struct Key<'a> {
    prefix: &'a str,
    hash: [u8; HASH],
    suffix: &'static str,
}

impl<'a> Key<'a> {
    /// The key of a record.
    pub(super) fn record(prefix: &'a str, key: &StoreKey) -> Self {
        let mut hash = [0; HASH];
        let _ = URL_SAFE_NO_PAD.encode(key.as_bytes(), Out::from_slice(&mut hash));
        Self {
            prefix,
            hash,
            suffix: "",
        }
    }

    /// The key of a lock, which is no record's.
    pub(super) fn lock(prefix: &'a str, key: &StoreKey) -> Self {
        Self {
            suffix: LOCK,
            ..Self::record(prefix, key)
        }
    }

    pub(super) fn len(&self) -> usize {
        Self::length(self.prefix.len()) - LOCK.len() + self.suffix.len()
    }

    /// How long the longest key with a prefix of this length is.
    pub(super) const fn length(prefix: usize) -> usize {
        prefix + 1 + HASH + LOCK.len()
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.prefix.as_bytes());
        out.push(b':');
        out.extend_from_slice(&self.hash);
        out.extend_from_slice(self.suffix.as_bytes());
    }
}

/// One atomic step at the server.
#[derive(Clone, Copy)]
pub(super) enum Command<'a> {
    /// Data, version and remaining life.
    Load,
    /// Another life; data and version stay.
    Touch(Life),
    /// An item where there is none.
    Create(Life, &'a [u8]),
    /// An item in the place of this version.
    Replace(u64, Life, &'a [u8]),
    /// No item, where there is this version, or any.
    Delete(Option<u64>),
}

impl Command<'_> {
    /// The bytes that it stores.
    pub(super) fn data(&self) -> &[u8] {
        match self {
            Self::Create(_, data) | Self::Replace(_, _, data) => data,
            Self::Load | Self::Touch(_) | Self::Delete(_) => &[],
        }
    }

    /// Appends the command, marked with a number that its reply has to repeat.
    pub(super) fn write(&self, key: &Key<'_>, opaque: u64, out: &mut Vec<u8>) {
        out.reserve(LONGEST_KEY + 64 + self.data().len());
        out.extend_from_slice(match self {
            Self::Load | Self::Touch(_) => b"mg ",
            Self::Create(..) | Self::Replace(..) => b"ms ",
            Self::Delete(_) => b"md ",
        });
        key.write(out);
        match *self {
            Self::Load => out.extend_from_slice(b" v c t"),
            Self::Touch(life) => write_life(life, out),
            Self::Create(life, data) => {
                write_number(" ", data.len() as u64, out);
                out.extend_from_slice(b" ME c");
                write_life(life, out);
            }
            Self::Replace(version, life, data) => {
                write_number(" ", data.len() as u64, out);
                write_version(version, out);
                out.extend_from_slice(b" c");
                write_life(life, out);
            }
            Self::Delete(None) => {}
            Self::Delete(Some(version)) => write_version(version, out),
        }
        write_number(" O", opaque, out);
        out.extend_from_slice(b"\r\n");
        if let Self::Create(_, data) | Self::Replace(_, _, data) = self {
            out.extend_from_slice(data);
            out.extend_from_slice(b"\r\n");
        }
    }
}

fn write_life(life: Life, out: &mut Vec<u8>) {
    match life {
        Life::Over => out.extend_from_slice(b" T-1"),
        Life::Seconds(number) | Life::Until(number) => write_number(" T", number, out),
    }
}

/// Zero is no version, and there are servers that read it as any: the last number, which no item gets to, stands for it.
fn write_version(version: u64, out: &mut Vec<u8>) {
    write_number(" C", if version == 0 { u64::MAX } else { version }, out);
}

fn write_number(before: &str, mut number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(before.as_bytes());
    let mut digits = [b'0'; 20];
    let mut first = digits.len() - 1;
    loop {
        // Below ten.
        digits[first] = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            break;
        }
        first -= 1;
    }
    out.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(command: Command<'_>) -> String {
        let mut out = Vec::new();
        command.write(&Key::record("app", &StoreKey::from_bytes([7; 32])), 3, &mut out);
        String::from_utf8(out).unwrap()
    }

    const KEY: &str = "app:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

    #[test]
    fn commands_are_what_memcached_reads() {
        let commands = [
            (Command::Load, format!("mg {KEY} v c t O3\r\n")),
            (Command::Touch(Life::Over), format!("mg {KEY} T-1 O3\r\n")),
            (
                Command::Create(Life::Seconds(60), b"data"),
                format!("ms {KEY} 4 ME c T60 O3\r\ndata\r\n"),
            ),
            (
                Command::Replace(8, Life::Until(2_000_000_000), b""),
                format!("ms {KEY} 0 C8 c T2000000000 O3\r\n\r\n"),
            ),
            (Command::Delete(None), format!("md {KEY} O3\r\n")),
            (
                Command::Delete(Some(u64::MAX)),
                format!("md {KEY} C{} O3\r\n", u64::MAX),
            ),
        ];
        for (command, expected) in commands {
            assert_eq!(written(command), expected);
        }
    }

    #[test]
    fn version_zero_fits_no_item() {
        let none = format!("C{}", u64::MAX);
        assert!(written(Command::Delete(Some(0))).contains(&none));
        assert!(written(Command::Replace(0, Life::Over, b"")).contains(&none));
    }

    /// S55, V25
    #[test]
    fn keys_have_safe_bytes_and_locks_have_their_own() {
        for byte in 0..=u8::MAX {
            let key = StoreKey::from_bytes([byte; 32]);
            let (record, lock) = (Key::record("a:lock", &key), Key::lock("a", &key));
            let mut texts = Vec::new();
            for key in [record, lock] {
                let mut out = Vec::new();
                key.write(&mut out);
                assert_eq!(out.len(), key.len());
                assert!(
                    out.iter()
                        .all(|byte| byte.is_ascii_alphanumeric() || b":-_".contains(byte))
                );
                texts.push(out);
            }
            assert_ne!(texts[0], texts[1]);
        }
        assert_eq!(
            Key::lock("app", &StoreKey::from_bytes([7; 32])).len(),
            Key::length(3)
        );
    }

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 9, 10, 1_234_567_890, u64::MAX] {
            let mut out = Vec::new();
            write_number("", number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }
}
