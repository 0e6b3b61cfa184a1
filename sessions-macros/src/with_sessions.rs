//! From the tokens of an attribute and its handler, or its module, to the tokens that replace them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::handler::Handler;
use crate::{conditional, debug, expand, handler, module, plan, recover};

/// The whole of `#[with_sessions(args)] item`.
pub(crate) fn with_sessions(args: TokenStream, item: &TokenStream) -> TokenStream {
    let expansion = match module::parse(item) {
        Some(module) => module::expand(&args, &module),
        None => match handler::parse(item.clone()) {
            Ok(handler) => handle(args, handler),
            Err(err) => {
                let error = err.to_compile_error();
                quote!(#item #error)
            }
        },
    };
    debug::print(item, &expansion);
    expansion
}

fn handle(args: TokenStream, handler: Handler) -> TokenStream {
    if conditional::declares_sessions(&handler.attrs) {
        let Handler {
            attrs,
            sessions,
            vis,
            sig,
            body,
        } = &handler;
        return conditional::first(&args, sessions, attrs, &quote!(#vis #sig #body));
    }
    let (args, inherited) = module::reported(args);
    match plan::plan(args.clone(), handler) {
        Ok(plan) => expand::expand(&plan),
        Err(mut broken) => {
            let handler = &broken.plan.handler;
            if let Some(sessions) = inherited.and_then(|count| handler.sessions.get(..count)) {
                broken.errors = module::unreported(broken.errors, args, sessions, &handler.sig.ident);
            }
            recover::recover(*broken)
        }
    }
}

#[cfg(test)]
#[path = "with_sessions_tests.rs"]
mod tests;
