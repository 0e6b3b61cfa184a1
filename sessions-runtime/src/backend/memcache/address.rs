//! The address of a server, as it is written in a configuration.

use std::net::Ipv6Addr;

use super::reply::number;

const PORT: u16 = 11_211;

/// Host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Address {
    /// `host`, `host:port`, `[::1]` or `[::1]:port`; the message of an error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let told = |what: &str| format!("server `{}`: {what}", text.escape_debug());
        if text.contains("://") {
            return Err(told("is a URL; write host and port alone, `127.0.0.1:11211`"));
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest
                    .split_once(']')
                    .ok_or_else(|| told("lacks the `]` after the address"))?;
                if host.parse::<Ipv6Addr>().is_err() {
                    return Err(told("has no IPv6 address between the brackets"));
                }
                match rest.strip_prefix(':') {
                    None if rest.is_empty() => (host, None),
                    None => return Err(told("has something else than `:` and a port after the `]`")),
                    port => (host, port),
                }
            }
            None => match text.split_once(':') {
                Some((_, port)) if port.contains(':') => {
                    return Err(told(
                        "has several colons; write an IPv6 address in brackets, `[::1]:11211`",
                    ));
                }
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
        if host.is_empty() || !host.bytes().all(safe) {
            return Err(told(
                "is no host name; write `127.0.0.1:11211`, `cache.internal` or `[::1]:11211`",
            ));
        }
        let port = match port {
            None => PORT,
            Some(port) => number(port.as_bytes())
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port != 0)
                .ok_or_else(|| told("has no port from 1 to 65535 after the colon"))?,
        };
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// How the server is called in errors and logs, and what decides its share of the records.
    pub(super) fn name(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_have_one_name_each() {
        for (text, name) in [
            ("127.0.0.1:11211", "127.0.0.1:11211"),
            ("127.0.0.1", "127.0.0.1:11211"),
            ("Cache-1.Internal:7", "cache-1.internal:7"),
            ("[::1]", "[::1]:11211"),
            ("[::1]:65535", "[::1]:65535"),
        ] {
            assert_eq!(Address::parse(text).unwrap().name(), name);
        }
    }

    #[test]
    fn what_is_no_address_is_told_with_the_cure() {
        for (text, told) in [
            ("", "127.0.0.1:11211"),
            (":11211", "127.0.0.1:11211"),
            ("two words:1", "no host name"),
            ("host:", "port from 1"),
            ("host:0", "port from 1"),
            ("host:65536", "port from 1"),
            ("host:+80", "port from 1"),
            ("memcache://host:1", "is a URL"),
            ("::1", "in brackets"),
            ("[::1", "lacks the `]`"),
            ("[host]:1", "no IPv6"),
            ("[::1]1", "something else"),
        ] {
            let err = Address::parse(text).unwrap_err();
            assert!(err.contains(told), "{text}: {err}");
        }
    }
}
