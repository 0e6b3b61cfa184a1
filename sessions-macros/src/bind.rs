//! Which sessions a handler has, and which of them each name is bound to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{GenericParam, LitStr, Type};

use crate::args::{self, Args, Attribute, Backend};
use crate::diagnostics::Errors;
use crate::handler::{Handler, bound_idents, params, type_named};
use crate::leading::last;
use crate::mention::{Mentions, unraw};
use crate::names;
use crate::plan::{Binding, Bound, Declared, Injected, Param};

/// The ident of the default session, and that of the store.
pub(crate) const SESSION: &str = "session";
pub(crate) const STORE: &str = "session_store";

impl Declared {
    fn new(args: Args, ident: Option<Ident>, span: Span, errors: &mut Errors) -> Self {
        if args.backend.as_ref().is_some_and(Backend::is_securecookie) {
            args.options.check_securecookie(errors);
        }
        let Args {
            name,
            backend,
            options,
            data,
            ..
        } = args;
        Self {
            name,
            by_ident: false,
            data: data.map(|path| syn::parse_quote!(#path)),
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

    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name().as_deref() == Some(name) || self.ident.as_ref().is_some_and(|ident| ident == name)
    }
}

/// Reads every declaration and every parameter.
pub(crate) fn bind(args: Args, handler: &Handler, errors: &mut Errors) -> Bound {
    let mentions = Mentions::of(handler.body.clone());
    let mut binder = Binder {
        mentions,
        sessions: Vec::new(),
        types: Vec::new(),
        generics: generics(handler),
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

pub(crate) struct Binder<'errors> {
    pub(crate) mentions: Mentions,
    pub(crate) sessions: Vec<Declared>,
    /// The types of parameters by reference, each with the parameter and whether it is `&mut`.
    pub(crate) types: Vec<(String, Ident, bool)>,
    /// The type parameters of the handler.
    pub(crate) generics: Vec<String>,
    pub(crate) errors: &'errors mut Errors,
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
        if let Some(path) = &args.data {
            let word = last(path);
            let mut ident = args.ident.clone();
            if ident.is_none() {
                ident = names::ident_of(&names::snake_case(unraw(&word.to_string())));
            }
            if ident.is_none() {
                self.errors.on(
                    &word,
                    format!("`{word}` cannot be bound under its own name; add `ident = ..`"),
                );
            }
            let ident = ident.map(|mut ident| {
                ident.set_span(args.ident.as_ref().map_or(word.span(), Ident::span));
                ident
            });
            self.add_typed(args, ident);
            return;
        }
        let Some(name) = &args.name else {
            if self.errors.len() == before {
                self.errors.on(
                    attr,
                    "a session needs a name; write `name = \"cart\"`, or the type that it is defined on: `#[session(Cart)]`",
                );
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

    /// A session from `#[session(Cart)]` above the handler.
    fn add_typed(&mut self, args: Args, ident: Option<Ident>) {
        let path = args.data.to_token_stream();
        let twice = self.typed(&path).is_some();
        if twice && args.name.is_none() {
            self.errors.on(
                &path,
                format!("`{}` is declared twice on this handler; remove one", spelt(&path)),
            );
        }
        let span = args
            .data
            .as_ref()
            .map_or_else(Span::call_site, syn::spanned::Spanned::span);
        let slot = self.add(args, ident);
        if let Some(declared) = self.sessions.get_mut(slot) {
            declared.span = span;
        }
    }

    /// The position of the session that an attribute declares by this type.
    pub(crate) fn typed(&self, ty: &TokenStream) -> Option<usize> {
        let ty = ty.to_string();
        self.sessions.iter().position(|declared| {
            declared
                .data
                .as_ref()
                .is_some_and(|data| data.to_token_stream().to_string() == ty)
        })
    }

    /// Adds a session and returns its position.
    pub(crate) fn add(&mut self, args: Args, ident: Option<Ident>) -> usize {
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

    pub(crate) fn arguments(&mut self, attr: &syn::Attribute, place: Attribute) -> Args {
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

    /// What is bound beside the user's parameters, and what of all the body speaks of.
    fn inject(&mut self, params: &[Param], handler: Span) -> Vec<Injected> {
        let Self {
            mentions,
            sessions,
            errors,
            ..
        } = self;
        let store = Ident::new(STORE, handler);
        let mut wanted: Vec<(&Ident, Binding, Option<&Type>)> = Vec::new();
        for (slot, declared) in sessions.iter_mut().enumerate() {
            let binding = Binding::Session(slot);
            let by_type = declared.data.is_some() && params.iter().any(|param| param.source.is(binding));
            if let Some(ident) = declared.ident.as_ref().filter(|_| !by_type) {
                declared.load |= mentions.mention(unraw(&ident.to_string()));
                wanted.push((ident, binding, declared.data.as_ref()));
            }
        }
        wanted.push((&store, Binding::Store, None));

        let mut injected: Vec<Injected> = Vec::new();
        for (ident, binding, data) in wanted {
            let written = params.iter().find_map(|param| {
                let idents = bound_idents(&param.written.pat);
                idents
                    .into_iter()
                    .find(|taken| *taken == ident)
                    .map(|taken| (param, taken))
            });
            match written {
                Some((param, _)) if param.source.is(binding) => {}
                Some((param, taken)) => already_bound(param, taken, data, errors),
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
                        data: data.cloned(),
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
            .filter(|param| param.source.is(Binding::Store))
            .flat_map(|param| bound_idents(&param.written.pat))
            .any(|ident| self.mentions.mention(unraw(&ident.to_string())));
        by_param || self.mentions.mention(STORE)
    }
}

/// The names of the handler's type and const parameters.
fn generics(handler: &Handler) -> Vec<String> {
    let params = handler.sig.generics.params.iter();
    let names = params.filter_map(|param| match param {
        GenericParam::Type(param) => Some(param.ident.to_string()),
        GenericParam::Const(param) => Some(param.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    });
    names.collect()
}

/// Tokens as they would be written.
pub(crate) fn spelt(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

/// A parameter of the user has the name of something that is bound.
fn already_bound(param: &Param, taken: &Ident, data: Option<&Type>, errors: &mut Errors) {
    let ty = &param.written.ty;
    let spelling = ty.to_token_stream().to_string();
    if data.is_some_and(|data| data.to_token_stream().to_string() == spelling) {
        let data = spelt(&ty.to_token_stream());
        errors.on(
            ty,
            format!("a session parameter is a reference; write `&mut {data}`"),
        );
        return;
    }
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
