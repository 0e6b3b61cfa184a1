//! `#[session(whole)]`: which fields stay one entry, by the names under which serde writes them.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Expr, Field, Fields, Lit, LitStr, Meta, Token};

use crate::diagnostics::Errors;
use crate::handler::named;
use crate::mention::unraw;
use crate::names;

/// The serialised names of the fields with `#[session(whole)]`.
pub(crate) fn fields(input: &DeriveInput, errors: &mut Errors) -> Vec<String> {
    let rule = serde_text(&input.attrs, "rename_all");
    let mut whole = Vec::new();
    match &input.data {
        Data::Struct(data) => {
            for field in &data.fields {
                if let Some(attr) = marked(&field.attrs, errors) {
                    whole.extend(name(
                        field,
                        rule.as_ref(),
                        attr,
                        matches!(data.fields, Fields::Named(_)),
                        errors,
                    ));
                }
            }
        }
        Data::Enum(data) => {
            for variant in &data.variants {
                let attrs = variant
                    .fields
                    .iter()
                    .flat_map(|field| &field.attrs)
                    .chain(&variant.attrs);
                for attr in attrs.filter(|attr| named(attr.path(), "session")) {
                    errors.on(
                        attr,
                        "an enum has no fields that are entries of their own; remove `#[session]`",
                    );
                }
            }
        }
        Data::Union(_) => {}
    }
    whole
}

/// The attribute that marks a field, if it has one.
fn marked<'a>(attrs: &'a [Attribute], errors: &mut Errors) -> Option<&'a Attribute> {
    let mut own = attrs.iter().filter(|attr| named(attr.path(), "session"));
    let attr = own.next()?;
    for further in own {
        errors.on(further, "`#[session]` stands twice on this field; remove one");
    }
    let tokens = match &attr.meta {
        Meta::List(list) => list.tokens.to_string(),
        other => other.to_token_stream().to_string(),
    };
    if tokens == "whole" {
        return Some(attr);
    }
    let hint = names::hint(&tokens, &["whole"]);
    let cure = if hint.is_empty() {
        "; options of the session stand on its type".to_owned()
    } else {
        hint
    };
    errors.on(
        attr,
        format!("a field has the option `#[session(whole)]` only{cure}"),
    );
    None
}

fn name(
    field: &Field,
    rule: Option<&LitStr>,
    attr: &Attribute,
    has_names: bool,
    errors: &mut Errors,
) -> Option<String> {
    let Some(ident) = field.ident.as_ref().filter(|_| has_names) else {
        errors.on(
            attr,
            "a field without a name is no entry of its own; remove `#[session(whole)]`",
        );
        return None;
    };
    if serde_word(&field.attrs, "flatten") {
        errors.on(
            attr,
            "a flattened field is spread over entries of its own; remove `flatten` or `#[session(whole)]`",
        );
        return None;
    }
    if let Some(name) = serde_text(&field.attrs, "rename") {
        return Some(name.value());
    }
    let ident = ident.to_string();
    let ident = unraw(&ident);
    Some(rule.map_or_else(|| ident.to_owned(), |rule| renamed(ident, &rule.value())))
}

/// A field's name under serde's `rename_all`.
fn renamed(name: &str, rule: &str) -> String {
    let words = || name.split('_').filter(|word| !word.is_empty());
    let pascal = || words().map(capitalised).collect::<String>();
    match rule {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_ascii_uppercase(),
        "PascalCase" => pascal(),
        "camelCase" => {
            let pascal = pascal();
            let first = pascal.chars().next().map(|letter| letter.to_ascii_lowercase());
            first.into_iter().chain(pascal.chars().skip(1)).collect()
        }
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The text of `#[serde(key = "text")]` or `#[serde(key(serialize = "text"))]`.
fn serde_text(attrs: &[Attribute], key: &str) -> Option<LitStr> {
    metas(attrs).find_map(|meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident(key) => text(&pair.value),
        Meta::List(list) if list.path.is_ident(key) => parsed(list.tokens).find_map(|meta| match meta {
            Meta::NameValue(pair) if pair.path.is_ident("serialize") => text(&pair.value),
            _ => None,
        }),
        _ => None,
    })
}

fn serde_word(attrs: &[Attribute], word: &str) -> bool {
    metas(attrs).any(|meta| meta.path().is_ident(word))
}

/// What stands in serde's attributes. What is wrong with them, serde says.
fn metas(attrs: &[Attribute]) -> impl Iterator<Item = Meta> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("serde"))
        .flat_map(|attr| match &attr.meta {
            Meta::List(list) => parsed(list.tokens.clone()),
            _ => parsed(TokenStream::new()),
        })
}

fn parsed(tokens: TokenStream) -> impl Iterator<Item = Meta> {
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens);
    metas.unwrap_or_default().into_iter()
}

fn text(value: &Expr) -> Option<LitStr> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn names(input: &DeriveInput) -> Vec<String> {
        let mut errors = Errors::default();
        let names = fields(input, &mut errors);
        assert_eq!(errors.messages(), Vec::<String>::new());
        names
    }

    #[test]
    fn fields_are_known_by_their_serialised_names() {
        let named = names(&parse_quote! {
            struct Cart {
                #[session(whole)]
                items_seen: u8,
                plain: u8,
                #[serde(rename = "x-y", default)]
                #[session(whole)]
                renamed: u8,
                #[serde(skip_serializing_if = "Vec::is_empty", rename(serialize = "out", deserialize = "in"))]
                #[session(whole)]
                both: u8,
                #[session(whole)]
                r#type: u8,
            }
        });
        assert_eq!(named, ["items_seen", "x-y", "out", "type"]);
    }

    #[test]
    fn rename_all_follows_serde() {
        for (rule, expected) in [
            ("lowercase", "first_seen_at"),
            ("UPPERCASE", "FIRST_SEEN_AT"),
            ("PascalCase", "FirstSeenAt"),
            ("camelCase", "firstSeenAt"),
            ("snake_case", "first_seen_at"),
            ("SCREAMING_SNAKE_CASE", "FIRST_SEEN_AT"),
            ("kebab-case", "first-seen-at"),
            ("SCREAMING-KEBAB-CASE", "FIRST-SEEN-AT"),
        ] {
            let rule = LitStr::new(rule, proc_macro2::Span::call_site());
            let named = names(&parse_quote! {
                #[serde(rename_all = #rule)]
                struct Cart {
                    #[session(whole)]
                    first_seen_at: u8,
                }
            });
            assert_eq!(named, [expected]);
        }
    }

    #[test]
    fn a_field_takes_no_other_option() {
        for field in [
            quote::quote!(#[session(hole)] items: u8),
            quote::quote!(#[session(name = "x")] items: u8),
            quote::quote!(#[session] items: u8),
            quote::quote!(#[session(whole)] #[session(whole)] items: u8),
            quote::quote!(#[session(whole)] #[serde(flatten)] items: u8),
        ] {
            let mut errors = Errors::default();
            fields(&parse_quote!(struct Cart { #field }), &mut errors);
            assert_eq!(errors.len(), 1, "{field}");
        }
        for item in [
            parse_quote!(
                struct Cart(#[session(whole)] u8);
            ),
            parse_quote!(
                enum Cart {
                    A {
                        #[session(whole)]
                        items: u8,
                    },
                }
            ),
            parse_quote!(
                enum Cart {
                    #[session(whole)]
                    A,
                }
            ),
        ] {
            let mut errors = Errors::default();
            fields(&item, &mut errors);
            assert_eq!(errors.len(), 1);
        }
    }
}
