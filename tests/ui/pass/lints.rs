//! Nothing that is generated raises a lint, and nothing that is not used is reported.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    rust_2018_idioms,
    rust_2024_compatibility,
    single_use_lifetimes,
    unused_lifetimes,
    let_underscore_drop
)]
use actix_web::{Responder, get};
use sessions_runtime::{Session, with_sessions};

/// Mentions nothing.
#[with_sessions]
#[session(name = "cart", backend = "memory")]
#[get("/")]
pub(crate) async fn unused() -> impl Responder {
    ""
}

/// Has sessions that it does not use.
#[with_sessions]
async fn unused_parameters(_cart: &Session) -> impl Responder {
    session.name().to_owned()
}

fn main() {
    let _unused = unused;
    let _unused_parameters = unused_parameters;
}
