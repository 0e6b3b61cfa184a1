//! Some attributes of a cookie, as a configuration or a call chose them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// With which requests from other sites a browser sends a cookie.
///
/// # Examples
///
/// ```
/// use sessions_runtime::SameSite;
///
/// assert_eq!(SameSite::default(), SameSite::Lax);
/// assert_eq!(SameSite::Strict.to_string(), "Strict");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
pub enum SameSite {
    /// With none.
    #[serde(alias = "strict")]
    Strict,
    /// Only where a link leads here.
    #[default]
    #[serde(alias = "lax")]
    Lax,
    /// With all; browsers then demand `Secure`.
    #[serde(alias = "none")]
    None,
}

impl SameSite {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// As in the header.
impl fmt::Display for SameSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Some attributes of a cookie; what is left out comes from the configuration, and then from the safe defaults.
///
/// The defaults are `Path=/; Secure; HttpOnly; SameSite=Lax` and no domain. In a configuration file the names are
/// `max_age` (in seconds), `domain`, `path`, `secure`, `httponly`, `same_site` and `partitioned`; others are errors.
///
/// # Errors
///
/// What browsers would drop is refused where the arguments are used: `SameSite=None` or `Partitioned` without `Secure`,
/// a path that does not begin with `/`, octets that a header must not have, more than 400 days.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use sessions_runtime::{CookieArgs, SameSite};
///
/// let args = CookieArgs::new().same_site(SameSite::Strict).max_age(Duration::from_secs(3_600));
/// let file: CookieArgs = serde_json::from_str(r#"{ "same_site": "strict", "max_age": 3600 }"#)?;
/// assert_eq!(args, file);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieArgs {
    #[serde(alias = "samesite")]
    pub(crate) same_site: Option<SameSite>,
    pub(crate) path: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) secure: Option<bool>,
    #[serde(rename = "httponly", alias = "http_only")]
    pub(crate) http_only: Option<bool>,
    pub(crate) partitioned: Option<bool>,
    #[serde(default, deserialize_with = "seconds")]
    pub(crate) max_age: Option<Duration>,
}

impl CookieArgs {
    /// No choices: everything as configured.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(sessions_runtime::CookieArgs::new(), sessions_runtime::CookieArgs::default());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// With which requests from other sites the cookie is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::{CookieArgs, SameSite};
    ///
    /// assert_ne!(CookieArgs::new().same_site(SameSite::None), CookieArgs::new());
    /// ```
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = Some(same_site);
        self
    }

    /// The path under which the cookie is sent.
    ///
    /// # Security
    ///
    /// A path does not protect a cookie from other applications of the same host.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::CookieArgs;
    /// assert_eq!(CookieArgs::new().path("/shop"), CookieArgs::new().path(String::from("/shop")));
    /// ```
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The domain whose subdomains receive the cookie too; the empty text takes a configured domain back.
    ///
    /// # Security
    ///
    /// Every subdomain can then set the cookie as well, and the `__Host-` prefix is given up.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::CookieArgs;
    /// assert_ne!(CookieArgs::new().domain("example.com"), CookieArgs::new());
    /// ```
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Whether the cookie is sent over https only; browsers make an exception for the own machine.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::CookieArgs;
    /// assert_ne!(CookieArgs::new().secure(false), CookieArgs::new().secure(true));
    /// ```
    #[must_use]
    pub fn secure(mut self, yes: bool) -> Self {
        self.secure = Some(yes);
        self
    }

    /// Whether the cookie is hidden from scripts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::CookieArgs;
    /// assert_ne!(CookieArgs::new().http_only(false), CookieArgs::new().http_only(true));
    /// ```
    #[must_use]
    pub fn http_only(mut self, yes: bool) -> Self {
        self.http_only = Some(yes);
        self
    }

    /// Whether the cookie is kept apart for each site that embeds this one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use sessions_runtime::CookieArgs;
    /// assert_ne!(CookieArgs::new().partitioned(true), CookieArgs::new());
    /// ```
    #[must_use]
    pub fn partitioned(mut self, yes: bool) -> Self {
        self.partitioned = Some(yes);
        self
    }

    /// How long the browser keeps the cookie, in whole seconds; at most 400 days. Without it, until it closes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use sessions_runtime::CookieArgs;
    /// assert_ne!(CookieArgs::new().max_age(Duration::from_secs(60)), CookieArgs::new());
    /// ```
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// These arguments with those of `over` in their places; neither changes (T4).
    pub(crate) fn overlay(&self, over: &Self) -> Self {
        let either = |over: &Option<String>, own: &Option<String>| over.as_ref().or(own.as_ref()).cloned();
        Self {
            same_site: over.same_site.or(self.same_site),
            path: either(&over.path, &self.path),
            domain: either(&over.domain, &self.domain),
            secure: over.secure.or(self.secure),
            http_only: over.http_only.or(self.http_only),
            partitioned: over.partitioned.or(self.partitioned),
            max_age: over.max_age.or(self.max_age),
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> CookieArgs {
        CookieArgs::new()
            .same_site(SameSite::Strict)
            .path("/shop")
            .domain("example.com")
            .secure(false)
            .http_only(false)
            .partitioned(true)
            .max_age(Duration::from_secs(60))
    }

    /// T4
    #[test]
    fn overlay_wins_name_by_name_and_changes_neither() {
        let own = everything();
        assert_eq!(own.overlay(&CookieArgs::new()), own);
        assert_eq!(CookieArgs::new().overlay(&own), own);
        let singles = [
            CookieArgs::new().same_site(SameSite::None),
            CookieArgs::new().path("/"),
            CookieArgs::new().domain(""),
            CookieArgs::new().secure(true),
            CookieArgs::new().http_only(true),
            CookieArgs::new().partitioned(false),
            CookieArgs::new().max_age(Duration::from_secs(1)),
        ];
        let mut all = own.clone();
        for over in &singles {
            let merged = own.overlay(over);
            assert_ne!(merged, own, "{over:?}");
            assert_eq!(merged.overlay(&own), own, "{over:?}");
            all = all.overlay(over);
        }
        for over in &singles {
            assert_eq!(all.overlay(over), all, "{over:?} was lost");
        }
        assert_eq!(own, everything());
    }

    #[test]
    fn file_has_the_old_names() {
        let read = |text| serde_json::from_str::<CookieArgs>(text);
        let old = r#"{"max_age": 60, "domain": "example.com", "path": "/shop", "secure": false, "httponly": false,
                      "same_site": "strict", "partitioned": true}"#;
        assert_eq!(read(old).expect("every name"), everything());
        let aliases = read(r#"{"http_only": true, "samesite": "None"}"#).expect("the aliases");
        assert_eq!(
            aliases,
            CookieArgs::new().http_only(true).same_site(SameSite::None)
        );
        assert_eq!(
            read(r#"{"max_age": null}"#).expect("null is none"),
            CookieArgs::new()
        );
        for wrong in [
            r#"{"http-only": true}"#,
            r#"{"same_site": "laxx"}"#,
            r#"{"max_age": -1}"#,
            r#"{"expires": 1}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn same_site_is_spelt_as_in_the_header() {
        for (text, value) in [
            ("Strict", SameSite::Strict),
            ("Lax", SameSite::Lax),
            ("None", SameSite::None),
        ] {
            assert_eq!(value.to_string(), text);
            for spelling in [text.to_owned(), text.to_lowercase()] {
                let read: SameSite = serde_json::from_value(spelling.into()).expect("a spelling");
                assert_eq!(read, value);
            }
        }
    }
}
