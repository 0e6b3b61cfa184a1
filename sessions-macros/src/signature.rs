//! What the signature of a handler must be, whatever its sessions are.

use syn::{ReturnType, Safety};

use crate::diagnostics::Errors;
use crate::handler::{Handler, contains_word, named, params};

/// Reports each part of the signature that a handler cannot have.
pub(crate) fn check(handler: &Handler, errors: &mut Errors) {
    let sig = &handler.sig;
    for attr in handler
        .attrs
        .iter()
        .filter(|attr| named(attr.path(), "with_sessions"))
    {
        errors.on(
            attr,
            "`#[with_sessions]` stands twice on this handler; remove one",
        );
    }
    match (sig.constness, sig.asyncness) {
        (Some(word), _) => errors.on(
            word,
            "a handler is an `async fn`; write `async` instead of `const`",
        ),
        (None, None) => errors.on(
            sig.fn_token,
            "a handler is an `async fn`; write `async` in front of `fn`",
        ),
        (None, Some(_)) => {}
    }
    if let Safety::Unsafe(word) = sig.safety {
        errors.on(
            word,
            "a handler cannot be `unsafe`; move the unsafe part into a function that it calls",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.on(abi, "a handler cannot be `extern`; remove it");
    }
    if let Some(receiver) = sig.receiver() {
        errors.on(
            receiver,
            "a handler cannot take `self`; keep shared state in `web::Data`",
        );
    }
    if let ReturnType::Default = sig.output {
        errors.on(
            &sig.ident,
            "a handler needs a return type, such as `-> impl Responder`",
        );
    }
    for param in params(sig) {
        if contains_word(&param.ty, "impl") {
            errors.on(
                &param.ty,
                "a handler's parameter cannot be `impl Trait`; name the type",
            );
        }
        for attr in &param.attrs {
            if named(attr.path(), "cfg") || named(attr.path(), "cfg_attr") {
                errors.on(
                    attr,
                    "a handler's parameter cannot depend on `cfg`; write one handler for each case",
                );
            }
        }
    }
}
