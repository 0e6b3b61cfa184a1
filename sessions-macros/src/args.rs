//! The arguments of `#[with_sessions(..)]` and `#[session(..)]`: options with strict commas, each at most once.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{LitStr, Path};

use crate::diagnostics::Errors;
use crate::entry::{self, Entry, Value};
use crate::leading::{last, leading_type};
use crate::names;
use crate::options::{self, Options};

/// Which attribute is read: each has options that the others don't.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Attribute {
    /// `#[with_sessions(..)]`
    WithSessions,
    /// `#[session(..)]` above a handler
    Session,
    /// `#[session(..)]` on a parameter
    Parameter,
    /// `#[session(..)]` on a type that derives `SessionData`
    Data,
}

impl Attribute {
    pub(crate) fn own_options(self) -> &'static [&'static str] {
        match self {
            Self::WithSessions => &["default", "name", "save", "crate"],
            Self::Session => &["name", "backend", "ident"],
            Self::Parameter => &["name", "backend"],
            Self::Data => &["name", "backend", "crate"],
        }
    }

    fn first_option(self) -> &'static str {
        match self {
            Self::WithSessions => "default",
            Self::Session | Self::Parameter | Self::Data => "name",
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Self::WithSessions => "with_sessions",
            Self::Session | Self::Parameter | Self::Data => "session",
        }
    }

    /// Why an option that exists elsewhere does not belong here.
    fn misplaced(self, key: &str) -> Option<&'static str> {
        match (self, key) {
            (Self::WithSessions, "backend") => Some(
                "`backend` belongs to `#[session(..)]`; the default session's backend is written `default = ..`",
            ),
            (Self::WithSessions, "ident") => Some("the default session is always bound as `session`"),
            (Self::Data, "ident") => Some(
                "a type is bound in handlers; write `ident = ..` there, in `#[session(Cart, ident = c)]`, or name the parameter",
            ),
            (Self::Data, "save") => Some(
                "`save` belongs to a handler's `#[with_sessions(..)]`: a session is saved with the response of a handler",
            ),
            (Self::Data, "whole") => {
                Some("`whole` belongs to a field: `#[session(whole)]` above the one that is to be one entry")
            }
            (Self::Data, "default") => Some(
                "`default` belongs to `#[with_sessions(..)]`; a type's backend is written `backend = ..`",
            ),
            (Self::Parameter, "ident") => Some("a parameter is its own ident; rename the parameter"),
            (_, "default") => Some(
                "`default` belongs to `#[with_sessions(..)]`; a session's backend is written `backend = ..`",
            ),
            (_, "save") => Some("`save` belongs to `#[with_sessions(..)]`: it holds for the whole handler"),
            (_, "crate") => Some("`crate` belongs to `#[with_sessions(..)]`: it holds for the whole handler"),
            _ => None,
        }
    }
}

/// A backend, by the literal of a built-in one or by the path of an application's own.
pub(crate) enum Backend {
    /// The word, one of [`names::BACKENDS`].
    Role(String, LitStr),
    Path(Path),
}

impl Backend {
    pub(crate) fn is_securecookie(&self) -> bool {
        matches!(self, Self::Role(role, _) if role == "securecookie")
    }

    /// The spelling, to tell whether two declarations name the same backend.
    pub(crate) fn spelling(&self) -> String {
        match self {
            Self::Role(role, _) => role.clone(),
            Self::Path(path) => path.to_token_stream().to_string(),
        }
    }
}

/// What one attribute says, with the tokens of each value.
#[derive(Default)]
pub(crate) struct Args {
    /// `backend = ..`, or `default = ..` of `#[with_sessions]`.
    pub(crate) backend: Option<Backend>,
    pub(crate) name: Option<LitStr>,
    pub(crate) ident: Option<Ident>,
    /// The type in front of the options: `#[session(Cart, ..)]`.
    pub(crate) data: Option<Path>,
    pub(crate) options: Options,
    pub(crate) save_always: bool,
    /// `crate = ..`, as written.
    pub(crate) runtime: Option<Path>,
}

