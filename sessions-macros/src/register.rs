//! What a handler registers at link time, so that the application knows at its start what the handler needs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned as _;

use crate::args::Backend;
use crate::arguments::constant_ident;
use crate::mention::unraw;
use crate::options::Options;
use crate::plan::{Binding, Declared, Plan, Reference};

/// The static by which the application knows at its start what this handler needs.
pub(crate) fn registration(plan: &Plan, references: &[Reference]) -> TokenStream {
    let name = &plan.handler.sig.ident;
    let handler = unraw(&name.to_string()).to_owned();
    // The line of the name: that of the attribute may be the line of a module or a macro.
    let line = quote_spanned!(name.span()=> ::core::line!());
    let backends = plan
        .bound
        .sessions
        .iter()
        .enumerate()
        .filter_map(|(slot, declared)| match &declared.backend {
            Some(Backend::Path(path)) => {
                let ident = backend_ident(slot);
                let reference = quote_spanned!(path.span()=> &#path);
                Some(quote!(static #ident: &__sessions::BackendName = #reference;))
            }
            _ => None,
        });
    let sessions = plan.bound.sessions.iter().enumerate().map(|(slot, declared)| {
        let own = |one: &Reference| one.binding == Binding::Session(slot);
        declaration(slot, declared, references.iter().position(own))
    });
    let (store, save_always) = (plan.bound.store, plan.save_always);
    // Names of types are known to the compiler only.
    let distinct = (!references.is_empty() && plan.bound.sessions.len() > 1)
        .then(|| quote_spanned!(name.span()=> const _: () = __sessions::distinct(__SESSIONS_PLAN.sessions);));
    // Miri has no linker, and so no list.
    quote! {
        #(#backends)*
        #[cfg_attr(
            not(miri),
            __sessions::linkme::distributed_slice(__sessions::PLANS),
            linkme(crate = __sessions::linkme)
        )]
        static __SESSIONS_PLAN: &__sessions::Plan = &__sessions::Plan {
            handler: #handler,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: #line,
            sessions: &[#(#sessions),*],
            store: #store,
            save_always: #save_always,
        };
        #distinct
    }
}

fn backend_ident(slot: usize) -> Ident {
    format_ident!("__SESSIONS_BACKEND_{slot}")
}

/// One session; `reference` is the parameter that holds it.
fn declaration(slot: usize, declared: &Declared, reference: Option<usize>) -> TokenStream {
    let mut fields = Vec::new();
    if let Some(name) = declared.name.as_ref().map(LitStr::value) {
        fields.push(quote!(name: ::core::option::Option::Some(#name)));
    }
    if let Some(backend) = &declared.backend {
        let backend = match backend {
            Backend::Role(role, literal) => {
                let role = Ident::new(
                    &role.to_uppercase(),
                    Span::mixed_site().located_at(literal.span()),
                );
                quote!(&__sessions::role::#role)
            }
            Backend::Path(_) => backend_ident(slot).into_token_stream(),
        };
        fields.push(quote!(backend: ::core::option::Option::Some(#backend)));
    }
    if declared.load {
        fields.push(quote!(load: true));
    }
    fields.extend(options(&declared.options).map(|options| quote!(options: #options)));
    let line = quote_spanned!(declared.span=> ::core::line!());
    let read_as = reference.map(|index| {
        let method = match () {
            // The options of the default session are not those of a type that takes its place.
            () if slot == 0 => "in_place",
            () if declared.by_ident => "by_type",
            () => "read_as",
        };
        let (method, constant) = (Ident::new(method, Span::mixed_site()), constant_ident(index));
        quote!(.#method(#constant.binds()))
    });
    quote! {
        __sessions::Use { #(#fields,)* line: #line, ..__sessions::Use::NONE } #read_as
    }
}

/// The options that are given, as the runtime's `Options`.
pub(crate) fn options(options: &Options) -> Option<TokenStream> {
    let fields: Vec<TokenStream> = options
        .settings()
        .map(|(name, setting)| {
            let name = format_ident!("{name}");
            quote!(#name: ::core::option::Option::Some(#setting))
        })
        .collect();
    (!fields.is_empty()).then(|| quote!(__sessions::Options { #(#fields,)* ..__sessions::Options::NONE }))
}
