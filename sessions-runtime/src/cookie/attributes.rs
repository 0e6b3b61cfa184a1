//! The attributes of one cookie: defaults filled in, checked, and written once.

use std::time::Duration;

use super::args::{CookieArgs, SameSite};
use super::line::LONGEST_AGE;
use super::name;
use crate::error::{ErrorKind, SessionError};

/// Browsers ignore an attribute that is longer.
const LONGEST_VALUE: usize = 1_024;

/// The attributes of one cookie: complete, checked, and written once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    suffix: String,
    path: String,
    domain: Option<String>,
    secure: bool,
    http_only: bool,
    max_age: Option<u64>,
}

impl Attributes {
    /// Fills the defaults in, and refuses what browsers would drop.
    pub(crate) fn resolve(args: &CookieArgs) -> Result<Self, SessionError> {
        let same_site = args.same_site.unwrap_or_default();
        let secure = args.secure.unwrap_or(true);
        let http_only = args.http_only.unwrap_or(true);
        let partitioned = args.partitioned.unwrap_or(false);
        let path = args.path.as_deref().unwrap_or("/");
        let domain = args.domain.as_deref().filter(|domain| !domain.is_empty());
        if !secure && same_site == SameSite::None {
            return Err(refused(
                "`SameSite=None` needs `Secure`: browsers drop the cookie otherwise",
            ));
        }
        if !secure && partitioned {
            return Err(refused(
                "`Partitioned` needs `Secure`: browsers drop the cookie otherwise",
            ));
        }
        check_path(path)?;
        check_domain(domain)?;
        if args
            .max_age
            .is_some_and(|age| age > Duration::from_secs(LONGEST_AGE))
        {
            return Err(refused(
                "a cookie's `max_age` is at most 400 days: browsers shorten it",
            ));
        }
        let mut suffix = format!("; Path={path}");
        if let Some(domain) = domain {
            suffix.push_str("; Domain=");
            suffix.push_str(domain);
        }
        if secure {
            suffix.push_str("; Secure");
        }
        if http_only {
            suffix.push_str("; HttpOnly");
        }
        suffix.push_str("; SameSite=");
        suffix.push_str(same_site.as_str());
        if partitioned {
            suffix.push_str("; Partitioned");
        }
        Ok(Self {
            suffix,
            path: path.to_owned(),
            domain: domain.map(str::to_owned),
            secure,
            http_only,
            // A fraction counts as a second: zero would remove the cookie.
            max_age: args
                .max_age
                .map(|age| age.as_secs() + u64::from(age.subsec_nanos() > 0)),
        })
    }

    /// Everything of the `Set-Cookie` line after value and `Max-Age`, from the `;` on.
    pub(crate) fn suffix(&self) -> &str {
        &self.suffix
    }

    /// The prefix that a session's cookie gets: the strongest that browsers accept with these attributes.
    pub(crate) fn prefix(&self) -> &'static str {
        name::wire_prefix(self.secure, &self.path, self.domain.as_deref())
    }

    /// Whether the cookie is sent over https only.
    pub(crate) fn secure(&self) -> bool {
        self.secure
    }

    /// The chosen `Max-Age`, in seconds.
    pub(crate) fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// Refuses a plain cookie's name whose prefix promises something that these attributes break (S24, S70).
    pub(crate) fn check_prefix(&self, name: &str) -> Result<(), SessionError> {
        match name::broken_rule(
            name,
            self.secure,
            self.http_only,
            &self.path,
            self.domain.as_deref(),
        ) {
            None => Ok(()),
            Some(rule) => Err(SessionError::new(
                ErrorKind::InvalidName,
                format!(
                    "the prefix of the cookie `{}` needs {rule}: browsers drop the cookie otherwise",
                    name.escape_debug()
                ),
            )),
        }
    }
}

fn refused(message: &'static str) -> SessionError {
    SessionError::new(ErrorKind::InvalidCookie, message)
}

fn check_path(path: &str) -> Result<(), SessionError> {
    if !path.starts_with('/') {
        return Err(refused("a cookie's path begins with `/`"));
    }
    if path.len() > LONGEST_VALUE {
        return Err(refused("a cookie's path has at most 1024 bytes"));
    }
    if !path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';') {
        return Err(refused(
            "a cookie's path has only visible ASCII without `;`; percent-encode the rest",
        ));
    }
    Ok(())
}

