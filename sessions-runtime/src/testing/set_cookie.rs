//! One `Set-Cookie` line, parsed as browsers parse it (RFC 6265bis, section 5.6).

use crate::clock::Timestamp;

use super::date;

/// Browsers ignore a cookie whose name and value are longer together.
pub(crate) const MAX_PAIR: usize = 4096;
/// Browsers ignore an attribute whose value is longer.
pub(crate) const MAX_ATTRIBUTE: usize = 1024;

/// A `Set-Cookie` line as a browser understands it.
///
/// Attributes are as sent: absent ones are `None`, and the last of a repeated one counts.
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::SetCookie;
///
/// let cookie = SetCookie::parse(b"theme=dark; Path=/; Max-Age=60; Secure; SameSite=Lax").unwrap();
/// assert_eq!((cookie.name.as_str(), cookie.value.as_str()), ("theme", "dark"));
/// assert_eq!(cookie.max_age, Some(60));
/// assert!(cookie.secure && !cookie.http_only);
/// assert_eq!(cookie.same_site.as_deref(), Some("Lax"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetCookie {
    /// The name as on the wire, prefix included.
    pub name: String,
    /// The value, quotes included where it has them.
    pub value: String,
    /// `Path`, if it begins with a slash; otherwise the browser takes the folder of the request.
    pub path: Option<String>,
    /// `Domain`, in lower case and without a leading dot.
    pub domain: Option<String>,
    /// `Max-Age` in seconds; wins over `Expires`.
    pub max_age: Option<i64>,
    /// `Expires`.
    pub expires: Option<Timestamp>,
    /// `SameSite` as spelled.
    pub same_site: Option<String>,
    /// `Secure`.
    pub secure: bool,
    /// `HttpOnly`.
    pub http_only: bool,
    /// `Partitioned`.
    pub partitioned: bool,
}

