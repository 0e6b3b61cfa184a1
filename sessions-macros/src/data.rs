//! `#[derive(SessionData)]`: the one definition of a session, on its type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, LitStr, Meta};

use crate::args::{self, Args, Backend};
use crate::diagnostics::Errors;
use crate::handler::named;
use crate::mention::unraw;
use crate::names;
use crate::path::Runtime;
use crate::register;
use crate::whole;

/// The whole of `#[derive(SessionData)] item`.
///
/// Input:
/// ```text
/// #[derive(SessionData)]
/// #[session(name = "cart", backend = "datastore")]
/// struct Cart { items: BTreeMap<String, u32>, #[session(whole)] seen: BTreeMap<String, u32> }
/// ```
/// Output, shortened:
/// ```text
/// const _: () = {
///     impl Defined for Cart {
///         const DATA: &'static Data = &Data { name: "cart", backend: Some(&DATASTORE), whole: &["seen"], .. };
///         const CODEC: Codec<Self> = codec::<Cart>();
///     }
///     #[distributed_slice]
///     static __SESSIONS_DATA: &Data = <Cart as Defined>::DATA;
/// };
/// ```
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(err) => return err.to_compile_error(),
    };
    let mut errors = Errors::default();
    let args = arguments(&input.attrs, &mut errors);
    let runtime = Runtime::new(args.runtime.as_ref(), &mut errors);
    if args.backend.as_ref().is_some_and(Backend::is_securecookie) {
        args.options.check_securecookie(&mut errors);
    }
    check_generics(&input, &mut errors);
    let whole = whole::fields(&input, &mut errors);
    let name = name(&input, &args, &mut errors);
    if errors.is_empty() {
        return expand(&input, &args, &name, &whole, &runtime);
    }
    let errors = errors.into_tokens();
    let shape = shape(&input, &name, &runtime);
    quote!(#shape #errors)
}

/// Reads `#[session(..)]`; without it, everything comes from the type's name and the configuration.
fn arguments(attrs: &[Attribute], errors: &mut Errors) -> Args {
    let mut own = attrs.iter().filter(|attr| named(attr.path(), "session"));
    let tokens = match own.next().map(|attr| &attr.meta) {
        None | Some(Meta::Path(_)) => TokenStream::new(),
        Some(Meta::List(list)) => list.tokens.clone(),
        Some(meta @ Meta::NameValue(_)) => {
            errors.on(
                meta,
                "`session` takes its options in parentheses: `#[session(name = \"cart\")]`",
            );
            TokenStream::new()
        }
    };
    for further in own {
        errors.on(
            further,
            "`#[session]` stands twice on this type; write all options into one",
        );
    }
    args::parse(tokens, args::Attribute::Data, errors)
}

fn check_generics(input: &DeriveInput, errors: &mut Errors) {
    if !input.generics.params.is_empty() {
        let (ident, params) = (&input.ident, &input.generics.params);
        errors.on(
            params,
            format!(
                "a session has one definition, so its type cannot be generic; derive `SessionData` on a type that names \
                 its parameters, such as `struct My{ident}({ident}<..>)`"
            ),
        );
    }
    if let Data::Union(data) = &input.data {
        errors.on(
            data.union_token,
            "a union cannot be session data; use a struct or an enum",
        );
    }
}

/// The session's name: the one given, or that of the type.
fn name(input: &DeriveInput, args: &Args, errors: &mut Errors) -> String {
    if let Some(name) = &args.name {
        return name.value();
    }
    let own = unraw(&input.ident.to_string()).to_owned();
    let name = names::snake_case(&own);
    if names::cookie_name_problem(&name).is_some() {
        errors.on(
            &input.ident,
            format!("`{own}` is no name for a cookie; add `#[session(name = ..)]`"),
        );
    }
    name
}

fn expand(input: &DeriveInput, args: &Args, name: &str, whole: &[String], runtime: &Runtime) -> TokenStream {
    let ident = &input.ident;
    let type_name = unraw(&ident.to_string()).to_owned();
    let line = line(input, args);
    let mut fields = Vec::new();
    let mut backend = None;
    match &args.backend {
        Some(Backend::Role(role, literal)) => {
            let role = Ident::new(
                &role.to_uppercase(),
                Span::mixed_site().located_at(literal.span()),
            );
            fields.push(quote!(backend: ::core::option::Option::Some(&__sessions::role::#role)));
        }
        Some(Backend::Path(path)) => {
            let value = quote_spanned!(path.span()=> &#path);
            backend = Some(quote!(static __SESSIONS_BACKEND: &__sessions::BackendName = #value;));
            fields.push(quote!(backend: ::core::option::Option::Some(__SESSIONS_BACKEND)));
        }
        None => {}
    }
    fields.extend(register::options(&args.options).map(|options| quote!(options: #options)));
    if !whole.is_empty() {
        fields.push(quote!(whole: &[#(#whole),*]));
    }
    // The one place that asks for serde's traits; the message points to the type.
    let codec = quote_spanned!(ident.span()=> __sessions::codec::<#ident>());
    // Miri has no linker, and so no list.
    quote! {
        const _: () = {
            use #runtime::__private as __sessions;
            #backend
            impl __sessions::Defined for #ident {
                const DATA: &'static __sessions::Data = &__sessions::Data {
                    name: #name,
                    type_name: #type_name,
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: #line,
                    #(#fields,)*
                    ..__sessions::Data::NONE
                };
                const CODEC: __sessions::Codec<Self> = #codec;
            }
            #[cfg_attr(
                not(miri),
                #runtime::__private::linkme::distributed_slice(#runtime::__private::TYPES),
                linkme(crate = #runtime::__private::linkme)
            )]
            static __SESSIONS_DATA: &__sessions::Data = <#ident as __sessions::Defined>::DATA;
        };
    }
}

/// The line of the definition: that of the name it gives, or else of the type.
fn line(input: &DeriveInput, args: &Args) -> TokenStream {
    let span = args
        .name
        .as_ref()
        .map_or_else(|| input.ident.span(), LitStr::span);
    quote_spanned!(span=> ::core::line!())
}

/// What is left of a definition with mistakes: the type is session data, so that nothing else is reported where it is bound.
fn shape(input: &DeriveInput, name: &str, runtime: &Runtime) -> TokenStream {
    let ident = &input.ident;
    let mut own = input.generics.clone();
    if !own.params.is_empty() {
        own.make_where_clause()
            .predicates
            .push(syn::parse_quote!(Self: 'static));
    }
    let (generics, arguments, where_clause) = own.split_for_impl();
    quote! {
        const _: () = {
            use #runtime::__private as __sessions;
            impl #generics __sessions::Defined for #ident #arguments #where_clause {
                const DATA: &'static __sessions::Data = &__sessions::Data {
                    name: #name,
                    ..__sessions::Data::NONE
                };
                const CODEC: __sessions::Codec<Self> = loop {};
            }
        };
    }
}

#[cfg(test)]
#[path = "data_tests.rs"]
mod tests;
