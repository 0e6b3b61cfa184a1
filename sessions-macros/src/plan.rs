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
    /// The type behind the reference, and what it refers to.
    Session(Box<Type>, Binding),
}

impl Source {
    pub(crate) fn is(&self, binding: Binding) -> bool {
        matches!(self, Self::Session(_, own) if *own == binding)
    }
}

/// What a parameter of reference type refers to. Sessions with a type of their own will be a third kind.
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
}

/// A session of this handler.
pub(crate) struct Declared {
    /// `None`: the application's default session.
    pub(crate) name: Option<LitStr>,
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
