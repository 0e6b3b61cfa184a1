//! Names of cookies, and the prefixes that browsers enforce.

use crate::error::{ErrorKind, SessionError};

/// Longer names would only eat the room of the value.
const LONGEST: usize = 128;

/// Refuses a name that is not a token of RFC 6265, or longer than 128 bytes (S28).
pub(crate) fn check_name(name: &str) -> Result<(), SessionError> {
    let problem = if name.is_empty() {
        "a cookie needs a name".to_owned()
    } else if name.len() > LONGEST {
        format!(
            "a cookie's name has at most {LONGEST} bytes, and this one has {}",
            name.len()
        )
    } else if !name.bytes().all(is_token) {
        format!(
            "the cookie name `{}` may have only letters, digits and `-_.` or other token characters",
            name.escape_debug()
        )
    } else {
        return Ok(());
    };
    Err(SessionError::new(ErrorKind::InvalidName, problem))
}

/// Whether a browser sees one of its prefixes in the name: in any case, as RFC 6265bis 5.4 says (S25).
pub(crate) fn has_prefix(name: &str) -> bool {
    name.starts_with("__")
        && ["__host-", "__secure-", "__http-"]
            .iter()
            .any(|prefix| starts_with(name, prefix))
}

/// The strongest prefix that these attributes allow (S24).
pub(crate) fn wire_prefix(secure: bool, path: &str, domain: Option<&str>) -> &'static str {
    match (secure, path, domain) {
        (false, ..) => "",
        (true, "/", None) => "__Host-",
        _ => "__Secure-",
    }
}

/// What the prefix in a name asks of the attributes and they do not have, if anything (S24, S70).
pub(super) fn broken_rule(
    name: &str,
    secure: bool,
    http_only: bool,
    path: &str,
    domain: Option<&str>,
) -> Option<&'static str> {
    if has_prefix(name) && !secure {
        return Some("`secure(true)`");
    }
    if starts_with(name, "__host-") {
        if domain.is_some() {
            return Some("no `domain`");
        }
        if path != "/" {
            return Some("the path `/`");
        }
    }
    let hidden = starts_with(name, "__http-") || starts_with(name, "__host-http-");
    (hidden && !http_only).then_some("`http_only(true)`")
}

fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S28, V17
    #[test]
    fn only_tokens_are_names() {
        for name in [
            "s",
            "session",
            "__Host-session",
            "a.b-c_d",
            "!#$%&'*+^`|~",
            &"n".repeat(128),
        ] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for octet in (0..=0x20).chain([0x7F]).chain(*b"()<>@,;:\\\"/[]?={}") {
            let name = format!("se{}ssion", char::from(octet));
            let err = check_name(&name).expect_err("a refused name");
            assert_eq!(err.kind(), ErrorKind::InvalidName);
            assert!(
                err.to_string().chars().all(|shown| !shown.is_control()),
                "{octet}"
            );
        }
        for name in [
            "",
            "sëssion",
            " session",
            "session ",
            "a\r\nSet-Cookie: b",
            &"n".repeat(129),
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    /// S25, S70
    #[test]
    fn prefixes_are_seen_in_any_case() {
        for name in [
            "__Host-a",
            "__hOsT-a",
            "__SECURE-a",
            "__http-a",
            "__Host-Http-a",
            "__host-",
        ] {
            assert!(has_prefix(name), "{name}");
        }
        for name in ["Host-a", "_Host-a", "__Hosta", "a__Host-", "__Hos", "__é", ""] {
            assert!(!has_prefix(name), "{name}");
        }
    }

    /// S24
    #[test]
    fn prefix_is_the_strongest_that_browsers_accept() {
        assert_eq!(wire_prefix(true, "/", None), "__Host-");
        assert_eq!(wire_prefix(true, "/shop", None), "__Secure-");
        assert_eq!(wire_prefix(true, "/", Some("example.com")), "__Secure-");
        assert_eq!(wire_prefix(false, "/", None), "");
        assert_eq!(wire_prefix(false, "/shop", Some("example.com")), "");
    }

    /// S24, S25, S70
    #[test]
    fn names_with_a_prefix_follow_its_rules() {
        assert_eq!(
            broken_rule("plain", false, false, "/x", Some("example.com")),
            None
        );
        assert_eq!(broken_rule("__Host-a", true, false, "/", None), None);
        assert_eq!(
            broken_rule("__hOST-a", false, false, "/", None),
            Some("`secure(true)`")
        );
        assert_eq!(
            broken_rule("__Host-a", true, false, "/x", None),
            Some("the path `/`")
        );
        assert_eq!(
            broken_rule("__Host-a", true, false, "/", Some("example.com")),
            Some("no `domain`")
        );
        assert_eq!(
            broken_rule("__Secure-a", true, false, "/x", Some("example.com")),
            None
        );
        assert_eq!(
            broken_rule("__Secure-a", false, false, "/", None),
            Some("`secure(true)`")
        );
        assert_eq!(
            broken_rule("__Http-a", true, false, "/", None),
            Some("`http_only(true)`")
        );
        assert_eq!(broken_rule("__Http-a", true, true, "/x", None), None);
        assert_eq!(
            broken_rule("__Host-Http-a", true, false, "/", None),
            Some("`http_only(true)`")
        );
        assert_eq!(
            broken_rule("__Host-Http-a", true, true, "/x", None),
            Some("the path `/`")
        );
        assert_eq!(broken_rule("__Host-Http-a", true, true, "/", None), None);
    }
}
