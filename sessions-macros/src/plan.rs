//! What will be generated, after every rule was asked. The only way to a [`Plan`] is [`plan`].

use proc_macro2::{Ident, Span, TokenStream};
use syn::{LitStr, PatType, Type};

use crate::args::{self, Attribute, Backend};
use crate::bind;
use crate::diagnostics::Errors;
use crate::handler::Handler;
use crate::options::Options;
use crate::path::Runtime;
use crate::signature;

/// A handler and what is generated around it.
pub(crate) struct Plan {
    pub(crate) runtime: Runtime,
    pub(crate) handler: Handler,
    pub(crate) bound: Bound,
    pub(crate) save_always: bool,
}

/// How every parameter comes to its value.
pub(crate) struct Bound {
    /// The user's parameters, in order.
    pub(crate) params: Vec<Param>,
    /// What is appended to them.
    pub(crate) injected: Vec<Injected>,
    /// The sessions; a binding names them by their position, the first is the default session.
    pub(crate) sessions: Vec<Declared>,
    /// Whether the body speaks of the store.
    pub(crate) store: bool,
}

/// A plan that breaks rules: good enough for the shape of the item, not for its glue.
pub(crate) struct Broken {
    pub(crate) plan: Plan,
    pub(crate) errors: Errors,
}

/// One of the user's parameters.
pub(crate) struct Param {
    /// As written, without `#[session(..)]`.
    pub(crate) written: PatType,
    pub(crate) source: Source,
}

/// Where the value of a parameter comes from.
pub(crate) enum Source {
    /// `FromRequest`
    Request,
    Session(Box<Reference>),
}

/// A parameter by reference. Whether its type is an untyped session or session data, only the type's traits tell.
#[derive(Clone)]
pub(crate) struct Reference {
    /// The type behind the reference.
    pub(crate) ty: Type,
    pub(crate) binding: Binding,
    pub(crate) exclusive: bool,
}

impl Source {
    pub(crate) fn is(&self, binding: Binding) -> bool {
        matches!(self, Self::Session(reference) if reference.binding == binding)
    }
}

/// What a parameter of reference type refers to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Binding {
    /// The session at this position.
    Session(usize),
    Store,
}

/// A parameter that the user did not write.
pub(crate) struct Injected {
    pub(crate) ident: Ident,
    pub(crate) binding: Binding,
    /// The type of session data; otherwise it is the untyped session, or the store.
    pub(crate) data: Option<Type>,
}

/// A session of this handler.
pub(crate) struct Declared {
    /// `None`: that of its type, or the application's default session.
    pub(crate) name: Option<LitStr>,
    /// The name is only that of the parameter: it does not count where the parameter's type is session data.
    pub(crate) by_ident: bool,
    /// The type of session data that an attribute names.
    pub(crate) data: Option<Type>,
    pub(crate) backend: Option<Backend>,
    pub(crate) options: Options,
    /// Where it is declared.
    pub(crate) span: Span,
    /// Whether the body speaks of it.
    pub(crate) load: bool,
    /// What it is bound to; `None` only where its name is wrong.
    pub(crate) ident: Option<Ident>,
}

/// Asks every rule. All mistakes come back together.
pub(crate) fn plan(args: TokenStream, handler: Handler) -> Result<Plan, Box<Broken>> {
    let mut errors = Errors::default();
    let args = args::parse(args, Attribute::WithSessions, &mut errors);
    let runtime = Runtime::new(args.runtime.as_ref(), &mut errors);
    let save_always = args.save_always;
    signature::check(&handler, &mut errors);
    let bound = bind::bind(args, &handler, &mut errors);
    let plan = Plan {
        runtime,
        handler,
        bound,
        save_always,
    };
    if errors.is_empty() {
        Ok(plan)
    } else {
        Err(Box::new(Broken { plan, errors }))
    }
}
