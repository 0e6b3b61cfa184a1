//! The cookies of one browser, stored and sent by RFC 6265bis, sections 5.7 and 5.8.

use crate::clock::Timestamp;

use super::origin::Origin;
use super::set_cookie::SetCookie;

/// No cookie lives longer, whatever the server asks for.
const MAX_LIFE: i64 = 400 * 86_400;

/// A cookie jar. It knows no public suffixes and no cross-site requests: `SameSite` is kept, not acted on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar {
    /// In the order of creation; replacing a cookie keeps its place.
    cookies: Vec<Stored>,
}

#[derive(Clone, Debug)]
struct Stored {
    cookie: SetCookie,
    host_only: bool,
    domain: String,
    path: String,
    /// `None` lives as long as the browser.
    expiry: Option<Timestamp>,
    /// Put in by a test: there is no line it came from, so none that its removal could be compared with.
    planted: bool,
}

impl Jar {
    /// Stores a cookie that came with a response for `path`; `false` where a browser ignores it.
    pub(crate) fn store(&mut self, cookie: SetCookie, origin: &Origin, path: &str, now: Timestamp) -> bool {
        let Some(stored) = Stored::accept(cookie, origin, path, now) else {
            return false;
        };
        // A page without TLS cannot replace what a page with TLS has set.
        let shadows = |old: &Stored| {
            let related =
                origin.is_within(&old.domain) || old.domain.ends_with(&format!(".{}", stored.domain));
            old.cookie.secure
                && old.cookie.name == stored.cookie.name
                && related
                && path_matches(&stored.path, &old.path)
        };
        if !origin.secure && !stored.cookie.secure && self.cookies.iter().any(shadows) {
            return false;
        }
        match self.cookies.iter_mut().find(|old| old.is_same(&stored)) {
            Some(old) => *old = stored,
            None => self.cookies.push(stored),
        }
        self.cookies.retain(|cookie| cookie.is_alive(now));
        true
    }

    /// The `Cookie` header for a request, longest path first, then oldest first.
    pub(crate) fn header(&self, origin: &Origin, path: &str, now: Timestamp) -> Option<String> {
        let mut fitting: Vec<_> = self
            .cookies
            .iter()
            .filter(|stored| stored.is_for(origin, path, now))
            .collect();
        fitting.sort_by_key(|stored| std::cmp::Reverse(stored.path.len()));
        let pairs: Vec<_> = fitting.iter().map(|stored| stored.pair()).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The value of the first living cookie of this name, whatever its path.
    pub(crate) fn get(&self, name: &str, now: Timestamp) -> Option<&str> {
        let found = self
            .cookies
            .iter()
            .find(|stored| stored.cookie.name == name && stored.is_alive(now));
        found.map(|stored| stored.cookie.value.as_str())
    }

    /// Changes the value of every cookie of this name in place, or plants one for the whole host.
    pub(crate) fn plant(&mut self, name: &str, value: &str, origin: &Origin) {
        let mut known = false;
        for stored in self
            .cookies
            .iter_mut()
            .filter(|stored| stored.cookie.name == name)
        {
            value.clone_into(&mut stored.cookie.value);
            known = true;
        }
        if !known {
            self.cookies.push(Stored {
                cookie: SetCookie::new(name, value),
                host_only: true,
                domain: origin.host.clone(),
                path: "/".to_owned(),
                expiry: None,
                planted: true,
            });
        }
    }

    /// Forgets the cookies of this name.
    pub(crate) fn forget(&mut self, name: &str) {
        self.cookies.retain(|stored| stored.cookie.name != name);
    }

    /// The attribute in which a removal differs from the cookie it is meant for (S35).
    pub(crate) fn removal_fault(
        &self,
        removal: &SetCookie,
        origin: &Origin,
        path: &str,
    ) -> Option<&'static str> {
        let mut fault = None;
        let of_this_host = |stored: &&Stored| !stored.planted && origin.is_within(&stored.domain);
        for stored in self
            .cookies
            .iter()
            .filter(of_this_host)
            .filter(|stored| stored.cookie.name == removal.name)
        {
            let set = &stored.cookie;
            let here = if removal.domain != set.domain {
                "Domain"
            } else if removal.path.clone().unwrap_or_else(|| default_path(path)) != stored.path {
                "Path"
            } else if removal.secure != set.secure {
                "Secure"
            } else if removal.http_only != set.http_only {
                "HttpOnly"
            } else if removal.same_site != set.same_site {
                "SameSite"
            } else if removal.partitioned != set.partitioned {
                "Partitioned"
            } else {
                // Two cookies may have one name on two paths; one of them is the one meant.
                return None;
            };
            fault = Some(here);
        }
        fault
    }
}

