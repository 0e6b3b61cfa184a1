//! The response headers beside a session.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::sessions::Registry;

/// Caches must not give one visitor's page to another (S38).
pub(super) fn vary_by_cookie(headers: &mut HeaderMap) {
    let named = headers.get_all(header::VARY).any(|value| {
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .map(str::trim)
                .any(|name| name == "*" || name.eq_ignore_ascii_case("cookie"))
        })
    });
    if !named {
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
}

/// A response that sets a session cookie is not stored, unless the handler says otherwise (S37).
pub(super) fn not_stored(headers: &mut HeaderMap) {
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Adds lines of the store's own.
pub(super) fn set_cookies(headers: &mut HeaderMap, lines: impl IntoIterator<Item = String>) {
    for line in lines {
        // Checked octet by octet when it was written, so this cannot fail; losing it silently would lose the session.
        match HeaderValue::try_from(line) {
            Ok(line) => set_cookie(headers, line),
            Err(err) => tracing::error!(error = %err, "a cookie cannot be sent"),
        }
    }
}

/// Adds a line; of a name that the response sets already, ours stays: at most one line a name (S27).
pub(crate) fn set_cookie(headers: &mut HeaderMap, line: HeaderValue) {
    let name = |line: &HeaderValue| {
        line.as_bytes()
            .split(|byte| *byte == b'=')
            .next()
            .map(<[u8]>::to_vec)
    };
    if headers.contains_key(header::SET_COOKIE) {
        let ours = name(&line);
        let (taken, others): (Vec<HeaderValue>, Vec<HeaderValue>) = headers
            .get_all(header::SET_COOKIE)
            .cloned()
            .partition(|other| name(other) == ours);
        if !taken.is_empty() {
            tracing::warn!(
                "the handler's response sets a cookie that a session or the store sets too; theirs is sent"
            );
            headers.remove(header::SET_COOKIE);
            for other in others {
                headers.append(header::SET_COOKIE, other);
            }
        }
    }
    headers.append(header::SET_COOKIE, line);
}

/// Says once why a session may not stick: browsers keep `Secure` cookies from plain http, except on loopback hosts, and
/// Safari even there.
pub(super) fn hint_plain_http(request: Option<&HttpRequest>, registry: &Registry) {
    let Some(request) = request else { return };
    if request.app_config().secure() {
        return;
    }
    let text = |name: HeaderName| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if text(header::X_FORWARDED_PROTO).eq_ignore_ascii_case("https")
        || text(header::FORWARDED)
            .to_ascii_lowercase()
            .contains("proto=https")
    {
        return;
    }
    let host = text(header::HOST);
    let bare = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback =
        bare == "localhost" || bare.ends_with(".localhost") || bare.starts_with("127.") || bare == "[::1]";
    let agent = text(header::USER_AGENT);
    let safari = agent.contains("Safari/") && !agent.contains("Chrome/") && !agent.contains("Chromium/");
    if (!loopback || safari) && registry.hint_due() {
        tracing::warn!(
            "a session cookie with `Secure` goes out over plain http, and this browser will not return it: serve \
             https, tell the proxy to set `X-Forwarded-Proto`, or for development configure \
             `.cookie_args(CookieArgs::new().secure(false))`"
        );
    }
}
