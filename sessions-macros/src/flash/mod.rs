//! `#[derive(Flash)]`: the queue, the levels and the texts of a type of flash messages.
//!
//! The way is that of the handlers: tokens, a plan that asked every rule, an expansion that cannot fail.

mod expand;
pub(crate) mod options;
mod plan;
#[cfg(test)]
mod tests;
mod text;

use proc_macro2::TokenStream;

use self::plan::Refused;

/// The whole of `#[derive(Flash)] item`.
pub(crate) fn flash(item: TokenStream) -> TokenStream {
    let input = match syn::parse2(item) {
        Ok(input) => input,
        Err(err) => return err.to_compile_error(),
    };
    match plan::plan(&input) {
        Ok(plan) => expand::expand(&plan),
        Err(Refused { shape, errors }) => {
            let errors = errors.into_tokens();
            expand::recover(&input, &shape, &errors)
        }
    }
}
