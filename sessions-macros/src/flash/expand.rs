//! A derived `Flash` as tokens. Nothing here can fail: every rule was asked before.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Member};

use super::options::Level;
use super::plan::{Message, Plan, Shape};
use super::text::Text;

/// Writes the impls.
///
/// Input:
/// ```text
/// #[derive(Flash)]
/// enum Notice {
///     #[flash(level = "success", text = "Added {sku}")]
///     Added { sku: String },
/// }
/// ```
/// Output, shortened:
/// ```text
/// impl Flash for Notice {
///     const QUEUE: &'static str = "notice";
///     fn level(&self) -> Level { Level::Success }
///     fn text(&self) -> String { shown(self) }
/// }
/// impl Display for Notice {
///     fn fmt(&self, f: &mut Formatter<'_>) -> Result {
///         match self { Self::Added { sku: value0, .. } => write!(f, "Added {sku}", sku = value0) }
///     }
/// }
/// ```
/// `shown` asks for the type's `Display`, this one or its own.
pub(super) fn expand(plan: &Plan) -> TokenStream {
    let Plan {
        shape,
        queue,
        messages,
    } = plan;
    let level = level(&shape.runtime.to_token_stream(), messages);
    let display = shape.display.then(|| display(shape, messages));
    let flash = implement(shape, queue, &level);
    quote!(#flash #display)
}

fn implement(shape: &Shape, queue: &str, level: &TokenStream) -> TokenStream {
    let Shape { runtime, name, .. } = shape;
    // What is missing is told on the type; `self` is that of this method, also where a macro wrote the type's name.
    let this = Ident::new("self", Span::call_site());
    let shown = quote_spanned!(shape.span()=> #runtime::__private::shown(#this));
    quote! {
        #[automatically_derived]
        impl #runtime::Flash for #name {
            const QUEUE: &'static str = #queue;
            #level
            fn text(&self) -> ::std::string::String {
                #shown
            }
        }
    }
}

/// The method `level`, where it says more than the trait's own.
fn level(runtime: &TokenStream, messages: &[Message]) -> TokenStream {
    let mut levels: Vec<(&Level, Vec<TokenStream>)> = Vec::new();
    for message in messages {
        let pattern = pattern(message, None);
        match levels.iter_mut().find(|(level, _)| **level == message.level) {
            Some((_, patterns)) => patterns.push(pattern),
            None => levels.push((&message.level, vec![pattern])),
        }
    }
    let value = |level: &Level| match level {
        Level::Known(variant) => {
            let variant = Ident::new(variant, Span::call_site());
            quote!(#runtime::Level::#variant)
        }
        Level::Other(word) => quote!(#runtime::Level::Other(::std::string::String::from(#word))),
    };
    let body = match levels.as_slice() {
        [(Level::Known("Info"), _)] => return TokenStream::new(),
        [(level, _)] => value(level),
        levels => {
            let arms = levels.iter().map(|(level, patterns)| {
                let value = value(level);
                quote!(#(#patterns)|* => #value,)
            });
            quote!(match self { #(#arms)* })
        }
    };
    quote! {
        fn level(&self) -> #runtime::Level {
            #body
        }
    }
}

fn display(shape: &Shape, messages: &[Message]) -> TokenStream {
    let name = &shape.name;
    let f = Ident::new("f", Span::mixed_site());
    let arms = messages.iter().map(|message| {
        let pattern = pattern(message, message.text.as_ref());
        match &message.text {
            Some(Text::Format { literal, shown }) => {
                let arguments = shown.iter().enumerate().map(|(index, (_, name))| {
                    // A field that cannot be shown is told on the text that shows it.
                    let mut value = value(index);
                    value.set_span(value.span().located_at(literal.span()));
                    quote!(#name = #value)
                });
                quote!(#pattern => ::core::write!(#f, #literal, #(#arguments),*),)
            }
            Some(Text::Plain(text)) => quote!(#pattern => #f.write_str(#text),),
            None => quote!(#pattern => #f.write_str(""),),
        }
    });
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Display for #name {
            fn fmt(&self, #f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#arms)* }
            }
        }
    }
}

/// The pattern of a message that binds the fields which its text shows. It fits fields with names and with numbers.
fn pattern(message: &Message, text: Option<&Text>) -> TokenStream {
    let variant = message.variant.iter();
    let path = quote!(Self #(::#variant)*);
    let shown: &[(Member, Ident)] = match text {
        Some(Text::Format { shown, .. }) => shown,
        _ => &[],
    };
    let fields = shown.iter().enumerate().map(|(index, (member, _))| {
        let value = value(index);
        quote!(#member: #value,)
    });
    quote!(#path { #(#fields)* .. })
}

/// A variable for a field: named so that no constant or unit struct of the user can be meant.
fn value(index: usize) -> Ident {
    format_ident!("__sessions_value{index}", span = Span::mixed_site())
}

/// The impls of a type that breaks rules, so that its uses are no further mistakes.
pub(super) fn recover(input: &DeriveInput, shape: &Shape, errors: &TokenStream) -> TokenStream {
    // Serde refuses a union as well, and so each use of it.
    if matches!(input.data, Data::Union(_)) {
        return errors.clone();
    }
    let Shape {
        runtime,
        name,
        display,
    } = shape;
    let (generics, arguments, where_clause) = input.generics.split_for_impl();
    let predicates = where_clause.map(|clause| &clause.predicates);
    let display = display.then(|| {
        quote! {
            impl #generics ::core::fmt::Display for #name #arguments #where_clause {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::result::Result::Ok(())
                }
            }
        }
    });
    // Of generic types nobody knows here whether they can be kept in a session.
    let kept = (!input.generics.params.is_empty())
        .then(|| quote!(#name #arguments: #runtime::__private::FlashValue,));
    quote! {
        #errors
        impl #generics #runtime::Flash for #name #arguments where #kept #predicates {
            const QUEUE: &'static str = "";
        }
        #display
    }
}
