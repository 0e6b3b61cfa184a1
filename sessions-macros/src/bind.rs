//! Which sessions a handler has, and which of them each name is bound to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{LitStr, PatType};

use crate::args::{self, Args, Attribute, Backend};
use crate::diagnostics::Errors;
use crate::handler::{Handler, SessionParam, bound_idents, named, params, type_named};
use crate::mention::{Mentions, unraw};
use crate::names;
use crate::plan::{Binding, Bound, Declared, Injected, Param, Source};

/// The ident of the default session, and that of the store.
const SESSION: &str = "session";
const STORE: &str = "session_store";

impl Declared {
    fn new(args: Args, ident: Option<Ident>, span: Span, errors: &mut Errors) -> Self {
        if args.backend.as_ref().is_some_and(Backend::is_securecookie) {
            args.options.check_securecookie(errors);
        }
        let Args {
            name,
            backend,
            options,
            ..
        } = args;
        Self {
            name,
            backend,
            options,
            span,
            load: false,
            ident,
        }
    }

    fn name(&self) -> Option<String> {
        self.name.as_ref().map(LitStr::value)
    }

    fn is_called(&self, name: &str) -> bool {
        self.name().as_deref() == Some(name) || self.ident.as_ref().is_some_and(|ident| ident == name)
    }
}

/// Reads every declaration and every parameter.
pub(crate) fn bind(args: Args, handler: &Handler, errors: &mut Errors) -> Bound {
    let mentions = Mentions::of(handler.body.clone());
    let mut binder = Binder {
        mentions,
        sessions: Vec::new(),
        errors,
    };
    binder.default_session(args, handler);
    for attr in &handler.sessions {
        binder.declare(attr);
    }
    let params: Vec<Param> = params(&handler.sig).map(|param| binder.param(param)).collect();
    let injected = binder.inject(&params, handler.sig.ident.span());
    let store = binder.store(&params);
    Bound {
        params,
        injected,
        sessions: binder.sessions,
        store,
    }
}

struct Binder<'errors> {
    mentions: Mentions,
    sessions: Vec<Declared>,
    errors: &'errors mut Errors,
}

