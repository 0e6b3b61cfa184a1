//! Which names the body of a handler speaks of. The body is read as tokens and never parsed.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream, TokenTree};

/// Every word and literal of a body.
///
/// A name counts as mentioned wherever its ident stands, also inside closures and macro calls, and inside any literal
/// that contains it, since `"{cart}"` is a use. A wrong "yes" only loads a session that is not used.
#[derive(Default)]
pub(crate) struct Mentions {
    /// Each ident with the first place where it stands.
    idents: BTreeMap<String, Span>,
    literals: Vec<(String, Span)>,
    /// `include!` brings in a text that cannot be seen from here.
    include: bool,
}

impl Mentions {
    pub(crate) fn of(body: TokenStream) -> Self {
        let mut mentions = Self::default();
        mentions.read(body);
        mentions.include = mentions.idents.contains_key("include");
        mentions
    }

    fn read(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(ident) => {
                    self.idents
                        .entry(unraw(&ident.to_string()).to_owned())
                        .or_insert_with(|| ident.span());
                }
                TokenTree::Literal(literal) => self.literals.push((literal.to_string(), literal.span())),
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Whether the body may use `name`.
    pub(crate) fn mention(&self, name: &str) -> bool {
        self.include
            || self.idents.contains_key(name)
            || self.literals.iter().any(|(literal, _)| literal.contains(name))
    }

    /// Where the body first speaks of `name`: a binding must take the hygiene of that place to be seen from it.
    pub(crate) fn first(&self, name: &str) -> Option<Span> {
        let placeholder = format!("{{{name}");
        self.idents.get(name).copied().or_else(|| {
            self.literals
                .iter()
                .find(|(literal, _)| literal.contains(&placeholder))
                .map(|(_, span)| *span)
        })
    }
}

/// The name of an ident without `r#`.
pub(crate) fn unraw(ident: &str) -> &str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    /// P47
    #[test]
    fn closures_macros_and_placeholders_are_mentions() {
        for body in [
            quote!({ cart.get("n") }),
            quote!({
                let f = |x| move || cart.insert("n", x);
            }),
            quote!({
                outer!(inner!([cart]));
            }),
            quote!({ format!("{cart}") }),
            quote!({ format!(r#"{cart:?}"#) }),
            quote!({ r#cart.len() }),
            quote!({ include!("body.rs") }),
        ] {
            assert!(Mentions::of(body.clone()).mention("cart"), "{body}");
        }
    }

    #[test]
    fn another_word_is_no_mention() {
        let body = quote!({
            session.get("name");
            carts.len()
        });
        assert!(!Mentions::of(body).mention("cart"));
    }

    #[test]
    fn only_idents_and_placeholders_give_hygiene() {
        assert!(Mentions::of(quote!({ "the cart" })).first("cart").is_none());
        assert!(
            Mentions::of(quote!({ format!("{cart}") }))
                .first("cart")
                .is_some()
        );
        assert!(Mentions::of(quote!({ cart })).first("cart").is_some());
    }
}
