//! `Set-Cookie` lines, each written into one string.

use super::attributes::Attributes;
use crate::error::{ErrorKind, SessionError};

/// What RFC 6265bis 5.5 lets a cookie live at most, in seconds: 400 days.
pub(super) const LONGEST_AGE: u64 = 400 * 86_400;

/// One `Set-Cookie` line. `value` appends the value's `len` octets, of those that [`check_value`] allows: sealed texts are.
///
/// A longer `max_age` than 400 days becomes 400 days (S31); `None` lasts until the browser closes.
pub(crate) fn write_line(
    wire_name: &str,
    attributes: &Attributes,
    max_age: Option<u64>,
    len: usize,
    value: impl FnOnce(&mut String),
) -> String {
    let mut digits = itoa::Buffer::new();
    let (announced, age) = match max_age {
        Some(age) => ("; Max-Age=", digits.format(age.min(LONGEST_AGE))),
        None => ("", ""),
    };
    let suffix = attributes.suffix();
    // Exactly as long as it will be, so that it becomes a header without a further allocation.
    let len = wire_name.len() + "=".len() + len + announced.len() + age.len() + suffix.len();
    let mut line = String::with_capacity(len);
    line.push_str(wire_name);
    line.push('=');
    value(&mut line);
    line.push_str(announced);
    line.push_str(age);
    line.push_str(suffix);
    line
}

/// The line that makes a browser forget the cookie: the same attributes as it was set with, or it would stay (S35).
pub(crate) fn removal_line(wire_name: &str, attributes: &Attributes) -> String {
    let gone = "=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    [wire_name, gone, attributes.suffix()].concat()
}

/// Refuses a plain cookie's value with other octets than RFC 6265 allows (S28). Nothing is encoded silently: the reader
/// would have to know.
pub(crate) fn check_value(value: &str) -> Result<(), SessionError> {
    // `cookie-octet`: no controls, space, `"`, `,`, `;`, `\` or anything outside ASCII.
    let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x2B | 0x2D..=0x3A | 0x3C..=0x5B | 0x5D..=0x7E);
    if value.bytes().all(fits) {
        return Ok(());
    }
    Err(SessionError::new(
        ErrorKind::InvalidCookie,
        "the cookie's value has an octet that cookies must not have, such as a space, a comma or a letter outside ASCII; \
         use `set_json_cookie` or `set_secure_cookie`, which encode it",
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cookie::{CookieArgs, SameSite};

    fn attributes(args: &CookieArgs) -> Attributes {
        Attributes::resolve(args).expect("valid attributes")
    }

    fn line(args: &CookieArgs, max_age: Option<u64>) -> String {
        let line = write_line("__Host-session", &attributes(args), max_age, 5, |line| {
            line.push_str("value");
        });
        assert_eq!(line.capacity(), line.len());
        line
    }

    /// S21, S22, S23, S36
    #[test]
    fn defaults_are_the_safe_ones() {
        let session = line(&CookieArgs::new(), None);
        assert_eq!(
            session,
            "__Host-session=value; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        let kept = line(&CookieArgs::new(), Some(60));
        assert_eq!(
            kept,
            "__Host-session=value; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
    }

    /// S31, V22
    #[test]
    fn longer_ages_are_clamped_to_400_days() {
        assert!(line(&CookieArgs::new(), Some(34_560_000)).contains("; Max-Age=34560000;"));
        for age in [34_560_001, u64::MAX] {
            assert!(line(&CookieArgs::new(), Some(age)).contains("; Max-Age=34560000;"));
        }
    }

    /// S35, V38
    #[test]
    fn removal_has_the_attributes_of_the_cookie() {
        let args = CookieArgs::new()
            .path("/shop")
            .domain("example.com")
            .same_site(SameSite::None)
            .partitioned(true)
            .max_age(Duration::from_secs(60));
        assert_eq!(
            removal_line("__Secure-cart", &attributes(&args)),
            "__Secure-cart=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/shop; Domain=example.com; Secure; \
             HttpOnly; SameSite=None; Partitioned"
        );
        let set = line(&args, None);
        assert!(set.ends_with(attributes(&args).suffix()));
        assert!(removal_line("a", &attributes(&args)).ends_with(attributes(&args).suffix()));
    }

    /// S28, V17
    #[test]
    fn only_cookie_octets_are_values() {
        assert!(check_value("").is_ok());
        let allowed: String = (0x21..0x7F_u8)
            .map(char::from)
            .filter(|octet| !"\",;\\".contains(*octet))
            .collect();
        assert_eq!(allowed.len(), 90);
        assert!(check_value(&allowed).is_ok());
        for octet in (0..=0x20).chain(0x7F..=0xFF).chain(*b"\",;\\") {
            let err = check_value(&format!("a{}b", char::from(octet))).expect_err("a refused value");
            assert_eq!(err.kind(), ErrorKind::InvalidCookie, "{octet}");
        }
        let err = check_value("secret value").expect_err("a refused value");
        assert!(!format!("{err:?}").contains("secret value"));
    }
}
