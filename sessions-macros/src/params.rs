//! The parameters of the user: which of them are sessions, and which session each of those binds.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::{LitStr, PatType, Type};

use crate::args::{Args, Attribute};
use crate::bind::{Binder, SESSION, STORE, spelt};
use crate::handler::{SessionParam, contains_word, named};
use crate::mention::unraw;
use crate::plan::{Binding, Param, Reference, Source};

impl Binder<'_> {
    /// Decides where the value of one of the user's parameters comes from.
    pub(crate) fn param(&mut self, param: &PatType) -> Param {
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
}