fn check_domain(domain: Option<&str>) -> Result<(), SessionError> {
    let Some(domain) = domain else { return Ok(()) };
    if domain.len() > LONGEST_VALUE {
        return Err(refused("a cookie's domain has at most 1024 bytes"));
    }
    // No scheme and no port either: browsers drop a cookie with them.
    if !domain
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    {
        return Err(refused(
            "a cookie's domain is a plain ASCII host name such as `example.com`",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffix(args: &CookieArgs) -> String {
        Attributes::resolve(args)
            .expect("valid attributes")
            .suffix()
            .to_owned()
    }

    fn refusal(args: &CookieArgs) -> String {
        let err = Attributes::resolve(args).expect_err("refused attributes");
        assert_eq!(err.kind(), ErrorKind::InvalidCookie);
        err.to_string()
    }

    /// S21, S22, S23, S36
    #[test]
    fn defaults_are_the_safe_ones() {
        let attributes = Attributes::resolve(&CookieArgs::new()).expect("the defaults");
        assert_eq!(attributes.suffix(), "; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(attributes.prefix(), "__Host-");
        assert_eq!(attributes.max_age(), None);
        assert!(attributes.secure());
    }

    #[test]
    fn each_choice_shows() {
        let args = CookieArgs::new;
        assert_eq!(
            suffix(&args().secure(false).http_only(false)),
            "; Path=/; SameSite=Lax"
        );
        assert_eq!(
            suffix(&args().path("/a/b%20c")),
            "; Path=/a/b%20c; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            suffix(
                &args()
                    .domain("example.com")
                    .same_site(SameSite::None)
                    .partitioned(true)
            ),
            "; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=None; Partitioned"
        );
        assert_eq!(suffix(&args().domain("")), suffix(&args()));
    }

    /// S24
    #[test]
    fn prefix_follows_from_the_attributes() {
        let prefix = |args: CookieArgs| Attributes::resolve(&args).expect("valid attributes").prefix();
        assert_eq!(prefix(CookieArgs::new().path("/shop")), "__Secure-");
        assert_eq!(prefix(CookieArgs::new().domain("example.com")), "__Secure-");
        assert_eq!(prefix(CookieArgs::new().domain("")), "__Host-");
        assert_eq!(prefix(CookieArgs::new().secure(false)), "");
    }

    /// S23
    #[test]
    fn what_needs_secure_is_refused_without_it() {
        assert!(refusal(&CookieArgs::new().same_site(SameSite::None).secure(false)).contains("`Secure`"));
        assert!(refusal(&CookieArgs::new().partitioned(true).secure(false)).contains("`Partitioned`"));
    }

    /// S28, V17
    #[test]
    fn octets_that_end_or_split_the_line_are_refused() {
        let hostile = [
            "\r",
            "\n",
            ";",
            "\0",
            " ",
            "\t",
            "\x7F",
            "\u{E4}",
            "\r\nSet-Cookie: a=b",
            "; Domain=evil.example",
        ];
        for octets in hostile {
            refusal(&CookieArgs::new().path(format!("/a{octets}b")));
            refusal(&CookieArgs::new().domain(format!("example{octets}.com")));
        }
        for path in ["", "shop", "example.com/"] {
            assert!(refusal(&CookieArgs::new().path(path)).contains("begins with `/`"));
        }
        for domain in [
            "https://example.com",
            "example.com:8080",
            "example.com/shop",
            "a,b",
        ] {
            assert!(refusal(&CookieArgs::new().domain(domain)).contains("host name"));
        }
    }

    /// S29
    #[test]
    fn attributes_that_browsers_ignore_for_their_length_are_refused() {
        let text = |length| "a".repeat(length);
        suffix(&CookieArgs::new().path(format!("/{}", text(1_023))));
        refusal(&CookieArgs::new().path(format!("/{}", text(1_024))));
        suffix(&CookieArgs::new().domain(text(1_024)));
        refusal(&CookieArgs::new().domain(text(1_025)));
    }

    /// S31, V22
    #[test]
    fn longer_ages_than_400_days_are_refused() {
        let age =
            |age| Attributes::resolve(&CookieArgs::new().max_age(age)).map(|attributes| attributes.max_age());
        let longest = Duration::from_secs(400 * 86_400);
        assert_eq!(age(longest).expect("400 days"), Some(34_560_000));
        assert_eq!(age(Duration::from_millis(1)).expect("a fraction"), Some(1));
        assert_eq!(age(Duration::ZERO).expect("removal"), Some(0));
        for over in [longest + Duration::from_nanos(1), Duration::MAX] {
            assert!(age(over).is_err());
        }
    }

    /// S24, S70
    #[test]
    fn name_with_a_prefix_needs_its_attributes() {
        let on_a_path = Attributes::resolve(&CookieArgs::new().path("/shop")).expect("valid attributes");
        assert!(on_a_path.check_prefix("__Secure-a").is_ok());
        assert!(on_a_path.check_prefix("a").is_ok());
        let err = on_a_path.check_prefix("__hosT-a").expect_err("a path is not `/`");
        assert_eq!(err.kind(), ErrorKind::InvalidName);
        assert!(err.to_string().contains("needs the path `/`"));
    }
}
