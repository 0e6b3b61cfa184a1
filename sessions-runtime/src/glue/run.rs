//! The one function around every annotated handler.

use std::any::TypeId;
use std::future::{Ready, ready};
use std::pin::{Pin, pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::Either;

use super::extract::Answers;
use super::param::Params;
use super::parts::Parts;
use super::plan::Plan;
use super::scope::Scope;
use crate::error::SessionError;
use crate::http;
use crate::store::{End, SessionStore};

/// Opens the store, extracts the handler's own parameters, loads its sessions, runs it, hands over what it changed in
/// typed sessions, saves.
///
/// Always gives a response and never an `Err`, because actix-web makes a new response of an error, and its cookies
/// would be lost. Extractors run before the load: one that refuses spares the backend, and what it wrote into a session
/// is saved all the same.
pub async fn run<A, P, F>(parts: Parts, plan: &'static Plan, _: A, params: P, handler: F) -> HttpResponse
where
    A: Answers<Extracted: FromRequest + 'static>,
    P: Params,
    F: AsyncFnOnce(A::Extracted, &mut P::Bound, &Scope, &HttpRequest) -> HttpResponse,
{
    let Parts { request, mut payload } = parts;
    if !plan.mentions_any() {
        let response = match A::Extracted::from_request(&request, &mut payload.0).await {
            Err(err) => HttpResponse::from_error(err),
            Ok(extracted) => call(&params, handler, extracted, &Scope::unbound(), &request, plan).await,
        };
        // An extractor may have opened the store for itself.
        return match http::adopt(&request) {
            Some(store) => leave(&store, &request, plan, response).await,
            None => response,
        };
    }
    // Without extractors nobody but this function can reach the store, so it stays out of the extensions.
    let shared = TypeId::of::<A::Extracted>() != TypeId::of::<()>();
    let mut scope = match Scope::enter(&request, shared) {
        Ok(scope) => scope,
        Err(err) => return refuse(plan, &err),
    };
    let response = match A::Extracted::from_request(&request, &mut payload.0).await {
        Err(err) => HttpResponse::from_error(err),
        Ok(extracted) => {
            // Servers are asked in a future of its own, so that handlers without them do not carry its size.
            let loaded = match scope.load_sealed(plan) {
                Some(loaded) => loaded,
                None => Box::pin(scope.load(plan)).await,
            };
            match loaded {
                Ok(()) => {
                    let called = call(&params, handler, extracted, &scope, &request, plan);
                    scope.inside(pin!(called)).await
                }
                Err(err) => refuse(plan, &err),
            }
        }
    };
    match scope.owned() {
        Some(store) => leave(store, &request, plan, response).await,
        None => response,
    }
}

/// Runs the handler with the values behind its parameters, and hands what changed in them to their sessions.
#[inline]
async fn call<X, P, F>(
    params: &P,
    handler: F,
    extracted: X,
    scope: &Scope,
    request: &HttpRequest,
    plan: &Plan,
) -> HttpResponse
where
    P: Params,
    F: AsyncFnOnce(X, &mut P::Bound, &Scope, &HttpRequest) -> HttpResponse,
{
    let mut bound = match params.open(scope) {
        Ok(bound) => bound,
        Err(err) => return refuse(plan, &err),
    };
    let response = handler(extracted, &mut bound, scope, request).await;
    match P::settle(&bound) {
        Ok(()) => response,
        Err(err) => unsaved(plan, &err),
    }
}

/// Saves and closes: at once, or where servers are needed in a future of its own.
fn leave<'a>(
    store: &'a SessionStore,
    request: &'a HttpRequest,
    plan: &'static Plan,
    mut response: HttpResponse,
) -> Either<Ready<HttpResponse>, Pin<Box<dyn Future<Output = HttpResponse> + 'a>>> {
    let save = plan.save_always || response.status().as_u16() < 500;
    if store.needs_servers(save) {
        return Either::Right(Box::pin(async move {
            let closed = store
                .close_on_servers(End {
                    request: Some(request),
                    save,
                    headers: response.headers_mut(),
                })
                .await;
            left(plan, response, closed)
        }));
    }
    let closed = store.close_at_once(End {
        request: Some(request),
        save,
        headers: response.headers_mut(),
    });
    Either::Left(ready(left(plan, response, closed)))
}

fn left(plan: &Plan, response: HttpResponse, closed: Result<(), SessionError>) -> HttpResponse {
    match closed {
        Ok(()) => response,
        Err(err) => unsaved(plan, &err),
    }
}

/// The answer where what the handler did cannot be saved.
fn unsaved(plan: &Plan, err: &SessionError) -> HttpResponse {
    tracing::error!(handler = plan.handler, error = ?err, "sessions cannot be saved");
    err.answer(false)
}

/// The answer where the sessions could not even be opened or loaded.
fn refuse(plan: &Plan, err: &SessionError) -> HttpResponse {
    tracing::error!(handler = plan.handler, error = ?err, "sessions cannot be loaded, so the handler does not run");
    err.answer(true)
}
