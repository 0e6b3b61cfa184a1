//! The options that a session may have wherever it is declared, and the rules between them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::diagnostics::Errors;
use crate::entry::{Entry, Value};

/// The options, in the order of the fields of the runtime's `Options`.
pub(crate) const NAMES: [&str; 12] = [
    "session_max_age",
    "idle_timeout",
    "browser_session",
    "same_site",
    "path",
    "domain",
    "secure",
    "http_only",
    "partitioned",
    "on_outage",
    "conflict",
    "lock",
];

/// Browsers ignore an attribute with more bytes (RFC 6265bis, section 5.6).
const LONGEST_TEXT: usize = 1_024;
/// Browsers shorten every cookie's life to this (RFC 6265bis, section 5.5).
const LONGEST: u64 = 400 * DAY;
const DAY: u64 = 86_400;

/// A value of an option, in the words of the runtime.
#[derive(Clone, PartialEq)]
pub(crate) enum Setting {
    Seconds(u64),
    Flag(bool),
    Text(String),
    /// A variant of one of the runtime's enums: its type and name.
    Variant(&'static str, &'static str),
}

/// The options that are given, in the order in which they stand.
#[derive(Default)]
pub(crate) struct Options {
    given: Vec<Given>,
}

struct Given {
    name: &'static str,
    setting: Setting,
    /// The tokens to blame.
    tokens: TokenStream,
}

impl Options {
    /// What is given, by name.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, &Setting)> {
        self.given.iter().map(|given| (given.name, &given.setting))
    }

    /// Takes over one entry; `false` where its key is no option.
    pub(crate) fn set(&mut self, entry: &Entry, errors: &mut Errors) -> bool {
        let key = entry.key.to_string();
        let Some(name) = NAMES.into_iter().find(|name| *name == key) else {
            return false;
        };
        let setting = match name {
            "session_max_age" | "idle_timeout" => seconds(entry, errors),
            "same_site" => entry
                .choice(&[("strict", "Strict"), ("lax", "Lax"), ("none", "None")], errors)
                .map(variant("SameSite")),
            "on_outage" => entry
                .choice(&[("fail", "Fail"), ("empty", "Empty")], errors)
                .map(variant("OnOutage")),
            "conflict" => entry
                .choice(&[("merge", "Merge"), ("reject", "Reject")], errors)
                .map(variant("ConflictRule")),
            "path" => text(entry, "\"/shop\"", path_problem, errors),
            "domain" => text(entry, "\"example.org\"", domain_problem, errors),
            _ => flag(entry, errors),
        };
        self.given.extend(setting.map(|setting| Given {
            name,
            setting,
            tokens: entry.to_token_stream(),
        }));
        true
    }

    /// Rules between two options.
    pub(crate) fn check(&self, errors: &mut Errors) {
        self.check_lifetimes(errors);
        let Some(insecure) = self.find("secure", &Setting::Flag(false)) else {
            return;
        };
        if self
            .find("same_site", &Setting::Variant("SameSite", "None"))
            .is_some()
        {
            errors.on(
                &insecure.tokens,
                "browsers refuse `same_site = \"none\"` without `secure`; leave `secure` on",
            );
        } else if self.find("partitioned", &Setting::Flag(true)).is_some() {
            errors.on(
                &insecure.tokens,
                "browsers refuse `partitioned` without `secure`; leave `secure` on",
            );
        }
    }

    /// A session ends with the shorter of its two lifetimes.
    fn check_lifetimes(&self, errors: &mut Errors) {
        let seconds = |name| {
            self.given.iter().find_map(|given| match given.setting {
                Setting::Seconds(seconds) if given.name == name => Some((seconds, given)),
                _ => None,
            })
        };
        if let (Some((longest, _)), Some((idle, given))) =
            (seconds("session_max_age"), seconds("idle_timeout"))
            && idle > longest
        {
            errors.on(
                &given.tokens,
                "`idle_timeout` is longer than `session_max_age` and would never end a session; shorten it, or leave it out",
            );
        }
    }

    /// `lock` and `conflict` need a server that holds the session; `securecookie` has none.
    pub(crate) fn check_securecookie(&self, errors: &mut Errors) {
        for given in &self.given {
            if given.name == "conflict" || (given.name == "lock" && given.setting == Setting::Flag(true)) {
                errors.on(
                    &given.tokens,
                    format!(
                        "`{}` needs a server backend: with `securecookie` each browser holds its own copy",
                        given.name
                    ),
                );
            }
        }
    }

    fn find(&self, name: &str, setting: &Setting) -> Option<&Given> {
        self.given
            .iter()
            .find(|given| given.name == name && given.setting == *setting)
    }
}