/// Reads the arguments of an attribute. Mistakes are reported, and the rest is read all the same.
pub(crate) fn parse(tokens: TokenStream, attribute: Attribute, errors: &mut Errors) -> Args {
    let mut args = Args::default();
    let (data, tokens) = leading_type(tokens);
    check_leading(data.as_ref(), attribute, errors);
    args.data = data;
    let mut seen: Vec<Ident> = Vec::new();
    for entry in entry::entries(tokens, attribute.first_option(), errors) {
        if seen.contains(&entry.key) {
            errors.on(&entry.key, format!("`{}` is given twice; remove one", entry.key));
        } else {
            seen.push(entry.key.clone());
            args.set(&entry, attribute, errors);
        }
    }
    args.options.check(errors);
    args
}

/// Only `#[session]` above a handler has a type in front of its options.
fn check_leading(data: Option<&Path>, attribute: Attribute, errors: &mut Errors) {
    match (attribute, data) {
        (Attribute::Session, _) | (_, None) => {}
        (Attribute::WithSessions, Some(path)) => errors.on(
            path,
            format!(
                "a typed session is bound by `#[session({0})]`, or by a parameter `&mut {0}`",
                last(path)
            ),
        ),
        (Attribute::Parameter, Some(path)) => {
            errors.on(path, "a parameter has its type already; leave it out here");
        }
        (Attribute::Data, Some(path)) => errors.on(
            path,
            "the attribute stands on its type already; leave it out here",
        ),
    }
}

impl Args {
    fn set(&mut self, entry: &Entry, attribute: Attribute, errors: &mut Errors) {
        let key = entry.key.to_string();
        if attribute.own_options().contains(&key.as_str()) {
            match key.as_str() {
                "default" | "backend" => self.backend = backend(entry, errors),
                "name" => {
                    self.name = entry.string("\"cart\"", errors);
                    let problem = self
                        .name
                        .as_ref()
                        .and_then(|name| names::cookie_name_problem(&name.value()));
                    if let Some(problem) = problem {
                        errors.on(&self.name, problem);
                    }
                }
                "ident" => self.ident = ident(entry, errors),
                "save" => self.save_always = entry.choice(&[("always", true)], errors).unwrap_or(false),
                _ => match &entry.value {
                    Value::Path(path) => self.runtime = Some(path.clone()),
                    _ => entry.expected("::path::to::sessions_runtime", errors),
                },
            }
        } else if !self.options.set(entry, errors) {
            match attribute.misplaced(&key) {
                Some(message) => errors.on(&entry.key, message),
                None => self.unknown(entry, attribute, errors),
            }
        }
    }

    /// Reports an unknown option, and reads a misspelt one as what it was meant to be: a name that is not bound would
    /// be a second mistake at each of its uses.
    fn unknown(&mut self, entry: &Entry, attribute: Attribute, errors: &mut Errors) {
        let key = entry.key.to_string();
        if key.starts_with(char::is_uppercase) && matches!(entry.value, Value::Bare) {
            errors.on(&entry.key, format!("a type comes first: `#[session({key}, ..)]`"));
            return;
        }
        let known: Vec<&str> = [attribute.own_options(), &options::NAMES].concat();
        let shown = attribute.shown();
        if let Some(near) = names::nearest(&key, &known) {
            errors.on(
                &entry.key,
                format!("`#[{shown}]` has no option `{key}`; did you mean `{near}`?"),
            );
            let key = Ident::new(near, entry.key.span());
            self.set(
                &Entry {
                    key,
                    value: entry.value.clone(),
                },
                attribute,
                errors,
            );
        } else {
            errors.on(
                &entry.key,
                format!(
                    "`#[{shown}]` has no option `{key}`; it has `{}`",
                    known.join("`, `")
                ),
            );
        }
    }
}

