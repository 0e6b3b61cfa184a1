//! The one function around every annotated handler.

use std::any::TypeId;

use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::parts::Parts;
use super::plan::Plan;
use super::scope::{Scope, refuse};

/// Opens the store, extracts the handler's own parameters, loads its sessions, runs it, saves.
///
/// Always gives a response and never an `Err`, because actix-web makes a new response of an error, and its cookies
/// would be lost. Extractors run before the load: one that refuses spares the backend, and what it wrote into a session
/// is saved all the same.
pub async fn run<X, F>(parts: Parts, plan: &'static Plan, handler: F) -> HttpResponse
where
    X: FromRequest + 'static,
    F: AsyncFnOnce(X, &Scope, &HttpRequest) -> HttpResponse,
{
    let Parts { request, mut payload } = parts;
    // Without extractors nobody but this function can reach the store, so it stays out of the extensions.
    let shared = TypeId::of::<X>() != TypeId::of::<()>();
    let mut scope = match Scope::enter(&request, plan, shared) {
        Ok(scope) => scope,
        Err(err) => return refuse(plan, &err),
    };
    let response = match X::from_request(&request, &mut payload.0).await {
        Err(err) => HttpResponse::from_error(err),
        Ok(extracted) => {
            // Servers are asked in a future of its own, so that handlers without them do not carry its size.
            let loaded = match scope.load_sealed(plan) {
                Some(loaded) => loaded,
                None => Box::pin(scope.load(plan)).await,
            };
            match loaded {
                Ok(()) => handler(extracted, &scope, &request).await,
                Err(err) => refuse(plan, &err),
            }
        }
    };
    scope.leave(&request, plan, response).await
}
