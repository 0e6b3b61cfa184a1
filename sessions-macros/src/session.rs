//! `#[session(..)]` above `#[with_sessions]`, or without it. Below it, `#[with_sessions]` takes the attribute away.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta};

use crate::handler::named;

/// Puts the attribute below the `#[with_sessions]` of the same item.
pub(crate) fn session(args: &TokenStream, item: &TokenStream) -> TokenStream {
    let parser =
        |input: ParseStream<'_>| Ok((input.call(Attribute::parse_outer)?, input.parse::<TokenStream>()?));
    let Ok((attrs, rest)) = parser.parse2(item.clone()) else {
        return alone(item);
    };
    let Some(position) = attrs.iter().position(brings_sessions) else {
        return alone(item);
    };
    let (above, below) = attrs.split_at(position + 1);
    quote! {
        #(#above)*
        #[session(#args)]
        #(#below)*
        #rest
    }
}

/// Whether an attribute is `#[with_sessions]`, also on a condition.
fn brings_sessions(attr: &Attribute) -> bool {
    let conditional = attr.path().is_ident("cfg_attr") && matches!(&attr.meta, Meta::List(_));
    named(attr.path(), "with_sessions")
        || conditional && crate::handler::contains_word(&attr.to_token_stream(), "with_sessions")
}

fn alone(item: &TokenStream) -> TokenStream {
    let message =
        "`#[session]` declares a session of a handler with `#[with_sessions]`; add `#[with_sessions]`";
    let error = syn::Error::new(Span::call_site(), message).to_compile_error();
    quote!(#item #error)
}
