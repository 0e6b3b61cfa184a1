//! A [`Plan`] as tokens. Nothing here can fail: every rule was asked before.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, GenericParam, Generics, ReturnType, Type};

use crate::handler::{contains_word, named};
use crate::plan::{Binding, Param, Plan, Reference, Source};
use crate::register::registration;

/// actix-web implements `FromRequest` for tuples of at most this many types.
const LARGEST_TUPLE: usize = 16;

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
/// async fn index(parts: Parts) -> HttpResponse {
///     fn session() {}
///     async fn index(name: web::Path<String>, session: &Session, session_store: &SessionStore) -> impl Responder { body }
///     {
///         #[distributed_slice(PLANS)]
///         static __SESSIONS_PLAN: &Plan = &Plan { .. };
///         extractor::<web::Path<String>>();
///         run(parts, __SESSIONS_PLAN, (Probe::<web::Path<String>>::NEW.what(),), (), async |(arg0,): (_,), (): &mut _, scope: &Scope, request: &HttpRequest| {
///             respond(index(given(arg0), scope.session(0), scope.store()).await, request)
///         }).await
///     }
/// }
/// ```
/// The glue stands in a block of its own, so that the body does not see its names.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let glue = glue(plan);
    outer(plan, &quote!({ #glue }))
}

/// The item that everybody else sees, with the user's function and `rest` as its body.
pub(crate) fn outer(plan: &Plan, rest: &TokenStream) -> TokenStream {
    let Plan { runtime, handler, .. } = plan;
    let attrs = handler.attrs.iter().filter(|attr| !belongs_to_body(attr));
    let vis = &handler.vis;
    let name = &handler.sig.ident;
    let generics = outer_generics(plan);
    let where_clause = &generics.where_clause;
    let shields = shields(plan);
    let inner = inner(plan);
    let parts = local("parts");
    // `future_not_send`: no handler of actix-web is `Send`.
    quote! {
        #(#attrs)*
        #[allow(clippy::future_not_send)]
        #vis async fn #name #generics (
            #parts: #runtime::__private::Parts
        ) -> #runtime::__private::HttpResponse #where_clause {
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
    let written = plan.bound.params.iter().map(|param| &param.written);
    let injected = injected(plan);
    let body = &handler.body;
    // `dead_code`: after a mistake nothing calls it.
    // `impl_trait_overcaptures`: in edition 2024 the value may borrow from the sessions, and does no harm by it, since it
    // becomes a response before they are saved.
    quote! {
        #(#attrs)*
        #[allow(clippy::too_many_arguments, clippy::unused_async, dead_code, impl_trait_overcaptures)]
        async #fn_token #name #generics (#(#written,)* #injected) #output #where_clause #body
    }
}

/// The injected parameters, for the end of a parameter list.
pub(crate) fn injected(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let params = plan.bound.injected.iter().map(|injected| {
        let ident = &injected.ident;
        if let Some(data) = &injected.data {
            return quote!(#[allow(unused_variables)] #ident: &mut #data);
        }
        let ty = referent(injected.binding);
        quote!(#[allow(unused_variables)] #ident: &#runtime::#ty)
    });
    quote!(#(#params),*)
}

/// The runtime's type of what a binding refers to.
fn referent(binding: Binding) -> Ident {
    format_ident!(
        "{}",
        if binding == Binding::Store {
            "SessionStore"
        } else {
            "Session"
        }
    )
}

/// A route `#[get] async fn cart` is a unit struct of that name: in the whole module, a parameter `cart` would be a
/// pattern that matches it. A function of the same name in front of it makes `cart` a new name again.
fn shields(plan: &Plan) -> TokenStream {
    let handler = &plan.handler.sig.ident;
    let written = plan
        .bound
        .params
        .iter()
        .filter(|param| matches!(param.source, Source::Session(_)));
    let written = written.flat_map(|param| crate::handler::bound_idents(&param.written.pat));
    plan.bound
        .injected
        .iter()
        .map(|injected| &injected.ident)
        .chain(written)
        // The user's function is a shield for its own name.
        .filter(|ident| *ident != handler)
        .map(|ident| quote!(#[allow(dead_code, non_snake_case)] fn #ident() {}))
        .collect()
}

/// The generics without lifetimes that nothing of the outer function mentions.
fn outer_generics(plan: &Plan) -> Generics {
    let mut generics = plan.handler.sig.generics.clone();
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
fn glue(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let references = plan.references();
    let constants = references
        .iter()
        .enumerate()
        .map(|(index, one)| constant(index, one));
    let registration = registration(plan, &references);
    let types: Vec<&Type> = plan.extracted().map(|param| &*param.written.ty).collect();
    let checks = types
        .iter()
        .map(|ty| quote_spanned!(ty.span()=> __sessions::extractor::<#ty>();));
    let probes = tuple(
        types
            .iter()
            .map(|ty| quote!(__sessions::Probe::<#ty>::NEW.what()))
            .collect(),
    );
    let arguments = tuple(
        (0..types.len())
            .map(|index| argument(index).into_token_stream())
            .collect(),
    );
    let placeholder = tuple(vec![quote!(_); types.len()]);
    let params = tuple(
        (0..references.len())
            .map(|index| constant_ident(index).into_token_stream())
            .collect(),
    );
    let bound = tuple(
        (0..references.len())
            .map(|index| reference(index).into_token_stream())
            .collect(),
    );
    let call = call(plan);
    let (parts, scope, request) = (local("parts"), local("scope"), local("request"));
    // Where everything is a parameter, nothing is asked of it.
    let unused = (plan.bound.injected.iter().all(|one| one.data.is_some())).then(|| quote!(let _ = #scope;));
    quote! {
        use #runtime::__private as __sessions;
        use __sessions::NoExtractor as _;
        #(#constants)*
        #registration
        #(#checks)*
        __sessions::run(
            #parts,
            __SESSIONS_PLAN,
            #probes,
            #params,
            async |#arguments: #placeholder, #bound: &mut _, #scope: &__sessions::Scope, #request: &__sessions::HttpRequest| {
                #unused
                #call
            },
        )
        .await
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
    let value = quote_spanned!(ty.span()=> __sessions::#access::<#ty>(#slot));
    quote!(const #ident: __sessions::Param<#ty> = #value;)
}

pub(crate) fn constant_ident(index: usize) -> Ident {
    format_ident!("__SESSIONS_{index}")
}

/// A variable of the glue, which no token of the user can mean.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// What an extractor gave.
fn argument(index: usize) -> Ident {
    local(&format!("arg{index}"))
}

/// What the request holds for a parameter by reference.
fn reference(index: usize) -> Ident {
    local(&format!("ref{index}"))
}

/// A tuple of all parts; a large one consists of tuples.
fn tuple(mut parts: Vec<TokenStream>) -> TokenStream {
    while parts.len() > LARGEST_TUPLE {
        parts = parts
            .chunks(LARGEST_TUPLE)
            .map(|chunk| quote!((#(#chunk,)*)))
            .collect();
    }
    quote!((#(#parts,)*))
}

/// Calls the user's function with everything it wants, and makes a response of its value.
///
/// Every token of a mistake that only the types show is put where its cure is: a value that is no response on the return
/// type.
fn call(plan: &Plan) -> TokenStream {
    let sig = &plan.handler.sig;
    let (mut arguments, mut references) = ((0..).map(argument), (0..).map(reference));
    let mut bound = || references.next().map(|reference| quote!(#reference.bind()));
    let mut values: Vec<TokenStream> = Vec::new();
    for param in &plan.bound.params {
        values.extend(match param.source {
            Source::Request => {
                let (argument, ty) = (arguments.next(), &param.written.ty);
                Some(quote!(<_ as __sessions::Given<#ty>>::given(#argument)))
            }
            Source::Session(_) => bound(),
        });
    }
    let scope = local("scope");
    for injected in &plan.bound.injected {
        values.extend(match (&injected.data, injected.binding) {
            (Some(_), _) => bound(),
            (None, Binding::Session(slot)) => Some(quote!(#scope.session(#slot))),
            (None, Binding::Store) => Some(quote!(#scope.store())),
        });
    }
    let types = sig.generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
        GenericParam::Lifetime(_) => None,
    });
    let turbofish: Vec<&Ident> = types.collect();
    let turbofish = (!turbofish.is_empty()).then(|| quote!(::<#(#turbofish),*>));

    // On stable, a span covers several tokens only if the first and the last one of an expression carry its ends.
    let (first, last) = match &sig.output {
        ReturnType::Default => ends(&sig.ident),
        ReturnType::Type(_, ty) => ends(ty),
    };
    let mut name = sig.ident.clone();
    name.set_span(first);
    let arguments = quote!((#(#values),*));
    let awaited = quote_spanned!(last=> .await);
    let request = local("request");
    quote!(__sessions::respond(#name #turbofish #arguments #awaited, #request))
}

/// The spans of the first and the last token.
fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let tokens: Vec<_> = tokens.to_token_stream().into_iter().collect();
    let first = tokens.first().map_or_else(Span::mixed_site, TokenTree::span);
    let last = tokens.last().map_or(first, TokenTree::span);
    (first, last)
}
