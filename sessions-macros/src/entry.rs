//! One option of an attribute as written: `key = value`, `key(..)`, or a key alone.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Lit, LitBool, LitStr, Path, Token, token};

use crate::diagnostics::Errors;
use crate::names;

/// The value behind a key.
#[derive(Clone)]
pub(crate) enum Value {
    /// The key stands alone.
    Bare,
    Str(LitStr),
    Bool(LitBool),
    Path(Path),
    /// `key(..)`
    List(Group),
    /// Anything else; no option takes it.
    Other(TokenStream),
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Bare => {}
            Self::Str(literal) => literal.to_tokens(tokens),
            Self::Bool(literal) => literal.to_tokens(tokens),
            Self::Path(path) => path.to_tokens(tokens),
            Self::List(group) => group.to_tokens(tokens),
            Self::Other(other) => other.to_tokens(tokens),
        }
    }
}

/// One `key = value`, `key(..)`, or `key`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

impl Entry {
    /// The value where it is a string; otherwise reports what was expected.
    pub(crate) fn string(&self, example: &str, errors: &mut Errors) -> Option<LitStr> {
        if let Value::Str(literal) = &self.value {
            return Some(literal.clone());
        }
        self.expected(example, errors);
        None
    }

    /// The value where it is one of `choices`; otherwise reports them.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)], errors: &mut Errors) -> Option<T> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let literal = self.string(&format!("\"{}\"", words.join("\"` or `\"")), errors)?;
        let word = literal.value();
        let chosen = choices
            .iter()
            .find(|(choice, _)| *choice == word)
            .map(|(_, value)| *value);
        if chosen.is_none() {
            let hint = names::hint(&word, &words);
            let cure = if hint.is_empty() {
                format!("; write `{}`", words.join("` or `"))
            } else {
                hint
            };
            errors.on(
                &literal,
                format!("`{}` cannot be `{}`{cure}", self.key, word.escape_default()),
            );
        }
        chosen
    }

    /// Reports that the value is not of the kind that the option takes.
    pub(crate) fn expected(&self, example: &str, errors: &mut Errors) {
        errors.on(
            self,
            format!("`{key}` is written `{key} = {example}`", key = self.key),
        );
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        self.value.to_tokens(tokens);
    }
}

/// Splits the arguments into entries; a malformed one is reported and skipped up to its comma.
///
/// `first` is the option that a value without a key was probably meant for.
pub(crate) fn entries(tokens: TokenStream, first: &str, errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let well_formed = match entry(input, first) {
                Ok(entry) => {
                    entries.push(entry);
                    true
                }
                Err(err) => {
                    errors.push(err);
                    false
                }
            };
            if input.is_empty() || input.parse::<Option<Token![,]>>()?.is_some() {
                continue;
            }
            if well_formed {
                errors.push(input.error("expected `,` between two options"));
            }
            // What follows is read as the next option where it may be one, and is no second mistake where it may not.
            if !well_formed || !input.peek(Ident::peek_any) {
                until_comma(input)?;
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    };
    if let Err(err) = parser.parse2(tokens) {
        errors.push(err);
    }
    entries
}

fn entry(input: ParseStream<'_>, first: &str) -> syn::Result<Entry> {
    if input.peek(Lit) {
        let literal = input.parse::<Lit>()?;
        let written = literal.to_token_stream();
        return Err(syn::Error::new_spanned(
            literal,
            format!("expected an option; write `{first} = {written}`"),
        ));
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected an option such as `idle_timeout = \"30m\"`"));
    }
    let key = input.call(Ident::parse_any)?;
    if input.peek(token::Paren) {
        return Ok(Entry {
            key,
            value: Value::List(input.parse()?),
        });
    }
    if !input.peek(Token![=]) {
        return Ok(Entry {
            key,
            value: Value::Bare,
        });
    }
    let equals = input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        let written = quote!(#key #equals);
        return Err(syn::Error::new_spanned(
            written,
            format!("expected a value after `{key} =`"),
        ));
    }
    Ok(Entry {
        key,
        value: value(input)?,
    })
}

fn value(input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(Lit) {
        return Ok(match input.parse()? {
            Lit::Str(literal) => Value::Str(literal),
            Lit::Bool(literal) => Value::Bool(literal),
            other => Value::Other(other.into_token_stream()),
        });
    }
    if input.peek(Ident::peek_any) || input.peek(Token![::]) {
        return input.call(Path::parse_mod_style).map(Value::Path);
    }
    until_comma(input).map(Value::Other)
}

fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut rest = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        rest.extend([input.parse::<TokenTree>()?]);
    }
    Ok(rest)
}