/// The fields that differ from `Options::NONE`, for a struct literal.
impl ToTokens for Setting {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Seconds(seconds) => quote!(#seconds),
            Self::Flag(flag) => quote!(#flag),
            Self::Text(text) => quote!(#text),
            Self::Variant(ty, variant) => {
                let ty = syn::Ident::new(ty, proc_macro2::Span::call_site());
                let variant = syn::Ident::new(variant, proc_macro2::Span::call_site());
                quote!(__sessions::#ty::#variant)
            }
        });
    }
}

fn variant(ty: &'static str) -> impl Fn(&'static str) -> Setting {
    move |name| Setting::Variant(ty, name)
}

fn flag(entry: &Entry, errors: &mut Errors) -> Option<Setting> {
    match &entry.value {
        Value::Bare => Some(Setting::Flag(true)),
        Value::Bool(literal) => Some(Setting::Flag(literal.value)),
        _ => {
            entry.expected("true` or `false", errors);
            None
        }
    }
}

fn seconds(entry: &Entry, errors: &mut Errors) -> Option<Setting> {
    let literal = entry.string("\"30m\"", errors)?;
    let seconds = duration(&literal.value());
    match seconds {
        None => errors.on(
            &literal,
            format!(
                "`{}` is a whole number and a unit: `90s`, `30m`, `12h` or `14d`",
                entry.key
            ),
        ),
        Some(0) => errors.on(&literal, format!("`{}` must be longer than zero", entry.key)),
        Some(seconds) if seconds > LONGEST => errors.on(
            &literal,
            format!(
                "`{}` is longer than 400 days, the longest life that browsers give a cookie",
                entry.key
            ),
        ),
        Some(seconds) => return Some(Setting::Seconds(seconds)),
    }
    None
}

fn duration(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => DAY,
        _ => return None,
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // A number too large for 64 bits is a duration all the same: a too long one.
    (!number.is_empty()).then(|| number.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(seconds))
}

fn text(
    entry: &Entry,
    example: &str,
    problem: fn(&str) -> Option<&'static str>,
    errors: &mut Errors,
) -> Option<Setting> {
    let literal = entry.string(example, errors)?;
    let value = literal.value();
    if let Some(problem) = problem(&value) {
        errors.on(&literal, problem);
        return None;
    }
    Some(Setting::Text(value))
}

fn path_problem(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("a cookie's path begins with `/`; write `path = \"/shop\"`");
    }
    if path.len() > LONGEST_TEXT {
        return Some("browsers ignore a path of more than 1024 bytes; shorten it");
    }
    let valid = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
    (!valid).then_some("a cookie's path is printable ASCII without spaces and `;`; percent-encode the rest")
}

fn domain_problem(domain: &str) -> Option<&'static str> {
    if domain.starts_with('.') {
        return Some("browsers ignore the leading dot of a domain; leave it out");
    }
    if domain.len() > LONGEST_TEXT {
        return Some("browsers ignore a domain of more than 1024 bytes; shorten it");
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (!domain.split('.').all(label)).then_some(
        "a cookie's domain is a host name without scheme, port and path; write `domain = \"example.org\"`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        assert_eq!(duration("90s"), Some(90));
        assert_eq!(duration("30m"), Some(1_800));
        assert_eq!(duration("12h"), Some(43_200));
        assert_eq!(duration("14d"), Some(14 * DAY));
        for bad in ["", "d", "14", "1.5h", "-1d", "14 d", "1w", "+1d", "1µ"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_beyond_64_bits_is_too_long_instead_of_short() {
        assert_eq!(duration("99999999999999999999999s"), Some(u64::MAX));
        assert_eq!(duration("18446744073709551615d"), Some(u64::MAX));
    }

    #[test]
    fn paths_and_domains_are_checked() {
        assert_eq!(path_problem("/"), None);
        assert_eq!(path_problem("/shop/%20"), None);
        let (longest, too_long) = ("/".repeat(LONGEST_TEXT), "/".repeat(LONGEST_TEXT + 1));
        assert_eq!(path_problem(&longest), None);
        for bad in ["", "shop", "/a;b", "/ä", "/a b", "/\n", &too_long] {
            assert!(path_problem(bad).is_some(), "{bad}");
        }
        assert_eq!(domain_problem("shop.example.org"), None);
        assert_eq!(domain_problem("localhost"), None);
        for bad in [
            "",
            ".example.org",
            "https://example.org",
            "example.org:80",
            "a..b",
            "-a.org",
            "exämple.org",
            &"a".repeat(LONGEST_TEXT + 1),
        ] {
            assert!(domain_problem(bad).is_some(), "{bad}");
        }
    }
}
