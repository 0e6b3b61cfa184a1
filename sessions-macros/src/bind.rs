//! Which sessions a handler has, and which of them each name is bound to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{GenericParam, LitStr, PatType, Type};

use crate::args::{self, Args, Attribute, Backend};
use crate::diagnostics::Errors;
use crate::handler::{Handler, SessionParam, bound_idents, contains_word, named, params, type_named};
use crate::mention::{Mentions, unraw};
use crate::names;
use crate::plan::{Binding, Bound, Declared, Injected, Param, Reference, Source};

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

struct Binder<'errors> {
    mentions: Mentions,
    sessions: Vec<Declared>,
    /// The types of parameters by reference, each with the parameter and whether it is `&mut`.
    types: Vec<(String, Ident, bool)>,
    /// The type parameters of the handler.
    generics: Vec<String>,
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
        if let Some(path) = &args.data {
            let word = args::last(path);
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
    fn typed(&self, ty: &TokenStream) -> Option<usize> {
        let ty = ty.to_string();
        self.sessions.iter().position(|declared| {
            declared
                .data
                .as_ref()
                .is_some_and(|data| data.to_token_stream().to_string() == ty)
        })
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
        let exclusive = reference.mutability.is_some();
        // Only a guess, for messages and names: what decides is the type itself.
        let untyped = session.refers_to("Session") || session.refers_to("SessionStore");
        if exclusive && untyped {
            self.errors.on(
                &param.ty,
                "a session parameter is `&Session`, without `mut`: a session changes through a shared reference",
            );
        }
        let bound = |binding| {
            Source::Session(Box::new(Reference {
                ty: (*reference.elem).clone(),
                binding,
                exclusive: exclusive && !untyped,
            }))
        };
        if let Some(generic) = self
            .generics
            .iter()
            .find(|name| contains_word(&reference.elem, name))
        {
            self.errors.on(
                &param.ty,
                format!(
                    "a session has one definition, so its type cannot depend on `{generic}`; name a type, or ask the store: \
                     `session_store.session::<{generic}>().await`"
                ),
            );
            return bound(Binding::Store);
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
            return bound(Binding::Store);
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
            if !untyped {
                self.bound_once(&reference.elem, ident, exclusive, attrs);
            }
            let slot = self.slot(ident, &name, attrs, (!untyped).then_some(&*reference.elem));
            if let Some(declared) = self.sessions.get_mut(slot) {
                declared.load |= self.mentions.mention(unraw(&ident.to_string()));
            }
            Binding::Session(slot)
        };
        bound(binding)
    }

    /// Two bindings of one type are two bindings of one session. Two of which none is exclusive may be untyped sessions
    /// under another name of their type; if not, the compiler finds it.
    fn bound_once(&mut self, ty: &Type, ident: &Ident, exclusive: bool, attrs: &[syn::Attribute]) {
        let spelling = ty.to_token_stream().to_string();
        if !attrs.is_empty() {
            return;
        }
        let earlier = self.types.iter().find(|(other, ..)| *other == spelling);
        if let Some((_, earlier, _)) = earlier.filter(|(.., also)| exclusive || *also) {
            self.errors.on(
                ty,
                format!(
                    "`{}` is bound already, as `{earlier}`; one binding of a session is enough",
                    spelt(&ty.to_token_stream())
                ),
            );
        }
        self.types.push((spelling, ident.clone(), exclusive));
    }

    /// The position of the session that a parameter binds: one declared by its type or its name, or one of its own.
    fn slot(&mut self, ident: &Ident, name: &str, attrs: &[syn::Attribute], ty: Option<&Type>) -> usize {
        if let Some(second) = attrs.get(1) {
            self.errors
                .on(second, "`#[session]` stands twice on this parameter; remove one");
        }
        let Some(attr) = attrs.first() else {
            if let Some(slot) = ty.and_then(|ty| self.typed(&ty.to_token_stream())) {
                return slot;
            }
            // A type takes the place of a session only where that is bound under the same name.
            let called = self.sessions.iter().position(|declared| match ty {
                Some(_) => declared.ident.as_ref().is_some_and(|other| other == name),
                None => declared.is_called(name),
            });
            if let Some(slot) = called {
                self.check_type(slot, ident);
                return slot;
            }
            let args = Args {
                name: Some(LitStr::new(name, ident.span())),
                ..Args::default()
            };
            return self.add_by_ident(args, ident, true);
        };
        let mut args = self.arguments(attr, Attribute::Parameter);
        if name == SESSION && ty.is_none() {
            self.errors.on(
                attr,
                "the options of the default session belong into `#[with_sessions(..)]`",
            );
            return 0;
        }
        let by_ident = args.name.is_none();
        args.data = None;
        args.name.get_or_insert_with(|| LitStr::new(name, ident.span()));
        self.add_by_ident(args, ident, by_ident)
    }

    fn add_by_ident(&mut self, args: Args, ident: &Ident, by_ident: bool) -> usize {
        let slot = self.add(args, Some(ident.clone()));
        if let Some(declared) = self.sessions.get_mut(slot) {
            declared.by_ident = by_ident;
        }
        slot
    }

    /// A parameter takes the name of a session that an attribute declares by another type.
    fn check_type(&mut self, slot: usize, ident: &Ident) {
        if let Some(data) = self
            .sessions
            .get(slot)
            .and_then(|declared| declared.data.as_ref())
        {
            let data = spelt(&data.to_token_stream());
            self.errors.on(
                ident,
                format!(
                    "`{ident}` is the session of `{data}`; write `{ident}: &mut {data}`, or ask the store for its handle: \
                     `session_store.session::<{data}>().await`"
                ),
            );
        }
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
fn spelt(tokens: &TokenStream) -> String {
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
