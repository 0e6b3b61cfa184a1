//! From the tokens of an attribute and its handler to the tokens that replace them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::handler::Handler;
use crate::{conditional, expand, handler, plan, recover};

/// The whole of `#[with_sessions(args)] item`.
pub(crate) fn with_sessions(args: TokenStream, item: &TokenStream) -> TokenStream {
    let expansion = match handler::parse(item.clone()) {
        Ok(handler) => handle(args, handler),
        Err(err) => {
            let error = err.to_compile_error();
            quote!(#item #error)
        }
    };
    if std::env::var_os("SESSIONS_MACROS_DEBUG").is_some_and(|value| value == "1") {
        eprintln!("{expansion}");
    }
    expansion
}

fn handle(args: TokenStream, handler: Handler) -> TokenStream {
    if conditional::declares_sessions(&handler) {
        return conditional::first(&args, handler);
    }
    match plan::plan(args, handler) {
        Ok(plan) => expand::expand(&plan),
        Err(broken) => recover::recover(*broken),
    }
}
