//! A [`Plan`] as tokens. Nothing here can fail: every rule was asked before.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, GenericParam, Generics, ReturnType};

use crate::arguments::{arguments, constant_ident, injected_type};
use crate::handler::{contains_word, named};
use crate::module::ROUTES;
use crate::plan::{Binding, Param, Plan, Reference, Source};
use crate::register::registration;

/// Writes the handler as one item.
///
/// Input:
/// ```text
/// #[with_sessions(default = "securecookie")]
/// #[get("/")]
/// async fn index(name: web::Path<String>) -> impl Responder { body }
/// ```
/// Output, shortened:
/// ```text
/// #[get("/")]
/// fn index(parts: Parts) -> impl Future<Output = HttpResponse> {
///     use in_the_handler_only as session;
///     async fn index(name: web::Path<String>, session: &Session, session_store: &SessionStore) -> impl Responder { body }
///     {
///         #[distributed_slice(PLANS)]
///         static __SESSIONS_PLAN: &Plan = &Plan { .. };
///         Call::new((Probe::<web::Path<String>>::NEW.what(), Slot(0), Store), index).run(parts, __SESSIONS_PLAN)
///     }
/// }
/// ```
/// The glue stands in a block of its own, so that the body does not see its names. Only one body is asynchronous, the
/// user's: each further one, and each closure, costs the compiler nearly as much again.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let shape = if needs_async(plan) {
        Shape::Async
    } else {
        Shape::Future
    };
    let glue = glue(plan, shape);
    outer(plan, shape, &quote!({ #glue }))
}

/// What the item that everybody else sees is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// `fn -> impl Future`
    Future,
    /// `async fn`
    Async,
}

/// Whether somebody may notice that a handler is no `async fn`: an attribute that is nothing of actix-web's or of the
/// language, or an edition in which `impl Future` does not capture lifetimes.
fn needs_async(plan: &Plan) -> bool {
    let known = |attr: &Attribute| {
        let path = attr.path();
        let route =
            path.get_ident().is_some() || path.segments.first().is_some_and(|one| one.ident == "actix_web");
        let route = route && ROUTES.iter().any(|route| named(path, route));
        route || LANGUAGE.iter().any(|name| path.is_ident(name))
    };
    !plan
        .handler
        .attrs
        .iter()
        .all(|attr| belongs_to_body(attr) || known(attr))
        || has_bound_lifetimes(plan)
}

/// Whether the outer function has lifetimes, too: then some of them have bounds, and the user's function is not one for
/// every lifetime.
fn has_bound_lifetimes(plan: &Plan) -> bool {
    outer_generics(plan).lifetimes().next().is_some()
}

/// Attributes of the language to which `async` is all the same.
const LANGUAGE: [&str; 11] = [
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "forbid",
    "inline",
    "must_use",
    "warn",
];

/// The item that everybody else sees, with the user's function and `rest` as its body.
pub(crate) fn outer(plan: &Plan, shape: Shape, rest: &TokenStream) -> TokenStream {
    let Plan { runtime, handler, .. } = plan;
    let attrs = handler.attrs.iter().filter(|attr| !belongs_to_body(attr));
    let vis = &handler.vis;
    let name = &handler.sig.ident;
    let generics = outer_generics(plan);
    let where_clause = &generics.where_clause;
    let shields = shields(plan);
    let inner = inner(plan);
    let parts = local("parts");
    let response = quote!(#runtime::__private::HttpResponse);
    let (asyncness, output) = match shape {
        Shape::Future => (None, quote!(impl ::core::future::Future<Output = #response>)),
        Shape::Async => (Some(quote!(async)), response),
    };
    // `future_not_send`: no handler of actix-web is `Send`.
    quote! {
        #(#attrs)*
        #[allow(clippy::future_not_send)]
        #vis #asyncness fn #name #generics (#parts: #runtime::__private::Parts) -> #output #where_clause {
            #shields
            #inner
            #rest
        }
    }
}

/// Attributes that speak of the user's parameters; all others, known or not, belong to the route.
fn belongs_to_body(attr: &Attribute) -> bool {
    named(attr.path(), "instrument")
}

/// The user's function with what is injected.
pub(crate) fn inner(plan: &Plan) -> TokenStream {
    let Plan { handler, .. } = plan;
    let attrs = handler.attrs.iter().filter(|attr| belongs_to_body(attr));
    let sig = &handler.sig;
    let (fn_token, name, generics, output) = (sig.fn_token, &sig.ident, &sig.generics, &sig.output);
    let where_clause = &generics.where_clause;
    let params = arguments(plan).into_iter().map(|argument| argument.param);
    let body = &handler.body;
    // `dead_code`: after a mistake nothing calls it.
    // `impl_trait_overcaptures`: in edition 2024 the value may borrow from the sessions, and does no harm by it, since it
    // becomes a response before they are saved.
    quote! {
        #(#attrs)*
        #[allow(clippy::too_many_arguments, clippy::unused_async, dead_code, impl_trait_overcaptures)]
        async #fn_token #name #generics (#(#params),*) #output #where_clause #body
    }
}

/// The injected parameters, for the end of a parameter list.
pub(crate) fn injected(plan: &Plan) -> TokenStream {
    let params = plan.bound.injected.iter().map(|injected| {
        let (ident, ty) = (&injected.ident, injected_type(plan, injected));
        quote!(#[allow(unused_variables)] #ident: #ty)
    });
    quote!(#(#params),*)
}

/// A route `#[get] async fn cart` is a unit struct of that name: in the whole module, a parameter `cart` would be a
/// pattern that matches it. A function of the same name in front of it makes `cart` a new name again; it is the runtime's,
/// so that nothing is compiled for it here. It stands where the attribute does, or else editors would take it for what the
/// user's own tokens mean.
fn shields(plan: &Plan) -> TokenStream {
    let (runtime, handler) = (&plan.runtime, &plan.handler.sig.ident);
    let written = plan
        .bound
        .params
        .iter()
        .filter(|param| matches!(param.source, Source::Session(_)));
    let written = written.flat_map(|param| crate::handler::bound_idents(&param.written.pat));
    let idents = plan
        .bound
        .injected
        .iter()
        .map(|injected| &injected.ident)
        .chain(written)
        // The user's function is a shield for its own name.
        .filter(|ident| *ident != handler);
    let shields: Vec<TokenStream> = idents
        .map(|ident| {
            let mut shield = ident.clone();
            shield.set_span(ident.span().located_at(Span::call_site()));
            quote!(in_the_handler_only as #shield)
        })
        .collect();
    if shields.is_empty() {
        return TokenStream::new();
    }
    quote!(#[allow(unused_imports)] use #runtime::__private::{#(#shields),*};)
}

/// The generics without lifetimes that nothing of the outer function mentions.
fn outer_generics(plan: &Plan) -> Generics {
    let mut generics = plan.handler.sig.generics.clone();
    if generics.lifetimes().next().is_none() {
        return generics;
    }
    let mut mentioning = generics.where_clause.to_token_stream();
    generics
        .type_params()
        .for_each(|param| param.to_tokens(&mut mentioning));
    plan.extracted()
        .for_each(|param| param.written.ty.to_tokens(&mut mentioning));
    if !generics
        .lifetimes()
        .any(|param| contains_word(&mentioning, &param.lifetime.ident.to_string()))
    {
        generics.params = generics
            .params
            .into_iter()
            .filter(|param| !matches!(param, GenericParam::Lifetime(_)))
            .collect();
    }
    generics
}

impl Plan {
    fn extracted(&self) -> impl Iterator<Item = &Param> {
        self.bound
            .params
            .iter()
            .filter(|param| matches!(param.source, Source::Request))
    }

    /// The parameters whose values the request holds: those by reference, and injected session data.
    fn references(&self) -> Vec<Reference> {
        let written = self.bound.params.iter().filter_map(|param| match &param.source {
            Source::Request => None,
            Source::Session(reference) => Some((**reference).clone()),
        });
        let injected = self.bound.injected.iter().filter_map(|injected| {
            Some(Reference {
                ty: injected.data.clone()?,
                binding: injected.binding,
                exclusive: true,
            })
        });
        written.chain(injected).collect()
    }
}

/// Registers the plan and runs the user's function.
fn glue(plan: &Plan, shape: Shape) -> TokenStream {
    let runtime = &plan.runtime;
    let references = plan.references();
    let constants = references
        .iter()
        .enumerate()
        .map(|(index, one)| constant(index, one));
    let registration = registration(plan, &references);
    let markers = arguments(plan).into_iter().map(|argument| argument.marker);
    let (parts, args) = (local("parts"), quote!((#(#markers,)*)));
    let (first, last) = response_ends(plan);
    let handler = callee(plan, first, last);
    // The error stands on what `run` is called on.
    let new = quote_spanned!(first=> __sessions::Call::new);
    let run = |args: &TokenStream, handler: &TokenStream| {
        let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#args, #handler));
        arguments.set_span(last);
        let awaited = (shape == Shape::Async).then(|| quote!(.await));
        quote!(#new #arguments.run(#parts, __SESSIONS_PLAN) #awaited)
    };
    let run = if has_bound_lifetimes(plan) {
        let (request, bound) = (local("request"), local("args"));
        let values: Vec<Ident> = (0..arguments(plan).len())
            .map(|index| local(&format!("arg{index}")))
            .collect();
        let closure = quote! {
            __sessions::closure(&#bound, async |(#(#values,)*), #request| {
                __sessions::respond(#handler(#(#values),*).await, #request)
            })
        };
        let (handler, bound) = (local("handler").into_token_stream(), bound.into_token_stream());
        let run = run(&bound, &handler);
        quote! {
            let #bound = #args;
            let #handler = #closure;
            #run
        }
    } else {
        run(&args, &handler)
    };
    quote! {
        use #runtime::__private as __sessions;
        #(#constants)*
        #registration
        #run
    }
}

/// What a parameter by reference is bound to. The only place that asks for its type's traits, so that one mistake is one
/// message, on that type.
fn constant(index: usize, reference: &Reference) -> TokenStream {
    let ident = constant_ident(index);
    let Reference {
        ty,
        binding,
        exclusive,
    } = reference;
    let slot = match binding {
        Binding::Session(slot) => *slot,
        Binding::Store => 0,
    };
    let access = Ident::new(
        if *exclusive { "exclusive" } else { "shared" },
        Span::mixed_site(),
    );
    let marker = if *exclusive { "Exclusive" } else { "Shared" };
    let marker = Ident::new(marker, Span::mixed_site());
    let value = quote!(__sessions::#access::<#ty>(#slot));
    quote!(const #ident: __sessions::#marker<#ty> = #value;)
}

/// A variable of the glue, which no token of the user can mean.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The user's function as a value.
fn callee(plan: &Plan, first: Span, last: Span) -> TokenStream {
    let sig = &plan.handler.sig;
    let types = sig.generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
        GenericParam::Lifetime(_) => None,
    });
    let mut name = sig.ident.clone();
    name.set_span(name.span().located_at(first));
    let end = quote_spanned!(last=> >);
    quote!(#name::<#(#types),* #end)
}

/// The first and the last token of the return type, where a mistake is cured that only the types show: a value that is no
/// response.
///
/// On stable, a span covers several tokens only if the first and the last one of an expression carry its ends.
fn response_ends(plan: &Plan) -> (Span, Span) {
    let sig = &plan.handler.sig;
    match &sig.output {
        ReturnType::Default => ends(&sig.ident),
        ReturnType::Type(_, ty) => ends(ty),
    }
}

/// The spans of the first and the last token.
pub(crate) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let tokens: Vec<_> = tokens.to_token_stream().into_iter().collect();
    let first = tokens.first().map_or_else(Span::mixed_site, TokenTree::span);
    let last = tokens.last().map_or(first, TokenTree::span);
    (first, last)
}
