//! The parameters of the user's function, and the markers by which the runtime knows them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{PatType, Type};

use crate::plan::{Binding, Injected, Plan, Source};

/// The runtime calls functions of at most this many parameters, and has tuples of as many.
const LARGEST_TUPLE: usize = 16;

/// A parameter of the user's function, and what the runtime knows it by.
pub(crate) struct Argument {
    pub(crate) param: Parameter,
    pub(crate) marker: TokenStream,
}

/// A parameter in its parts, which may become those of a tuple.
pub(crate) struct Parameter {
    attrs: Vec<TokenStream>,
    pat: TokenStream,
    ty: TokenStream,
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, pat, ty } = self;
        tokens.extend(quote!(#(#attrs)* #pat: #ty));
    }
}

/// The parameters of the user's function, in order, with what is injected behind them.
pub(crate) fn arguments(plan: &Plan) -> Vec<Argument> {
    let mut references = (0..).map(constant_ident).map(ToTokens::into_token_stream);
    let written = plan.bound.params.iter().map(|param| {
        let PatType { attrs, pat, ty, .. } = &param.written;
        let marker = match param.source {
            Source::Request => Some(probe(ty)),
            Source::Session(_) => references.next(),
        };
        let param = Parameter {
            attrs: attrs.iter().map(ToTokens::to_token_stream).collect(),
            pat: pat.to_token_stream(),
            ty: ty.to_token_stream(),
        };
        Argument {
            param,
            marker: marker.unwrap_or_default(),
        }
    });
    let written: Vec<Argument> = written.collect();
    let injected = plan.bound.injected.iter().map(|injected| {
        let marker = match (&injected.data, injected.binding) {
            (Some(_), _) => references.next(),
            (None, Binding::Session(slot)) => Some(quote!(__sessions::Slot(#slot))),
            (None, Binding::Store) => Some(quote!(__sessions::Store)),
        };
        let param = Parameter {
            attrs: vec![quote!(#[allow(unused_variables)])],
            pat: injected.ident.to_token_stream(),
            ty: injected_type(plan, injected),
        };
        Argument {
            param,
            marker: marker.unwrap_or_default(),
        }
    });
    let injected: Vec<Argument> = injected.collect();
    if written.len() + injected.len() <= LARGEST_TUPLE {
        return written.into_iter().chain(injected).collect();
    }
    grouped(written).into_iter().chain(grouped(injected)).collect()
}

/// Asks a type whether it is an extractor. Its error stands on the second mention of the type, all of whose tokens are shown;
/// the call, which it shows too, stands there as well.
fn probe(ty: &Type) -> TokenStream {
    let what = Ident::new("what", ty.span());
    quote!(__sessions::Probe::<#ty>::NEW.#what::<#ty>())
}

/// At most half as many parameters as there may be; tuples, where there are more.
fn grouped(mut arguments: Vec<Argument>) -> Vec<Argument> {
    while arguments.len() > LARGEST_TUPLE / 2 {
        let groups = arguments.chunks(LARGEST_TUPLE).map(|group| {
            let params: Vec<&Parameter> = group.iter().map(|argument| &argument.param).collect();
            let attrs = params.iter().flat_map(|param| param.attrs.clone()).collect();
            let (pats, types) = (
                params.iter().map(|param| &param.pat),
                params.iter().map(|param| &param.ty),
            );
            let markers = group.iter().map(|argument| &argument.marker);
            let param = Parameter {
                attrs,
                pat: quote!((#(#pats,)*)),
                ty: quote!((#(#types,)*)),
            };
            Argument {
                param,
                marker: quote!((#(#markers,)*)),
            }
        });
        arguments = groups.collect();
    }
    arguments
}

/// The type of an injected parameter.
pub(crate) fn injected_type(plan: &Plan, injected: &Injected) -> TokenStream {
    if let Some(data) = &injected.data {
        return quote!(&mut #data);
    }
    let (runtime, ty) = (&plan.runtime, referent(injected.binding));
    quote!(&#runtime::#ty)
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

/// The constant that says what a parameter by reference is bound to, and is its marker.
pub(crate) fn constant_ident(index: usize) -> Ident {
    format_ident!("__SESSIONS_{index}")
}