impl SetCookie {
    /// Parses the value of one `Set-Cookie` header; `None` where a browser ignores the whole line.
    ///
    /// Bytes that are not UTF-8 become replacement characters.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::testing::SetCookie;
    ///
    /// assert!(SetCookie::parse(b"theme=dark\r\nX-Injected: 1").is_none());
    /// ```
    pub fn parse(line: &[u8]) -> Option<Self> {
        if line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return None;
        }
        let text = String::from_utf8_lossy(line);
        let (pair, attributes) = text.split_once(';').unwrap_or((&text, ""));
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let mut cookie = Self::new(trim(name), trim(value));
        if cookie.name.len() + cookie.value.len() > MAX_PAIR
            || (cookie.name.is_empty() && cookie.value.is_empty())
        {
            return None;
        }
        for attribute in attributes.split(';') {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            if trim(value).len() <= MAX_ATTRIBUTE {
                cookie.attribute(trim(name), trim(value));
            }
        }
        Some(cookie)
    }

    /// A cookie without attributes.
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            path: None,
            domain: None,
            max_age: None,
            expires: None,
            same_site: None,
            secure: false,
            http_only: false,
            partitioned: false,
        }
    }

    /// Whether the line removes the cookie: a `Max-Age` of 0 or less, or without one an `Expires` in 1970.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::testing::SetCookie;
    ///
    /// assert!(SetCookie::parse(b"theme=; Path=/; Max-Age=0").unwrap().is_removal());
    /// assert!(!SetCookie::parse(b"theme=; Path=/").unwrap().is_removal());
    /// ```
    pub fn is_removal(&self) -> bool {
        const YEAR: u64 = 365 * 86_400;
        self.max_age.map_or(
            self.expires.is_some_and(|moment| moment.unix() < YEAR),
            |seconds| seconds <= 0,
        )
    }

    /// The rule of a name prefix that this cookie breaks. Prefixes are recognised in any case (S25).
    pub(crate) fn prefix_fault(&self) -> Option<&'static str> {
        // A nameless cookie is sent as its bare value, which must not look like a prefixed name to a server (V16).
        let name = if self.name.is_empty() {
            &self.value
        } else {
            &self.name
        }
        .to_ascii_lowercase();
        let (http, host) = (name.starts_with("__http-"), name.starts_with("__host-"));
        let (http, prefixed) = (
            http || name.starts_with("__host-http-"),
            http || host || name.starts_with("__secure-"),
        );
        if prefixed && self.name.is_empty() {
            Some("a nameless cookie must not pose as a prefixed one")
        } else if prefixed && !self.secure {
            Some("a prefixed name needs Secure")
        } else if http && !self.http_only {
            Some("this prefix needs HttpOnly")
        } else if host && self.domain.is_some() {
            Some("`__Host-` forbids Domain")
        } else if host && self.path.as_deref() != Some("/") {
            Some("`__Host-` needs Path=/")
        } else {
            None
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        match name.to_ascii_lowercase().as_str() {
            "expires" => self.expires = date::parse(value).or(self.expires),
            "max-age" => self.max_age = seconds(value).or(self.max_age),
            "domain" => {
                let domain = value.strip_prefix('.').unwrap_or(value).to_ascii_lowercase();
                self.domain = (!domain.is_empty()).then_some(domain);
            }
            "path" => self.path = value.starts_with('/').then(|| value.to_owned()),
            "samesite" => self.same_site = Some(value.to_owned()),
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "partitioned" => self.partitioned = true,
            _ => {}
        }
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Digits with an optional minus; what does not fit saturates, since browsers cut it to 400 days anyway.
fn seconds(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(
        text.parse()
            .unwrap_or(if digits == text { i64::MAX } else { i64::MIN }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> SetCookie {
        SetCookie::parse(line.as_bytes()).expect("a browser keeps this line")
    }

    #[test]
    fn white_space_and_case_of_attributes_do_not_matter() {
        let cookie = parse(" sid =\tabc ;  pAtH = /x ;SECURE;httponly; samesite=strict;domain=.Shop.Example");
        assert_eq!((cookie.name.as_str(), cookie.value.as_str()), ("sid", "abc"));
        assert_eq!(cookie.path.as_deref(), Some("/x"));
        assert_eq!(cookie.domain.as_deref(), Some("shop.example"));
        assert_eq!(cookie.same_site.as_deref(), Some("strict"));
        assert!(cookie.secure && cookie.http_only && !cookie.partitioned);
    }

    #[test]
    fn the_last_usable_attribute_counts() {
        let cookie =
            parse("a=b; Max-Age=5; Max-Age=never; Path=/x; Path=y; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!((cookie.max_age, cookie.path.clone()), (Some(5), None));
        assert!(!cookie.is_removal(), "Max-Age wins over Expires");
    }

    #[test]
    fn huge_ages_saturate_and_broken_ones_are_ignored() {
        assert_eq!(parse("a=b; Max-Age=99999999999999999999").max_age, Some(i64::MAX));
        assert_eq!(
            parse("a=b; Max-Age=-99999999999999999999").max_age,
            Some(i64::MIN)
        );
        for text in ["", "-", "+5", "5s", "0x5"] {
            assert_eq!(parse(&format!("a=b; Max-Age={text}")).max_age, None, "{text}");
        }
    }

    #[test]
    fn control_octets_and_oversize_drop_the_line_or_the_attribute() {
        assert!(SetCookie::parse(b"a=b\x00").is_none());
        assert!(SetCookie::parse(b"a=b; Path=/\x7f").is_none());
        assert!(SetCookie::parse(b"=").is_none());
        assert!(SetCookie::parse(format!("a={}", "x".repeat(4095)).as_bytes()).is_some());
        assert!(SetCookie::parse(format!("a={}", "x".repeat(4096)).as_bytes()).is_none());
        assert_eq!(parse(&format!("a=b; Path=/{}", "x".repeat(1024))).path, None);
    }

    #[test]
    fn prefixes_are_enforced_in_any_case() {
        for line in [
            "__Host-a=b; Path=/",
            "__hOsT-a=b; Secure; Path=/x",
            "__HOST-a=b; Secure",
            "__Host-a=b; Secure; Path=/; Domain=shop.example",
            "__Secure-a=b",
            "__Http-a=b; Secure",
            "__Host-Http-a=b; Secure; Path=/",
            "=__Host-a=b; Secure; Path=/",
        ] {
            assert!(parse(line).prefix_fault().is_some(), "{line}");
        }
        for line in [
            "__Host-a=b; Secure; Path=/",
            "__Secure-a=b; Secure; Domain=shop.example",
            "__Host-Http-a=b; Secure; HttpOnly; Path=/",
            "Host-a=b",
        ] {
            assert!(parse(line).prefix_fault().is_none(), "{line}");
        }
    }
}
