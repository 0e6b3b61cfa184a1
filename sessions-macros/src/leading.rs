//! The type in front of the options of `#[session(Cart, ..)]`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Path, Token};

/// Takes off the type in front of the options: a path that no option can be, since those are lower-case words.
pub(crate) fn leading_type(tokens: TokenStream) -> (Option<Path>, TokenStream) {
    let parser = |input: ParseStream<'_>| {
        let ahead = input.fork();
        let path = ahead.parse::<Path>().ok().filter(is_type);
        match path.filter(|_| ahead.is_empty() || ahead.peek(Token![,])) {
            Some(path) => {
                input.advance_to(&ahead);
                input.parse::<Option<Token![,]>>()?;
                Ok((Some(path), input.parse()?))
            }
            None => Ok((None, input.parse()?)),
        }
    };
    parser.parse2(tokens.clone()).unwrap_or((None, tokens))
}

/// Whether a path names a type rather than an option.
fn is_type(path: &Path) -> bool {
    path.segments.len() > 1 || last(path).to_string().starts_with(char::is_uppercase)
}

/// The last word of a path.
pub(crate) fn last(path: &Path) -> Ident {
    path.segments.last().map_or_else(
        || Ident::new("Cart", Span::call_site()),
        |segment| segment.ident.clone(),
    )
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::args::{self, Attribute};
    use crate::diagnostics::Errors;

    fn messages(tokens: TokenStream, attribute: Attribute) -> Vec<String> {
        let mut errors = Errors::default();
        args::parse(tokens, attribute, &mut errors);
        errors.messages()
    }

    #[test]
    fn a_type_stands_in_front_of_the_options() {
        for tokens in [
            quote!(Cart),
            quote!(Cart,),
            quote!(shop::Cart, lock),
            quote!(crate::Cart, idle_timeout = "1h"),
        ] {
            let mut errors = Errors::default();
            let args = args::parse(tokens.clone(), Attribute::Session, &mut errors);
            assert_eq!(errors.messages(), Vec::<String>::new(), "{tokens}");
            assert!(args.data.is_some_and(|path| last(&path) == "Cart"), "{tokens}");
            for attribute in [Attribute::WithSessions, Attribute::Parameter, Attribute::Data] {
                assert_eq!(messages(tokens.clone(), attribute).len(), 1, "{tokens}");
            }
        }
        assert_eq!(
            messages(quote!(lock, Cart), Attribute::Session),
            ["a type comes first: `#[session(Cart, ..)]`"]
        );
    }
}