impl Stored {
    fn accept(cookie: SetCookie, origin: &Origin, path: &str, now: Timestamp) -> Option<Self> {
        let needs_secure = cookie.partitioned
            || cookie
                .same_site
                .as_deref()
                .is_some_and(|rule| rule.eq_ignore_ascii_case("none"));
        let usable = cookie.prefix_fault().is_none()
            && (cookie.secure || !needs_secure)
            && (origin.secure || !cookie.secure)
            && cookie.domain.as_deref().is_none_or(|domain| {
                // A name of one label, such as `com`, is no domain of its own; the host itself may say it.
                origin.host == domain || (origin.is_within(domain) && domain.contains('.'))
            });
        if !usable {
            return None;
        }
        // `localhost` is a public suffix to browsers: naming it is the same as naming none.
        let host_only = cookie
            .domain
            .as_deref()
            .is_none_or(|domain| !domain.contains('.'));
        let expiry = match (cookie.max_age, cookie.expires) {
            (Some(seconds), _) if seconds <= 0 => Some(Timestamp::from_unix(0)),
            (Some(seconds), _) => Some(after(now, seconds.min(MAX_LIFE))),
            (None, Some(moment)) => Some(moment.min(after(now, MAX_LIFE))),
            (None, None) => None,
        };
        Some(Self {
            host_only,
            domain: cookie.domain.clone().unwrap_or_else(|| origin.host.clone()),
            path: cookie.path.clone().unwrap_or_else(|| default_path(path)),
            expiry,
            planted: false,
            cookie,
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        self.cookie.name == other.cookie.name
            && self.domain == other.domain
            && self.host_only == other.host_only
            && self.path == other.path
    }

    fn is_alive(&self, now: Timestamp) -> bool {
        self.expiry.is_none_or(|expiry| now < expiry)
    }

    fn is_for(&self, origin: &Origin, path: &str, now: Timestamp) -> bool {
        let host = if self.host_only {
            origin.host == self.domain
        } else {
            origin.is_within(&self.domain)
        };
        host && path_matches(path, &self.path) && (origin.secure || !self.cookie.secure) && self.is_alive(now)
    }

    fn pair(&self) -> String {
        let SetCookie { name, value, .. } = &self.cookie;
        if name.is_empty() {
            value.clone()
        } else {
            format!("{name}={value}")
        }
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_unix(now.unix().saturating_add_signed(seconds))
}

/// The folder of a request's path (section 5.1.4).
fn default_path(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if folder.starts_with('/') => folder.to_owned(),
        _ => "/".to_owned(),
    }
}

fn path_matches(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_000_000);

    fn at(text: &str) -> Origin {
        Origin::parse(text).expect("a test's origin is well-formed")
    }

    /// A jar that was offered these lines by `origin` for `path`.
    fn jar(origin: &str, path: &str, lines: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for line in lines {
            jar.store(
                SetCookie::parse(line.as_bytes()).expect(line),
                &at(origin),
                path,
                NOW,
            );
        }
        jar
    }

    fn sent(jar: &Jar, origin: &str, path: &str) -> String {
        jar.header(&at(origin), path, NOW).unwrap_or_default()
    }

    #[test]
    fn longer_paths_come_first_and_then_older_cookies() {
        let jar = jar(
            "http://localhost",
            "/",
            &["a=1; Path=/", "b=2; Path=/shop", "c=3; Path=/", "a=4; Path=/"],
        );
        assert_eq!(sent(&jar, "http://localhost", "/shop/cart"), "b=2; a=4; c=3");
        assert_eq!(sent(&jar, "http://localhost", "/shopping"), "a=4; c=3");
    }

    #[test]
    fn a_cookie_without_a_path_belongs_to_the_folder_of_the_request() {
        let jar = jar("http://localhost", "/shop/cart", &["a=1"]);
        assert_eq!(sent(&jar, "http://localhost", "/shop"), "a=1");
        assert_eq!(sent(&jar, "http://localhost", "/"), "");
    }

    #[test]
    fn secure_cookies_travel_over_https_and_to_loopback_only() {
        let line = ["__Host-a=1; Secure; Path=/"];
        assert_eq!(
            sent(&jar("http://127.0.0.1:1", "/", &line), "http://127.0.0.1:2", "/"),
            "__Host-a=1"
        );
        assert_eq!(
            sent(
                &jar("http://shop.example", "/", &line),
                "https://shop.example",
                "/"
            ),
            ""
        );
        assert_eq!(
            sent(
                &jar("https://shop.example", "/", &line),
                "http://shop.example",
                "/"
            ),
            ""
        );
        let mut kept = jar("https://shop.example", "/", &["a=1; Secure; Path=/"]);
        let plain = SetCookie::parse(b"a=2; Path=/").expect("a line");
        assert!(
            !kept.store(plain, &at("http://shop.example"), "/", NOW),
            "plain http must not overwrite"
        );
    }

    #[test]
    fn domains_reach_sub_domains_and_host_cookies_do_not() {
        let lines = [
            "a=1; Domain=shop.example",
            "b=2",
            "c=3; Domain=other.example",
            "d=4; Domain=example",
        ];
        let jar = jar("https://www.shop.example", "/", &lines);
        assert_eq!(sent(&jar, "https://www.shop.example", "/"), "a=1; b=2");
        assert_eq!(sent(&jar, "https://api.shop.example", "/"), "a=1");
        assert_eq!(sent(&jar, "https://example", "/"), "");
    }

    #[test]
    fn what_browsers_refuse_is_not_stored() {
        let lines = [
            "__Host-a=1; Path=/",
            "b=2; SameSite=None",
            "c=3; Partitioned",
            "=__Secure-d=4",
        ];
        assert_eq!(
            sent(
                &jar("https://shop.example", "/", &lines),
                "https://shop.example",
                "/"
            ),
            ""
        );
    }

    #[test]
    fn cookies_die_with_their_age_and_at_400_days_at_the_latest() {
        let jar = jar(
            "http://localhost",
            "/",
            &["a=1; Max-Age=10", "b=2; Max-Age=99999999999", "c=3"],
        );
        let later = |seconds| {
            jar.header(&at("http://localhost"), "/", after(NOW, seconds))
                .unwrap_or_default()
        };
        assert_eq!(later(9), "a=1; b=2; c=3");
        assert_eq!(later(10), "b=2; c=3");
        assert_eq!(later(MAX_LIFE), "c=3");
    }

    #[test]
    fn age_wins_over_expiry_and_zero_removes() {
        let lines = [
            "a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "b=2",
            "b=; Max-Age=0",
        ];
        assert_eq!(
            sent(&jar("http://localhost", "/", &lines), "http://localhost", "/"),
            "a=1"
        );
    }

    #[test]
    fn a_removal_must_match_what_was_set() {
        let jar = jar(
            "https://shop.example",
            "/",
            &["a=1; Path=/; Secure; SameSite=Lax"],
        );
        let fault = |line: &str| {
            let removal = SetCookie::parse(line.as_bytes()).expect(line);
            jar.removal_fault(&removal, &at("https://shop.example"), "/")
        };
        assert_eq!(fault("a=; Path=/; Secure; SameSite=Lax; Max-Age=0"), None);
        assert_eq!(
            fault("a=; Path=/x; Secure; SameSite=Lax; Max-Age=0"),
            Some("Path")
        );
        assert_eq!(fault("a=; Path=/; SameSite=Lax; Max-Age=0"), Some("Secure"));
        assert_eq!(fault("a=; Path=/; Secure; Max-Age=0"), Some("SameSite"));
        assert_eq!(fault("unknown=; Path=/; Max-Age=0"), None);
    }

    #[test]
    fn tampering_keeps_the_attributes() {
        let mut jar = jar("https://shop.example", "/", &["a=1; Path=/x"]);
        jar.plant("a", "2", &at("https://shop.example"));
        jar.plant("b", "3", &at("https://shop.example"));
        assert_eq!(sent(&jar, "https://shop.example", "/"), "b=3");
        assert_eq!(sent(&jar, "https://shop.example", "/x"), "a=2; b=3");
        jar.forget("a");
        assert_eq!((jar.get("a", NOW), jar.get("b", NOW)), (None, Some("3")));
    }
}