fn backend(entry: &Entry, errors: &mut Errors) -> Option<Backend> {
    match &entry.value {
        Value::Path(path) => Some(Backend::Path(path.clone())),
        Value::Str(literal) => {
            let word = literal.value();
            if names::BACKENDS.contains(&word.as_str()) {
                return Some(Backend::Role(word, literal.clone()));
            }
            let mut hint = names::hint(&word, &names::BACKENDS);
            // In capitals it is most likely the constant of an application's own backend.
            if hint.is_empty() && word == word.to_uppercase() && syn::parse_str::<Path>(&word).is_ok() {
                hint = format!("; write `{} = {word}` if that is a `BackendName`", entry.key);
            }
            let message = format!(
                "unknown session backend `{}`{hint}\nbuilt in: {}; an application's own backend is named by the path of its `BackendName`",
                word.escape_default(),
                names::BACKENDS.join(", "),
            );
            errors.on(literal, message);
            None
        }
        _ => {
            entry.expected(
                "\"securecookie\"`, or by the path of a `BackendName`: `AUDIT",
                errors,
            );
            None
        }
    }
}

fn ident(entry: &Entry, errors: &mut Errors) -> Option<Ident> {
    let ident = match &entry.value {
        Value::Path(path) => path.get_ident().filter(|ident| *ident != "_").cloned(),
        _ => None,
    };
    if ident.is_none() {
        entry.expected("cart", errors);
    }
    ident
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn messages(tokens: TokenStream, attribute: Attribute) -> Vec<String> {
        let mut errors = Errors::default();
        parse(tokens, attribute, &mut errors);
        errors.messages()
    }

    #[test]
    fn every_option_is_read() {
        let mut errors = Errors::default();
        let args = parse(
            quote!(
                name = "cart-x",
                backend = crate::AUDIT,
                ident = c,
                session_max_age = "14d",
                idle_timeout = "30m",
                browser_session,
                same_site = "strict",
                path = "/shop",
                domain = "example.org",
                secure = true,
                http_only = false,
                partitioned,
                on_outage = "empty",
                conflict = "reject",
                lock,
            ),
            Attribute::Session,
            &mut errors,
        );
        assert_eq!(errors.messages(), Vec::<String>::new());
        assert_eq!(args.name.map(|name| name.value()).as_deref(), Some("cart-x"));
        assert_eq!(
            args.backend.map(|backend| backend.spelling()).as_deref(),
            Some("crate :: AUDIT")
        );
        assert!(args.ident.is_some_and(|ident| ident == "c"));
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let messages = messages(
            quote!(
                bakend = "redis",
                name = "bad name",
                backend = "securecooki",
                idle_timeout = "soon",
                name = "x"
            ),
            Attribute::Session,
        );
        assert_eq!(messages.len(), 5, "{messages:#?}");
    }

    #[test]
    fn a_missing_comma_is_reported_and_a_trailing_one_is_not() {
        assert_eq!(
            messages(quote!(name = "a" backend = "redis"), Attribute::Session),
            ["expected `,` between two options"]
        );
        assert!(messages(quote!(name = "a",), Attribute::Session).is_empty());
        assert_eq!(messages(quote!(name = "a",, lock), Attribute::Session).len(), 1);
    }

    #[test]
    fn broken_tokens_are_errors_and_never_panics() {
        for tokens in [
            quote!(=),
            quote!(,),
            quote!(name),
            quote!(name =),
            quote!(name = ,),
            quote!("cart"),
            quote!(name = [1, 2]),
            quote!(name = -1),
            quote!(backend = f(x)),
            quote!((deep)),
            quote!(crate),
            quote!(name => "a"),
            quote!(ident = a::b),
            quote!(lock, Cart),
        ] {
            for attribute in [Attribute::WithSessions, Attribute::Session, Attribute::Parameter] {
                let messages = messages(tokens.clone(), attribute);
                assert!(!messages.is_empty(), "{tokens}");
            }
        }
    }

    #[test]
    fn misplaced_options_name_their_attribute() {
        for (key, attribute) in [
            (quote!(backend = "redis"), Attribute::WithSessions),
            (quote!(default = "redis"), Attribute::Session),
            (quote!(save = "always"), Attribute::Session),
            (quote!(ident = x), Attribute::Parameter),
            (quote!(ident = x), Attribute::Data),
            (quote!(default = "redis"), Attribute::Data),
            (quote!(save = "always"), Attribute::Data),
            (quote!(whole), Attribute::Data),
        ] {
            let messages = messages(key, attribute);
            assert!(
                messages.len() == 1 && !messages.concat().contains("has no option"),
                "{messages:?}"
            );
        }
    }
}
