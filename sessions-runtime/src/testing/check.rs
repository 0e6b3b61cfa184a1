//! What every answer must keep to in its `Set-Cookie` lines: what RFC 6265bis, section 4.1, asks of servers.

use std::collections::HashSet;

use actix_web::http::header::{self, HeaderValue};

use super::reply::Reply;
use super::set_cookie::{MAX_ATTRIBUTE, MAX_PAIR, SetCookie};

/// What comes back in one header (S30).
const MAX_TOGETHER: usize = 8_192;
const MAX_AGE: i64 = 400 * 86_400;
const PREFIXES: [&str; 4] = ["__Host-Http-", "__Host-", "__Secure-", "__Http-"];

/// Checks all `Set-Cookie` lines of an answer as strictly as the standard allows.
///
/// At most one line for a name; only permitted octets, in the canonical layout; at most 4,096 bytes a line, and 8,192 for all
/// pairs together; known attributes, each once; an explicit `SameSite`; the rules of name prefixes; lives of at most 400 days;
/// removals that remove in every browser (empty value, `Max-Age=0` and a past `Expires`).
///
/// The [`Client`](super::Client) runs it on every answer. It knows besides what it was sent before: it compares removals with
/// the cookie they are meant for, and refuses cookies for another domain.
///
/// # Errors
///
/// The first fault, with the name of the cookie and never its value.
///
/// # Examples
///
/// ```
/// use actix_web::{HttpResponse, web};
/// use sessions_runtime::testing::{Client, check_set_cookies, serve};
///
/// # actix_web::rt::System::new().block_on(async {
/// let server = serve(|app| {
///     let line = ("set-cookie", "theme=dark");
///     app.route("/", web::get().to(move || async move { HttpResponse::Ok().insert_header(line).finish() }));
/// });
/// let reply = Client::new(&server).get("/").unchecked().send().await;
/// assert_eq!(check_set_cookies(&reply).unwrap_err(), "cookie `theme`: SameSite must be explicit");
/// # });
/// ```
pub fn check_set_cookies(reply: &Reply) -> Result<(), String> {
    let lines = reply.headers.get_all(header::SET_COOKIE);
    check_set_cookie_lines(lines.map(HeaderValue::as_bytes))
}

/// The same for the `Set-Cookie` lines of an answer that came another way, such as by `actix_web::test`.
///
/// # Errors
///
/// As [`check_set_cookies`].
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::check_set_cookie_lines;
///
/// let twice = ["theme=dark; Path=/; SameSite=Lax", "theme=light; Path=/; SameSite=Lax"];
/// let fault = check_set_cookie_lines(twice.map(str::as_bytes)).unwrap_err();
/// assert_eq!(fault, "cookie `theme`: set twice in one answer");
/// ```
pub fn check_set_cookie_lines<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Result<(), String> {
    let (mut seen, mut together) = (HashSet::new(), 0);
    for line in lines {
        let cookie = check_line(line)?;
        together += cookie.name.len() + cookie.value.len() + "=; ".len();
        if !seen.insert(cookie.name.clone()) {
            return Err(format!("cookie `{}`: set twice in one answer", cookie.name));
        }
    }
    if together > MAX_TOGETHER {
        return Err(format!(
            "the cookies have {together} bytes together, more than the {MAX_TOGETHER} that servers commonly accept"
        ));
    }
    Ok(())
}

fn check_line(line: &[u8]) -> Result<SetCookie, String> {
    if !line.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err("a Set-Cookie line has control or non-ASCII octets".to_owned());
    }
    let Some(cookie) = SetCookie::parse(line) else {
        return Err("a Set-Cookie line is empty or too long for browsers".to_owned());
    };
    // Only printable ASCII is left.
    let text = String::from_utf8_lossy(line);
    match fault(&cookie, &text) {
        Some(fault) => Err(format!("cookie `{}`: {fault}", cookie.name)),
        None => Ok(cookie),
    }
}

fn fault(cookie: &SetCookie, line: &str) -> Option<String> {
    if line.len() > MAX_PAIR {
        return Some(format!("the line has {} bytes, more than {MAX_PAIR}", line.len()));
    }
    let mut parts = line.split(';');
    pair_fault(parts.next()?)
        .or_else(|| attributes_fault(parts))
        .or_else(|| rule_fault(cookie).map(str::to_owned))
}

fn pair_fault(pair: &str) -> Option<String> {
    let Some((name, value)) = pair.split_once('=') else {
        return Some("name without `=`".to_owned());
    };
    let token = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Some("the name is not a token".to_owned());
    }
    let value = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    let octet = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
    (!value.bytes().all(octet)).then(|| "the value has octets that cookies must not have".to_owned())
}

