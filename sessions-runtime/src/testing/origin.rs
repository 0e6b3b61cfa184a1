//! Where a client believes to be: what a URL says before its path.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Scheme, host and port of a URL, as far as cookies and the `Host` header depend on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether `Secure` cookies travel: https, or any scheme on a loopback host, as in Chromium.
    pub(crate) secure: bool,
    /// Lower case, no port, no brackets.
    pub(crate) host: String,
    /// What the `Host` header says.
    pub(crate) authority: String,
}

impl Origin {
    /// Reads `http://host`, `http://host:port` or the same with https, without a path.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (https, authority) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://")?),
        };
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']')?.0,
            None => authority.split_once(':').map_or(authority, |(host, _)| host),
        };
        let usable = authority
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"/?#@\\".contains(&byte));
        if host.is_empty() || !usable {
            return None;
        }
        let host = host.to_ascii_lowercase();
        Some(Self {
            secure: https || is_loopback(&host),
            authority: authority.to_owned(),
            host,
        })
    }

    /// Plain http to a socket, without a name.
    pub(crate) fn of(address: SocketAddr) -> Self {
        let secure = address.ip().is_loopback();
        Self {
            secure,
            host: address.ip().to_string(),
            authority: address.to_string(),
        }
    }

    /// Whether a cookie of this domain belongs to the host (RFC 6265bis, section 5.1.3).
    pub(crate) fn is_within(&self, domain: &str) -> bool {
        let parent = self
            .host
            .strip_suffix(domain)
            .is_some_and(|start| start.ends_with('.'));
        self.host == domain || (parent && self.host.parse::<IpAddr>().is_err())
    }
}

fn is_loopback(host: &str) -> bool {
    let named = host == "localhost" || host.ends_with(".localhost");
    named
        || host.parse().is_ok_and(|address| match address {
            IpAddr::V4(address) => address.is_loopback(),
            IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_counts_as_secure_and_other_plain_http_does_not() {
        for (text, host, secure) in [
            ("http://127.0.0.1:8080", "127.0.0.1", true),
            ("http://localhost", "localhost", true),
            ("http://[::1]:8080", "::1", true),
            ("http://Shop.Example:80/", "shop.example", false),
            ("https://shop.example", "shop.example", true),
        ] {
            let origin = Origin::parse(text).expect(text);
            assert_eq!((origin.host.as_str(), origin.secure), (host, secure));
            if let Ok(address) = origin.authority.parse() {
                assert_eq!(Origin::of(address), origin);
            }
        }
    }

    #[test]
    fn what_is_not_an_origin_is_refused() {
        for text in [
            "shop.example",
            "ftp://a",
            "http://",
            "http://a/b",
            "http://user@a",
            "http://a\r\nb",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_parent_domains_of_names_match() {
        let shop = Origin::parse("https://shop.example").expect("an origin");
        assert!(shop.is_within("shop.example") && shop.is_within("example"));
        assert!(!shop.is_within("hop.example") && !shop.is_within("a.shop.example"));
        assert!(
            !Origin::parse("http://127.0.0.1")
                .expect("an origin")
                .is_within("0.0.1")
        );
    }
}