impl Binder<'_> {
    /// `session`; it points to the literal that names its backend, or else to the handler.
    fn default_session(&mut self, args: Args, handler: &Handler) {
        let span = match &args.backend {
            Some(Backend::Role(_, literal)) => literal.span(),
            Some(Backend::Path(path)) => path.span(),
            None => handler.sig.ident.span(),
        };
        let ident = Ident::new(SESSION, span);
        self.sessions
            .push(Declared::new(args, Some(ident), span, self.errors));
    }

    /// A session from `#[session(..)]` above the handler.
    fn declare(&mut self, attr: &syn::Attribute) {
        let before = self.errors.len();
        let args = self.arguments(attr, Attribute::Session);
        let Some(name) = &args.name else {
            if self.errors.len() == before {
                self.errors
                    .on(attr, "a session needs a name; write `name = \"cart\"`");
            }
            return;
        };
        let word = name.value();
        let from_name = names::ident_of(&word).map(|mut ident| {
            ident.set_span(name.span());
            ident
        });
        let ident = args.ident.clone().or(from_name);
        if ident.is_none() && names::cookie_name_problem(&word).is_none() {
            let message = format!("`{word}` cannot be bound under its own name; add `ident = ..`");
            self.errors.on(name, message);
        }
        let ident = ident.or_else(|| names::ident_meant(&word));
        self.add(args, ident);
    }

    /// Adds a session and returns its position.
    fn add(&mut self, args: Args, ident: Option<Ident>) -> usize {
        let span = args.name.as_ref().map_or_else(Span::call_site, LitStr::span);
        let mut declared = Declared::new(args, ident, span, self.errors);
        let name = declared.name();
        if let Some(other) = self
            .sessions
            .iter()
            .find(|other| name.is_some() && other.name() == name)
        {
            let same = other.backend.as_ref().map(Backend::spelling)
                == declared.backend.as_ref().map(Backend::spelling);
            let problem = if same {
                "declared twice"
            } else {
                "declared on two backends"
            };
            let name = name.unwrap_or_default();
            let message = format!("session `{name}` is {problem}; remove one, or choose another name");
            self.errors.on(&declared.name, message);
        } else if let Some(ident) = &declared.ident {
            let blamed = if declared.name.as_ref().map(LitStr::value).as_deref() == Some(&*ident.to_string())
            {
                declared.name.to_token_stream()
            } else {
                ident.to_token_stream()
            };
            if self
                .sessions
                .iter()
                .any(|other| other.ident.as_ref() == Some(ident))
                || ident == STORE
            {
                let what = match () {
                    () if ident == STORE => "the store",
                    () if ident == SESSION => "the default session",
                    () => "another session",
                };
                let message =
                    format!("`{ident}` is already bound, to {what}; choose another name or `ident`");
                self.errors.on(blamed, message);
            }
        }
        // What was reported here is not reported again where the name is used.
        if self.sessions.iter().any(|other| other.ident == declared.ident) {
            declared.ident = None;
        }
        self.sessions.push(declared);
        self.sessions.len() - 1
    }

    fn arguments(&mut self, attr: &syn::Attribute, place: Attribute) -> Args {
        let tokens = match &attr.meta {
            syn::Meta::Path(_) => TokenStream::new(),
            syn::Meta::List(list) => list.tokens.clone(),
            syn::Meta::NameValue(_) => {
                self.errors.on(
                    attr,
                    "`session` takes its options in parentheses: `#[session(name = \"cart\")]`",
                );
                TokenStream::new()
            }
        };
        args::parse(tokens, place, self.errors)
    }

    /// Decides where the value of one of the user's parameters comes from.
    fn param(&mut self, param: &PatType) -> Param {
        let mut written = param.clone();
        let attrs: Vec<_> = written
            .attrs
            .extract_if(.., |attr| named(attr.path(), SESSION))
            .collect();
        let source = if let Some(session) = SessionParam::of(param) {
            self.session_param(param, &session, &attrs)
        } else {
            self.extracted(&attrs);
            Source::Request
        };
        Param { written, source }
    }

    fn session_param(&mut self, param: &PatType, session: &SessionParam, attrs: &[syn::Attribute]) -> Source {
        let SessionParam { ident, reference } = session;
        if reference.mutability.is_some() {
            self.errors.on(
                &param.ty,
                "a session parameter is `&Session`, without `mut`: a session changes through a shared reference",
            );
        }
        // An underscore in front says that the parameter is not used; it is no part of the name.
        let name = ident
            .as_ref()
            .map(|ident| unraw(&ident.to_string()).trim_start_matches('_').to_owned());
        let Some((ident, name)) = ident.as_ref().zip(name).filter(|(_, name)| !name.is_empty()) else {
            self.errors.on(
                &param.pat,
                "a session parameter is bound by its name; write a plain name",
            );
            return Source::Session(reference.elem.clone(), Binding::Store);
        };
        let binding = if name == STORE || session.refers_to("SessionStore") {
            if let Some(attr) = attrs.first() {
                self.errors.on(
                    attr,
                    "the store is no session, and has no options; remove `#[session]`",
                );
            }
            Binding::Store
        } else {
            let slot = self.slot(ident, &name, attrs);
            if let Some(declared) = self.sessions.get_mut(slot) {
                declared.load |= self.mentions.mention(unraw(&ident.to_string()));
            }
            Binding::Session(slot)
        };
        Source::Session(reference.elem.clone(), binding)
    }

    /// The position of the session that a parameter binds: a declared one of that name, or one of its own.
    fn slot(&mut self, ident: &Ident, name: &str, attrs: &[syn::Attribute]) -> usize {
        if let Some(second) = attrs.get(1) {
            self.errors
                .on(second, "`#[session]` stands twice on this parameter; remove one");
        }
        let declared = self.sessions.iter().position(|declared| declared.is_called(name));
        let Some(attr) = attrs.first() else {
            return declared.unwrap_or_else(|| {
                let name = Some(LitStr::new(name, ident.span()));
                self.add(
                    Args {
                        name,
                        ..Args::default()
                    },
                    Some(ident.clone()),
                )
            });
        };
        let mut args = self.arguments(attr, Attribute::Parameter);
        if name == SESSION {
            self.errors.on(
                attr,
                "the options of the default session belong into `#[with_sessions(..)]`",
            );
            return 0;
        }
        args.name.get_or_insert_with(|| LitStr::new(name, ident.span()));
        self.add(args, Some(ident.clone()))
    }

    fn extracted(&mut self, attrs: &[syn::Attribute]) {
        for attr in attrs {
            self.errors.on(
                attr,
                "only a parameter of reference type is a session; write `cart: &Session`",
            );
        }
    }

    /// What is bound beside the user's parameters, and what of all the body speaks of.
    fn inject(&mut self, params: &[Param], handler: Span) -> Vec<Injected> {
        let Self {
            mentions,
            sessions,
            errors,
        } = self;
        let store = Ident::new(STORE, handler);
        let mut wanted: Vec<(&Ident, Binding)> = Vec::new();
        for (slot, declared) in sessions.iter_mut().enumerate() {
            if let Some(ident) = &declared.ident {
                declared.load |= mentions.mention(unraw(&ident.to_string()));
                wanted.push((ident, Binding::Session(slot)));
            }
        }
        wanted.push((&store, Binding::Store));

        let mut injected: Vec<Injected> = Vec::new();
        for (ident, binding) in wanted {
            let written = params.iter().find_map(|param| {
                let idents = bound_idents(&param.written.pat);
                idents
                    .into_iter()
                    .find(|taken| *taken == ident)
                    .map(|taken| (param, taken))
            });
            match written {
                Some((param, _)) if param.source.is(binding) => {}
                Some((param, taken)) => already_bound(param, taken, errors),
                // Two sessions of one ident: reported where the second is declared.
                None if injected.iter().any(|other| other.ident == *ident) => {}
                None => {
                    let first = mentions
                        .first(unraw(&ident.to_string()))
                        .unwrap_or_else(Span::call_site);
                    let mut bound = ident.clone();
                    // Seen from where the body speaks of it, also from inside a macro; shown where it is declared.
                    bound.set_span(Span::call_site().resolved_at(first).located_at(ident.span()));
                    injected.push(Injected {
                        ident: bound,
                        binding,
                    });
                }
            }
        }
        injected
    }

    /// Whether the body speaks of the store, under any of its names.
    fn store(&self, params: &[Param]) -> bool {
        let by_param = params
            .iter()
            .filter(|param| matches!(param.source, Source::Session(_, Binding::Store)))
            .flat_map(|param| bound_idents(&param.written.pat))
            .any(|ident| self.mentions.mention(unraw(&ident.to_string())));
        by_param || self.mentions.mention(STORE)
    }
}

/// A parameter of the user has the name of something that is bound.
fn already_bound(param: &Param, taken: &Ident, errors: &mut Errors) {
    let ty = &param.written.ty;
    let owned = ["Session", "SessionStore"]
        .into_iter()
        .find(|name| type_named(ty, name));
    match owned {
        Some(name) => errors.on(ty, format!("a session parameter is a reference; write `&{name}`")),
        None => errors.on(
            taken,
            format!("`{taken}` is bound by `#[with_sessions]`; rename this parameter"),
        ),
    }
}