fn attributes_fault<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = HashSet::new();
    for part in parts {
        let Some(attribute) = part.strip_prefix(' ').filter(|rest| rest.trim() == *rest) else {
            return Some("attributes are separated by `; `".to_owned());
        };
        let (name, value) = match attribute.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (attribute, None),
        };
        let well_formed = match name.to_ascii_lowercase().as_str() {
            "secure" | "httponly" | "partitioned" => value.is_none(),
            "samesite" => matches!(value, Some("Strict" | "Lax" | "None")),
            "path" => value.is_some_and(|path| path.starts_with('/')),
            "max-age" => {
                value.is_some_and(|age| !age.is_empty() && age.bytes().all(|byte| byte.is_ascii_digit()))
            }
            "expires" => value.is_some_and(|date| super::date::parse(date).is_some()),
            "domain" => value.is_some_and(|domain| !domain.is_empty() && !domain.starts_with('.')),
            _ => return Some(format!("unknown attribute `{name}`")),
        };
        if !well_formed || value.is_some_and(|value| value.len() > MAX_ATTRIBUTE || value.trim() != value) {
            return Some(format!("attribute `{name}` is malformed or too long"));
        }
        if !seen.insert(name.to_ascii_lowercase()) {
            return Some(format!("attribute `{name}` appears twice"));
        }
    }
    None
}

fn rule_fault(cookie: &SetCookie) -> Option<&'static str> {
    let prefix = PREFIXES.into_iter().find(|prefix| {
        cookie
            .name
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    });
    let past = cookie.expires.is_some_and(|moment| moment.unix() < 365 * 86_400);
    if cookie.same_site.is_none() {
        Some("SameSite must be explicit")
    } else if cookie.same_site.as_deref() == Some("None") && !cookie.secure {
        Some("SameSite=None needs Secure")
    } else if cookie.partitioned && !cookie.secure {
        Some("Partitioned needs Secure")
    } else if prefix.is_some_and(|prefix| !cookie.name.starts_with(prefix)) {
        Some("the prefix is misspelt")
    } else if cookie.max_age.is_some_and(|seconds| seconds > MAX_AGE) {
        Some("Max-Age is over 400 days")
    } else if (cookie.is_removal() || past) && !(cookie.value.is_empty() && cookie.max_age == Some(0) && past)
    {
        Some("a removal needs an empty value, Max-Age=0 and a past Expires")
    } else {
        cookie.prefix_fault()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str]) -> Result<(), String> {
        check_set_cookie_lines(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn correct_lines_pass() {
        let removal = "b=; Path=/; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        assert_eq!(
            check(&[
                "__Host-a=x; Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
                removal
            ]),
            Ok(())
        );
        assert_eq!(
            check(&["a=\"x\"; Max-Age=34560000; Domain=shop.example; SameSite=Strict"]),
            Ok(())
        );
        assert_eq!(check(&["a=; SameSite=Lax", "A=; SameSite=Lax"]), Ok(()));
    }

    #[test]
    fn one_name_is_set_once() {
        assert!(
            check(&["a=1; SameSite=Lax", "a=2; Path=/x; SameSite=Lax"])
                .is_err_and(|err| err.contains("twice"))
        );
    }

    #[test]
    fn each_fault_is_found() {
        for (line, fault) in [
            ("a=\u{e4}; SameSite=Lax", "non-ASCII"),
            ("a b=1; SameSite=Lax", "token"),
            ("=1; SameSite=Lax", "token"),
            ("a; SameSite=Lax", "without `=`"),
            ("a=1 2; SameSite=Lax", "octets"),
            ("a=1,2; SameSite=Lax", "octets"),
            ("a=\"1; SameSite=Lax", "octets"),
            ("a=1;SameSite=Lax", "separated"),
            ("a=1; SameSite=Lax;", "separated"),
            ("a=1;  SameSite=Lax", "separated"),
            ("a=1; SameSite=lax", "malformed"),
            ("a=1; SameSite=Lax; Secure=1", "malformed"),
            ("a=1; SameSite=Lax; Path=x", "malformed"),
            ("a=1; SameSite=Lax; Max-Age=-1", "malformed"),
            ("a=1; SameSite=Lax; Expires=never", "malformed"),
            ("a=1; SameSite=Lax; Domain=.shop.example", "malformed"),
            ("a=1; SameSite=Lax; Priority=High", "unknown"),
            ("a=1; SameSite=Lax; SameSite=Lax", "appears twice"),
            ("a=1; Path=/", "explicit"),
            ("a=1; SameSite=None", "needs Secure"),
            ("a=1; SameSite=Lax; Partitioned", "needs Secure"),
            ("__host-a=1; SameSite=Lax; Secure; Path=/", "misspelt"),
            ("__Host-a=1; SameSite=Lax; Secure", "Path=/"),
            ("a=1; SameSite=Lax; Max-Age=34560001", "400 days"),
            ("a=; SameSite=Lax; Max-Age=0", "removal"),
            (
                "a=1; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "removal",
            ),
            (
                "a=; SameSite=Lax; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "removal",
            ),
        ] {
            let err = check(&[line]).expect_err(line);
            assert!(err.contains(fault), "{line}: {err}");
        }
    }

    /// S30
    #[test]
    fn lines_that_fit_one_by_one_and_not_together_are_found() {
        let lines = ["a", "b", "c"].map(|name| format!("{name}={}; SameSite=Lax", "x".repeat(2_800)));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(check(&lines[..2]), Ok(()));
        assert!(check(&lines).is_err_and(|err| err.contains("together")));
    }

    #[test]
    fn long_lines_are_found_though_name_and_value_alone_would_fit() {
        let value = "x".repeat(4_081);
        assert!(check(&[&format!("a={value}; SameSite=Lax")]).is_err_and(|err| err.contains("bytes")));
        assert!(
            check(&[&format!("a={value}{value}; SameSite=Lax")]).is_err_and(|err| err.contains("too long"))
        );
    }
}
