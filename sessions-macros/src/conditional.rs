//! `#[cfg_attr(.., session(..))]` below `#[with_sessions]`: only the compiler can tell whether it holds.
//!
//! The compiler decides on conditional attributes that stand above ours. So they are put there, and we are called again.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use crate::args;
use crate::diagnostics::Errors;
use crate::handler::named;
use crate::path::Runtime;

/// Whether one of the attributes declares a session on a condition.
pub(crate) fn declares_sessions(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| conditional_session(attr).is_some())
}

/// The item with its conditional sessions above `#[with_sessions(args)]`.
///
/// `sessions` and `attrs` are its own `#[session]` and other attributes; `rest` follows them.
pub(crate) fn first(
    args: &TokenStream,
    sessions: &[Attribute],
    attrs: &[Attribute],
    rest: &TokenStream,
) -> TokenStream {
    // What is wrong with the arguments is reported by the second call.
    let mut unread = Errors::default();
    let given = args::parse(args.clone(), args::Attribute::WithSessions, &mut unread);
    let runtime = Runtime::new(given.runtime.as_ref(), &mut unread);

    let (conditional, others): (Vec<_>, Vec<_>) =
        attrs.iter().partition(|attr| conditional_session(attr).is_some());
    let conditional = conditional
        .into_iter()
        .filter_map(conditional_session)
        .map(|(condition, metas)| {
            let metas = metas.into_iter().map(|meta| match meta {
                // The name need not be imported by those who write it below `#[with_sessions]`.
                Meta::List(list) if named(&list.path, "session") => {
                    let tokens = list.tokens;
                    quote!(#runtime::session(#tokens))
                }
                meta => meta.into_token_stream(),
            });
            quote!(#[cfg_attr(#condition, #(#metas),*)])
        });
    quote! {
        #(#conditional)*
        #[#runtime::with_sessions(#args)]
        #(#sessions)*
        #(#others)*
        #rest
    }
}

/// The condition and the attributes of a `cfg_attr` that declares a session.
fn conditional_session(attr: &Attribute) -> Option<(TokenStream, Vec<Meta>)> {
    let Meta::List(list) = &attr.meta else { return None };
    if !attr.path().is_ident("cfg_attr") {
        return None;
    }
    let mut tokens = list.tokens.clone().into_iter();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let condition: TokenStream = tokens.by_ref().take_while(|token| !is_comma(token)).collect();
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated
        .parse2(tokens.collect())
        .ok()?;
    metas
        .iter()
        .any(|meta| named(meta.path(), "session"))
        .then(|| (condition, metas.into_iter().collect()))
}
