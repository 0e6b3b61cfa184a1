//! The response headers beside a session.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::sessions::Registry;

/// What the handler's response says itself. They are few, and to look for one by its name hashes it, so all that matters
/// here is found in one pass.
#[derive(Debug, Default)]
pub(super) struct Said {
    vary: bool,
    cache_control: bool,
    set_cookie: bool,
}

impl Said {
    pub(super) fn by(headers: &HeaderMap) -> Self {
        let mut said = Self::default();
        for name in headers.keys() {
            if *name == header::VARY {
                said.vary = headers.get_all(header::VARY).any(names_cookie);
            } else if *name == header::CACHE_CONTROL {
                said.cache_control = true;
            } else if *name == header::SET_COOKIE {
                said.set_cookie = true;
            }
        }
        said
    }

    /// Caches must not give one visitor's page to another (S38).
    pub(super) fn vary_by_cookie(&self, headers: &mut HeaderMap) {
        if !self.vary {
            headers.append(header::VARY, HeaderValue::from_static("Cookie"));
        }
    }

    /// A response that sets a session cookie is not stored, unless the handler says otherwise (S37).
    pub(super) fn not_stored(&self, headers: &mut HeaderMap) {
        if !self.cache_control {
            headers.append(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }

    /// Adds a line of the store's own.
    pub(super) fn add_cookie(&mut self, headers: &mut HeaderMap, line: String) {
        // Checked octet by octet when it was written, so this cannot fail; losing it silently would lose the session.
        match HeaderValue::try_from(line) {
            Ok(line) if self.set_cookie => set_cookie(headers, line),
            Ok(line) => headers.append(header::SET_COOKIE, line),
            Err(err) => tracing::error!(error = %err, "a cookie cannot be sent"),
        }
        self.set_cookie = true;
    }
}

/// Whether a list of what a response depends on has the cookies in it.
fn names_cookie(vary: &HeaderValue) -> bool {
    vary.to_str().is_ok_and(|list| {
        list.split(',')
            .map(str::trim)
            .any(|name| name == "*" || name.eq_ignore_ascii_case("cookie"))
    })
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
    let Some(request) = request.filter(|_| registry.hint_pending()) else {
        return;
    };
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
    let host = text(header::HOST);
    let bare = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback =
        bare == "localhost" || bare.ends_with(".localhost") || bare.starts_with("127.") || bare == "[::1]";
    if loopback {
        let agent = text(header::USER_AGENT);
        let safari = agent.contains("Safari/") && !agent.contains("Chrome/") && !agent.contains("Chromium/");
        if !safari {
            return;
        }
    }
    let behind_tls = || {
        text(header::X_FORWARDED_PROTO).eq_ignore_ascii_case("https")
            || text(header::FORWARDED)
                .to_ascii_lowercase()
                .contains("proto=https")
    };
    if !behind_tls() && registry.hint_due() {
        tracing::warn!(
            "a session cookie with `Secure` goes out over plain http, and this browser will not return it: serve \
             https, tell the proxy to set `X-Forwarded-Proto`, or for development configure \
             `.cookie_args(CookieArgs::new().secure(false))`"
        );
    }
}
