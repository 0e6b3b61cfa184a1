//! The crate that generated code calls: `::sessions_runtime`, or what `crate = ..` says.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::diagnostics::Errors;

/// An absolute path to the runtime crate.
pub(crate) struct Runtime {
    path: TokenStream,
}

impl Runtime {
    /// Reads `crate = ::path`; a relative path would mean something else in every module, and is refused.
    pub(crate) fn new(given: Option<&syn::Path>, errors: &mut Errors) -> Self {
        let Some(path) = given else {
            return Self {
                path: quote!(::sessions_runtime),
            };
        };
        // `crate::..` is absolute too: it serves a crate that re-exports the runtime from itself.
        let rooted = path
            .segments
            .first()
            .is_some_and(|segment| segment.ident == "crate");
        if path.leading_colon.is_none() && !rooted {
            let cure = path.to_token_stream().to_string().replace(' ', "");
            errors.on(
                path,
                format!("`crate` needs an absolute path; write `crate = ::{cure}`"),
            );
        }
        Self {
            path: path.to_token_stream(),
        }
    }
}

impl ToTokens for Runtime {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.path.to_tokens(tokens);
    }
}
