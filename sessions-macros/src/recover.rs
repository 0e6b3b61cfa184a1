//! What to write when the input is wrong: the final shape of the item and every message.
//!
//! The item keeps its name and signature towards the outside, and the body keeps its sessions, so that one mistake is one
//! message, and an editor still completes inside the body.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ReturnType, Safety};

use crate::expand::{self, Shape};
use crate::handler::params;
use crate::plan::{Broken, Plan};

/// Writes a handler that breaks rules.
pub(crate) fn recover(broken: Broken) -> TokenStream {
    let Broken { mut plan, errors } = broken;
    let errors = errors.into_tokens();
    if plan.handler.sig.receiver().is_some() {
        let method = method(&plan);
        return quote!(#method #errors);
    }
    mend(&mut plan);
    expand::outer(
        &plan,
        Shape::Async,
        &quote! {
            #errors
            loop {}
        },
    )
}

/// Takes out of the signature what was reported.
fn mend(plan: &mut Plan) {
    let handler = &mut plan.handler;
    handler
        .attrs
        .retain(|attr| !crate::handler::named(attr.path(), "with_sessions"));
    let sig = &mut handler.sig;
    sig.constness = None;
    sig.safety = Safety::Default;
    sig.abi = None;
    if let ReturnType::Default = sig.output {
        // Whatever the body returns is right.
        sig.output = syn::parse_quote!(-> impl ::core::marker::Sized);
    }
    let cfg = |attr: &syn::Attribute| {
        crate::handler::named(attr.path(), "cfg") || crate::handler::named(attr.path(), "cfg_attr")
    };
    for param in &mut plan.bound.params {
        param.written.attrs.retain(|attr| !cfg(attr));
    }
}

/// A method stays a method, since its body speaks of `self`; the sessions are bound all the same.
fn method(plan: &Plan) -> TokenStream {
    let handler = &plan.handler;
    let (attrs, vis, body) = (&handler.attrs, &handler.vis, &handler.body);
    let mut sig = handler.sig.clone();
    let receiver = sig
        .inputs
        .iter()
        .find(|input| matches!(input, FnArg::Receiver(_)))
        .cloned();
    let written = params(&handler.sig)
        .zip(&plan.bound.params)
        .map(|(_, param)| &param.written);
    let injected = expand::injected(plan);
    sig.inputs = syn::punctuated::Punctuated::new();
    let (constness, safety, abi, name) = (&sig.constness, &sig.safety, &sig.abi, &sig.ident);
    let (generics, output, where_clause) = (&sig.generics, &sig.output, &sig.generics.where_clause);
    quote! {
        #(#attrs)*
        #vis #constness async #safety #abi fn #name #generics (#receiver, #(#written,)* #injected) #output #where_clause #body
    }
}
