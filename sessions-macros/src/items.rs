//! The items of a module as far as an attribute can tell them apart: functions with their attributes, and the rest.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::handler::contains_word;

/// A part of a module's body. All parts together are the body.
pub(crate) enum Item {
    /// The attributes in front of a function; the function itself follows as [`Item::Other`].
    Function { attrs: Vec<Attr>, name: Ident },
    /// What a macro was given as a whole, such as `$item`.
    Invisible(Group),
    /// Tokens that are of no interest.
    Other(TokenStream),
}

/// An outer attribute: `#` and what stands in brackets.
pub(crate) struct Attr {
    sign: TokenTree,
    brackets: Group,
}

/// Takes a module's body apart.
pub(crate) fn read(body: TokenStream) -> Vec<Item> {
    let mut items = Vec::new();
    let mut tokens = body.into_iter().peekable();
    let mut attrs: Vec<Attr> = Vec::new();
    while let Some(token) = tokens.next() {
        if is_sign(&token)
            && let Some(TokenTree::Group(brackets)) = tokens.next_if(is_brackets)
        {
            attrs.push(Attr {
                sign: token,
                brackets,
            });
            continue;
        }
        if let TokenTree::Group(group) = &token
            && group.delimiter() == Delimiter::None
            && attrs.is_empty()
            && group
                .stream()
                .into_iter()
                .next()
                .is_some_and(|first| is_sign(&first))
        {
            items.push(Item::Invisible(group.clone()));
            continue;
        }
        let attrs = std::mem::take(&mut attrs);
        let mut rest = TokenStream::from(token.clone());
        if !attrs.is_empty() {
            let ahead = std::iter::once(token).chain(tokens.clone());
            match function_name(ahead) {
                Some(name) => items.push(Item::Function { attrs, name }),
                None => rest = quote!(#(#attrs)* #rest),
            }
        }
        items.push(Item::Other(rest));
    }
    // Attributes without an item: the compiler says so.
    items.push(Item::Other(quote!(#(#attrs)*)));
    items
}

fn is_sign(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
}

fn is_brackets(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

/// The name of the function that begins here, if one does.
fn function_name(tokens: impl Iterator<Item = TokenTree>) -> Option<Ident> {
    let mut named = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if named => return Some(ident),
            TokenTree::Ident(ident) => match ident.to_string().as_str() {
                "fn" => named = true,
                "pub" | "async" | "const" | "unsafe" | "extern" => {}
                _ => return None,
            },
            // `pub(crate)`, or the visibility that a macro was given.
            TokenTree::Group(group)
                if !named && matches!(group.delimiter(), Delimiter::Parenthesis | Delimiter::None) => {}
            // `extern "C"`
            TokenTree::Literal(_) if !named => {}
            _ => return None,
        }
    }
    None
}

impl ToTokens for Attr {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.sign.to_tokens(tokens);
        self.brackets.to_tokens(tokens);
    }
}

impl Attr {
    /// Whether the last segment of its path is `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.path().last().is_some_and(|last| last == name)
    }

    /// The words of the path in front.
    fn path(&self) -> Vec<String> {
        let mut words = Vec::new();
        for token in self.brackets.stream() {
            match token {
                TokenTree::Ident(ident) => words.push(ident.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                _ => break,
            }
        }
        words
    }

    /// What stands in parentheses.
    pub(crate) fn arguments(&self) -> TokenStream {
        let group = self.brackets.stream().into_iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
            _ => None,
        });
        group.unwrap_or_default()
    }

    /// The condition of a `cfg_attr` that brings the attribute `name`.
    pub(crate) fn condition_of(&self, name: &str) -> Option<TokenStream> {
        let arguments = self.arguments();
        if !self.is("cfg_attr") || !contains_word(&arguments, name) {
            return None;
        }
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        Some(
            arguments
                .into_iter()
                .take_while(|token| !is_comma(token))
                .collect(),
        )
    }
}
