//! The annotated function: attributes, signature, and the body as tokens that nobody parses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, FnArg, Pat, PatType, Path, Signature, Type, TypeReference, Visibility};

use crate::mention::unraw;

/// A function with a body. Whether it can be a handler, [`crate::signature`] asks.
pub(crate) struct Handler {
    /// Attributes other than ours, in order.
    pub(crate) attrs: Vec<Attribute>,
    /// `#[session(..)]`, in order.
    pub(crate) sessions: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// Usually one group in braces; under `macro_rules!` it may stand in an invisible group.
    pub(crate) body: TokenStream,
}

/// Reads an item. What is not a function with a body is an error on the word that says so.
pub(crate) fn parse(item: TokenStream) -> syn::Result<Handler> {
    let parser = |input: ParseStream<'_>| {
        let (sessions, attrs) = input
            .call(Attribute::parse_outer)?
            .into_iter()
            .partition(|attr| named(attr.path(), "session"));
        let vis = input.parse()?;
        if !begins_function(input) {
            return Err(
                input.error("`#[with_sessions]` applies to an `async fn` handler, or to a module of them")
            );
        }
        Ok(Handler {
            attrs,
            sessions,
            vis,
            sig: input.parse()?,
            body: input.parse()?,
        })
    };
    let handler = parser.parse2(item)?;
    // Only what a function without a body ends with is no group.
    if !matches!(handler.body.clone().into_iter().next(), Some(TokenTree::Group(_))) {
        return Err(syn::Error::new_spanned(
            &handler.sig.ident,
            "a handler needs a body",
        ));
    }
    Ok(handler)
}

fn begins_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while let Ok(word) = ahead.call(Ident::parse_any) {
        match word.to_string().as_str() {
            "fn" => return true,
            "const" | "async" | "unsafe" => {}
            "extern" => drop(ahead.parse::<Option<syn::LitStr>>()),
            _ => return false,
        }
    }
    false
}

/// Whether the last segment of a path is `name`: attributes may be written with their whole path.
pub(crate) fn named(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|segment| segment.ident == name)
}

/// A parameter of reference type: it binds a session and is never extracted.
pub(crate) struct SessionParam {
    /// `None` where the pattern is not a plain name.
    pub(crate) ident: Option<Ident>,
    pub(crate) reference: TypeReference,
}

impl SessionParam {
    pub(crate) fn of(param: &PatType) -> Option<Self> {
        let ident = match &*param.pat {
            Pat::Ident(pat) if pat.subpat.is_none() => Some(pat.ident.clone()),
            _ => None,
        };
        match bare(&param.ty) {
            Type::Reference(reference) => Some(Self {
                ident,
                reference: reference.clone(),
            }),
            _ => None,
        }
    }

    /// Whether the type behind the reference is called `name`.
    pub(crate) fn refers_to(&self, name: &str) -> bool {
        type_named(&self.reference.elem, name)
    }
}

/// Whether a type is a path that ends in `name`.
pub(crate) fn type_named(ty: &Type, name: &str) -> bool {
    matches!(bare(ty), Type::Path(ty) if named(&ty.path, name))
}

/// The type without parentheses and the invisible groups of `macro_rules!`.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// The typed parameters; a receiver is none.
pub(crate) fn params(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    })
}

/// Every name that a pattern binds.
pub(crate) fn bound_idents(pat: &Pat) -> Vec<&Ident> {
    match pat {
        Pat::Ident(pat) => {
            let inner = pat.subpat.iter().flat_map(|(_, pat)| bound_idents(pat));
            std::iter::once(&pat.ident).chain(inner).collect()
        }
        Pat::Paren(pat) => bound_idents(&pat.pat),
        Pat::Reference(pat) => bound_idents(&pat.pat),
        Pat::Type(pat) => bound_idents(&pat.pat),
        Pat::Or(pat) => pat.cases.iter().flat_map(bound_idents).collect(),
        Pat::Slice(pat) => pat.elems.iter().flat_map(bound_idents).collect(),
        Pat::Tuple(pat) => pat.elems.iter().flat_map(bound_idents).collect(),
        Pat::TupleStruct(pat) => pat.elems.iter().flat_map(bound_idents).collect(),
        Pat::Struct(pat) => pat
            .fields
            .iter()
            .flat_map(|field| bound_idents(&field.pat))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether the word `name` stands anywhere in the tokens.
pub(crate) fn contains_word(tokens: &impl ToTokens, name: &str) -> bool {
    tokens.to_token_stream().into_iter().any(|token| match token {
        TokenTree::Group(group) => contains_word(&group.stream(), name),
        TokenTree::Ident(ident) => unraw(&ident.to_string()) == name,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
